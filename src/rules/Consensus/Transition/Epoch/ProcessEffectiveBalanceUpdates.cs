using System.Runtime.InteropServices;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Effective balances follow balances that have moved far enough from them. spec: cs/electra/beacon-chain#modified-process_effective_balance_updates</summary>
    public static void ProcessEffectiveBalanceUpdates(CachedState cached)
    {
        BeaconState state = cached.State;
        Preset preset = cached.Preset;
        ulong step = preset.EffectiveBalanceIncrement.Value / preset.HysteresisQuotient;
        ulong downward = step * preset.HysteresisDownwardMultiplier;
        ulong upward = step * preset.HysteresisUpwardMultiplier;
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            ReadOnlySpan<ulong> effective = MemoryMarshal.Cast<Gwei, ulong>(block.EffectiveBalances);
            ReadOnlySpan<ulong> balances = MemoryMarshal.Cast<Gwei, ulong>(block.Of(state.Balances));
            for (int i = 0; i < balances.Length; i++)
            {
                if (balances[i] + downward < effective[i] || effective[i] + upward < balances[i])
                    Follow(state, preset, block.First + i, new(balances[i]));
            }
        }
    }

    private static void Follow(BeaconState state, Preset preset, int index, Gwei balance)
    {
        Gwei effective = preset.EffectiveBalanceFor(balance, state.Validators.WithdrawalCredentialsOf(index));
        if (effective != state.Validators.EffectiveBalanceOf(index))
            state.Validators.SetEffectiveBalance(index, effective);
    }
}
