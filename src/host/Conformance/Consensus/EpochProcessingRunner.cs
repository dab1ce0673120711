using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>One step at the end of an epoch. spec: cs/tests/formats/epoch_processing</summary>
internal static class EpochProcessingRunner
{
    private static readonly Dictionary<string, Action<CachedState>> Handlers = new()
    {
        ["effective_balance_updates"] = EpochTransition.ProcessEffectiveBalanceUpdates,
        ["eth1_data_reset"] = EpochTransition.ProcessEth1DataReset,
        ["historical_summaries_update"] = EpochTransition.ProcessHistoricalSummariesUpdate,
        ["inactivity_updates"] = EpochTransition.ProcessInactivityUpdates,
        ["justification_and_finalization"] = EpochTransition.ProcessJustificationAndFinalization,
        ["participation_flag_updates"] = EpochTransition.ProcessParticipationFlagUpdates,
        ["pending_consolidations"] = EpochTransition.ProcessPendingConsolidations,
        ["pending_deposits"] = EpochTransition.ProcessPendingDeposits,
        ["randao_mixes_reset"] = EpochTransition.ProcessRandaoMixesReset,
        ["registry_updates"] = EpochTransition.ProcessRegistryUpdates,
        ["rewards_and_penalties"] = EpochTransition.ProcessRewardsAndPenalties,
        ["slashings"] = EpochTransition.ProcessSlashings,
        ["slashings_reset"] = EpochTransition.ProcessSlashingsReset,
        ["sync_committee_updates"] = EpochTransition.ProcessSyncCommitteeUpdates,
    };

    public static SpecOutcome Run(ConsensusCase @case)
    {
        if (!Handlers.TryGetValue(@case.Handler, out Action<CachedState>? process))
            throw new InvalidDataException($"no step of an epoch is called {@case.Handler}");
        CachedState state = @case.ReadState("pre");
        if (@case.Has("meta.yaml"))
            _ = @case.HasSignatures; // a step of an epoch has no signatures but those of deposits, which are always verified
        Invalid<TransitionRule>? invalid = StateTransition.Guard(state, work =>
        {
            process(work);
            return null;
        });
        return @case.Judge(state, invalid);
    }
}
