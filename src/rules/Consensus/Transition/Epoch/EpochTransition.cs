namespace Flashback.Consensus;

/// <summary>What happens at the end of an epoch. spec: cs/electra/beacon-chain#epoch-processing</summary>
/// <remarks>
/// Passes over all validators go block by block over spans of the columns they need. A block of a column is written only where something in it
/// changes: writing unshares its page and has it hashed again.
/// </remarks>
internal static partial class EpochTransition
{
    /// <summary>spec: cs/electra/beacon-chain#modified-process_epoch</summary>
    public static void ProcessEpoch(CachedState state)
    {
        ProcessJustificationAndFinalization(state);
        ProcessInactivityUpdates(state);
        ProcessRewardsAndPenalties(state);
        ProcessRegistryUpdates(state);
        ProcessSlashings(state);
        ProcessEth1DataReset(state);
        ProcessPendingDeposits(state);
        ProcessPendingConsolidations(state);
        ProcessEffectiveBalanceUpdates(state);
        ProcessSlashingsReset(state);
        ProcessRandaoMixesReset(state);
        ProcessHistoricalSummariesUpdate(state);
        ProcessParticipationFlagUpdates(state);
        ProcessSyncCommitteeUpdates(state);
    }

    private static Epoch NextEpoch(CachedState state) => state.GetCurrentEpoch() + 1;
}
