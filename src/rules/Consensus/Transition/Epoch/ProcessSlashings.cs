using Flashback.Primitives;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Halfway to their withdrawal, slashed validators pay the more, the more stake was slashed around the same time. spec: cs/electra/beacon-chain#modified-process_slashings</summary>
    public static void ProcessSlashings(CachedState cached)
    {
        BeaconState state = cached.State;
        Preset preset = cached.Preset;
        Epoch due = cached.GetCurrentEpoch() + (preset.EpochsPerSlashingsVector / 2);
        Gwei? perIncrement = null;
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            if (!block.Slashed.Contains(true))
                continue;
            for (int i = 0; i < block.Length; i++)
            {
                if (!block.Slashed[i] || block.WithdrawableEpochs[i] != due)
                    continue;
                perIncrement ??= SlashingPenaltyPerIncrement(cached);
                state.DecreaseBalance(new((ulong)(block.First + i)), perIncrement.Value * (block.EffectiveBalances[i] / preset.EffectiveBalanceIncrement));
            }
        }
    }

    private static Gwei SlashingPenaltyPerIncrement(CachedState cached)
    {
        Column<Gwei> slashings = cached.State.Slashings;
        Gwei slashed = default;
        for (int i = 0; i < slashings.Count; i++)
            slashed += slashings[i];
        Gwei total = cached.GetTotalActiveBalance();
        Gwei adjusted = Gwei.Min(slashed * cached.Preset.ProportionalSlashingMultiplier, total);
        return adjusted / (total / cached.Preset.EffectiveBalanceIncrement);
    }
}
