using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What can be read off a state. spec: cs/phase0/beacon-chain#beacon-state-accessors</summary>
public static class StateAccessors
{
    /// <summary>The epoch of the state's slot. spec: cs/phase0/beacon-chain#get_current_epoch</summary>
    public static Epoch GetCurrentEpoch(this CachedState state) => state.Preset.EpochAt(state.State.Slot);

    /// <summary>The epoch before it; the first has none before it. spec: cs/phase0/beacon-chain#get_previous_epoch</summary>
    public static Epoch GetPreviousEpoch(this CachedState state)
    {
        Epoch current = state.GetCurrentEpoch();
        return current == Epoch.Genesis ? current : new(current.Value - 1);
    }

    /// <summary>The last block at or before the first slot of an epoch. spec: cs/phase0/beacon-chain#get_block_root</summary>
    /// <exception cref="ArgumentOutOfRangeException">The state does not know it any more, or not yet.</exception>
    public static Hash32 GetBlockRoot(this CachedState state, Epoch epoch) => state.GetBlockRootAtSlot(state.Preset.StartSlotOf(epoch));

    /// <summary>The last block at or before a slot. spec: cs/phase0/beacon-chain#get_block_root_at_slot</summary>
    /// <exception cref="ArgumentOutOfRangeException">The state does not know it any more, or not yet.</exception>
    public static Hash32 GetBlockRootAtSlot(this CachedState state, Slot slot)
    {
        ulong length = state.Preset.SlotsPerHistoricalRoot;
        if (slot >= state.State.Slot || state.State.Slot - slot > length)
            throw new ArgumentOutOfRangeException(nameof(slot), $"the block of {slot} is not known at {state.State.Slot}");
        return state.State.BlockRoots[(int)(slot.Value % length)];
    }

    /// <summary>The random mix of a recent epoch. spec: cs/phase0/beacon-chain#get_randao_mix</summary>
    public static Hash32 GetRandaoMix(this CachedState state, Epoch epoch) => state.State.RandaoMixes[(int)(epoch.Value % state.Preset.EpochsPerHistoricalVector)];

    /// <summary>The seed of an epoch's duties of a kind. spec: cs/phase0/beacon-chain#get_seed</summary>
    public static Hash32 GetSeed(this CachedState state, Epoch epoch, DomainType domain)
    {
        Hash32 mix = state.GetRandaoMix(epoch + (state.Preset.EpochsPerHistoricalVector - state.Preset.MinSeedLookahead - 1)); // avoids underflow
        Span<byte> input = stackalloc byte[44];
        BinaryPrimitives.WriteUInt32LittleEndian(input, (uint)domain);
        BinaryPrimitives.WriteUInt64LittleEndian(input[4..], epoch.Value);
        mix.AsSpan().CopyTo(input[12..]);
        return Sha256.Hash(input);
    }

    /// <summary>The validators with duties at an epoch, ascending. spec: cs/phase0/beacon-chain#get_active_validator_indices</summary>
    public static int[] GetActiveValidatorIndices(this CachedState state, Epoch epoch)
    {
        ValidatorRegistry validators = state.State.Validators;
        int[] active = new int[validators.Count];
        int count = 0;
        for (int b = 0; b < validators.BlockCount; b++)
        {
            ValidatorBlock block = validators.Block(b);
            for (int i = 0; i < block.Length; i++)
            {
                if (block.IsActive(i, epoch))
                    active[count++] = block.First + i;
            }
        }
        return count == active.Length ? active : active[..count];
    }

    /// <summary>When a slot begins, in seconds since 1970. spec: cs/bellatrix/beacon-chain#compute_timestamp_at_slot</summary>
    public static ulong ComputeTimeAtSlot(this CachedState state, Slot slot) => state.State.GenesisTime + ((slot - Slot.Genesis) * state.Config.SecondsPerSlot);

    /// <summary>Epochs since the last one that is final. spec: cs/phase0/beacon-chain#get_finality_delay</summary>
    public static ulong GetFinalityDelay(this CachedState state) => state.GetPreviousEpoch() - state.State.FinalizedCheckpoint.Epoch;

    /// <summary>Whether finality has been missing for so long that inactive validators pay. spec: cs/phase0/beacon-chain#is_in_inactivity_leak</summary>
    public static bool IsInInactivityLeak(this CachedState state) => state.GetFinalityDelay() > state.Preset.MinEpochsToInactivityPenalty;

    /// <summary>The reward of an increment of effective balance in an epoch. spec: cs/altair/beacon-chain#get_base_reward_per_increment</summary>
    public static Gwei GetBaseRewardPerIncrement(this CachedState state) =>
        state.Preset.EffectiveBalanceIncrement * state.Preset.BaseRewardFactor / IntegerSquareRoot(state.GetTotalActiveBalance().Value);

    /// <summary>The root of a number, rounded down. spec: cs/phase0/beacon-chain#integer_squareroot</summary>
    public static ulong IntegerSquareRoot(ulong number)
    {
        if (number < 2)
            return number;
        // Newton's method from above: the first guess is a power of two no smaller than the root.
        ulong root = 1UL << ((64 - System.Numerics.BitOperations.LeadingZeroCount(number) + 1) / 2);
        while (true)
        {
            ulong next = (root >> 1) + (number / root >> 1) + (root & (number / root) & 1);
            if (next >= root)
                return root;
            root = next;
        }
    }

    internal static Gwei ComputeTotalActiveBalance(this CachedState state, Epoch epoch)
    {
        ValidatorRegistry validators = state.State.Validators;
        ulong total = 0;
        for (int b = 0; b < validators.BlockCount; b++)
        {
            ValidatorBlock block = validators.Block(b);
            ReadOnlySpan<ulong> balances = MemoryMarshal.Cast<Gwei, ulong>(block.EffectiveBalances);
            for (int i = 0; i < balances.Length; i++)
            {
                if (block.IsActive(i, epoch))
                    total += balances[i];
            }
        }
        return Gwei.Max(new(total), state.Preset.EffectiveBalanceIncrement);
    }

    /// <summary>Who may propose at a slot of the present epoch. spec: cs/electra/beacon-chain#modified-compute_proposer_index</summary>
    public static ValidatorIndex ComputeProposerIndex(this CachedState state, Slot slot)
    {
        Epoch epoch = state.Preset.EpochAt(slot);
        Span<byte> input = stackalloc byte[40];
        state.GetSeed(epoch, DomainType.BeaconProposer).AsSpan().CopyTo(input);
        BinaryPrimitives.WriteUInt64LittleEndian(input[32..], slot.Value);
        Hash32 seed = Sha256.Hash(input);
        ReadOnlySpan<int> active = state.GetCommittees(epoch).ActiveIndices.Span;
        if (active.IsEmpty)
            throw new OverflowException($"nobody is active in {epoch}");
        Shuffle.Places places = new(seed, active.Length, (int)state.Preset.ShuffleRoundCount);
        WeightedSampler sampler = new(seed, state.Preset.MaxEffectiveBalance);
        for (ulong i = 0; ; i++)
        {
            int candidate = active[places.Get((int)(i % (ulong)active.Length))];
            if (sampler.Takes(i, state.State.Validators.EffectiveBalanceOf(candidate)))
                return new((ulong)candidate);
        }
    }
}
