namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Validators are queued, activated, or sent away for want of stake. spec: cs/electra/beacon-chain#modified-process_registry_updates</summary>
    public static void ProcessRegistryUpdates(CachedState cached)
    {
        BeaconState state = cached.State;
        ValidatorRegistry validators = state.Validators;
        Epoch current = cached.GetCurrentEpoch();
        Epoch finalized = state.FinalizedCheckpoint.Epoch;
        Epoch activation = cached.Preset.ActivationExitEpochAfter(current);
        for (int b = 0; b < validators.BlockCount; b++)
        {
            // What is written goes to pages of this state's own: the spans go on to show what was before, which is right for all but the one written.
            ValidatorBlock block = validators.Block(b);
            ReadOnlySpan<Epoch> eligibility = validators.ActivationEligibilityEpochs(b);
            for (int i = 0; i < block.Length; i++)
            {
                int index = block.First + i;
                if (eligibility[i] == Epoch.FarFuture && block.EffectiveBalances[i] >= cached.Preset.MinActivationBalance)
                    validators[index] = validators[index] with { ActivationEligibilityEpoch = current + 1 };
                else if (block.EffectiveBalances[i] <= cached.Config.EjectionBalance && block.IsActive(i, current))
                    cached.InitiateValidatorExit(new((ulong)index));
                else if (block.ActivationEpochs[i] == Epoch.FarFuture && eligibility[i] <= finalized)
                    validators[index] = validators[index] with { ActivationEpoch = activation };
            }
        }
    }
}
