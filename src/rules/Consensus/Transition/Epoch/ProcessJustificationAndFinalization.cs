using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Two thirds of the stake justify a checkpoint; justified ones in a row make one final. spec: cs/altair/beacon-chain#justification-and-finalization</summary>
    public static void ProcessJustificationAndFinalization(CachedState state)
    {
        // The first checkpoints have no root: nothing is justified before there are two epochs to look at.
        if (state.GetCurrentEpoch() <= Epoch.Genesis + 1)
            return;
        (Gwei previous, Gwei current) = TargetBalances(state);
        WeighJustificationAndFinalization(state, state.GetTotalActiveBalance(), previous, current);
    }

    /// <summary>The effective balances that voted for the right target in the epoch before, and in this one: unslashed and active then. spec: cs/altair/beacon-chain#get_unslashed_participating_indices</summary>
    public static (Gwei Previous, Gwei Current) TargetBalances(CachedState cached)
    {
        BeaconState state = cached.State;
        Epoch previousEpoch = cached.GetPreviousEpoch(), currentEpoch = cached.GetCurrentEpoch();
        ulong previous = 0, current = 0;
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            ReadOnlySpan<ulong> balances = MemoryMarshal.Cast<Gwei, ulong>(block.EffectiveBalances);
            ReadOnlySpan<ParticipationFlags> previousFlags = block.Of(state.PreviousEpochParticipation), currentFlags = block.Of(state.CurrentEpochParticipation);
            for (int i = 0; i < balances.Length; i++)
            {
                if (block.Slashed[i])
                    continue;
                if (previousFlags[i].Has(ParticipationFlags.TimelyTarget) && block.IsActive(i, previousEpoch))
                    previous += balances[i];
                if (currentFlags[i].Has(ParticipationFlags.TimelyTarget) && block.IsActive(i, currentEpoch))
                    current += balances[i];
            }
        }
        Gwei least = cached.Preset.EffectiveBalanceIncrement;
        return (Gwei.Max(new(previous), least), Gwei.Max(new(current), least));
    }

    /// <summary>spec: cs/phase0/beacon-chain#weigh_justification_and_finalization</summary>
    public static void WeighJustificationAndFinalization(CachedState cached, Gwei total, Gwei previousTarget, Gwei currentTarget)
    {
        BeaconState state = cached.State;
        Epoch previousEpoch = cached.GetPreviousEpoch(), currentEpoch = cached.GetCurrentEpoch();
        Checkpoint oldPrevious = state.PreviousJustifiedCheckpoint, oldCurrent = state.CurrentJustifiedCheckpoint;
        state.PreviousJustifiedCheckpoint = oldCurrent;
        Bits bits = new(state.JustificationBits.Count);
        for (int i = 1; i < bits.Count; i++)
            bits[i] = state.JustificationBits[i - 1];
        if (previousTarget * 3 >= total * 2)
        {
            state.CurrentJustifiedCheckpoint = new(previousEpoch, cached.GetBlockRoot(previousEpoch));
            bits[1] = true;
        }
        if (currentTarget * 3 >= total * 2)
        {
            state.CurrentJustifiedCheckpoint = new(currentEpoch, cached.GetBlockRoot(currentEpoch));
            bits[0] = true;
        }
        state.JustificationBits = bits;

        // Each time: all epochs of a row are justified, the last of them with the first as its source.
        if (bits[1] && bits[2] && bits[3] && oldPrevious.Epoch + 3 == currentEpoch)
            state.FinalizedCheckpoint = oldPrevious;
        if (bits[1] && bits[2] && oldPrevious.Epoch + 2 == currentEpoch)
            state.FinalizedCheckpoint = oldPrevious;
        if (bits[0] && bits[1] && bits[2] && oldCurrent.Epoch + 2 == currentEpoch)
            state.FinalizedCheckpoint = oldCurrent;
        if (bits[0] && bits[1] && oldCurrent.Epoch + 1 == currentEpoch)
            state.FinalizedCheckpoint = oldCurrent;
    }
}
