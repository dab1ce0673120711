using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>spec: cs/electra/beacon-chain#modified-process_operations, ours#5</summary>
    public Invalid<TransitionRule>? ProcessOperations(BeaconBlockBody body) =>
        HoldsTheDepositsDue(body)
        ?? Each(body.ProposerSlashings, ProcessProposerSlashing)
        ?? Each(body.AttesterSlashings, ProcessAttesterSlashing)
        ?? Each(body.Attestations, ProcessAttestation)
        ?? Each(body.Deposits, ProcessDeposit)
        ?? Each(body.VoluntaryExits, ProcessVoluntaryExit)
        ?? Each(body.BlsToExecutionChanges, ProcessBlsToExecutionChange)
        ?? Each(body.ExecutionRequests.Deposits, ProcessDepositRequest)
        ?? Each(body.ExecutionRequests.Withdrawals, ProcessWithdrawalRequest)
        ?? Each(body.ExecutionRequests.Consolidations, ProcessConsolidationRequest)
        ?? Each(body.ExecutionRequests.StoragePenalties, ProcessStoragePenaltyRequest);

    /// <summary>Deposits come by proof until the first one that came as a request. spec: EIP-6110</summary>
    private Invalid<TransitionRule>? HoldsTheDepositsDue(BeaconBlockBody body)
    {
        ulong limit = Math.Min(State.Eth1Data.DepositCount, State.DepositRequestsStartIndex);
        ulong due = State.Eth1DepositIndex < limit ? Math.Min(Preset.MaxDeposits, limit - State.Eth1DepositIndex) : 0;
        return (ulong)body.Deposits.Length == due ? null : new(TransitionRule.DepositCount, $"{body.Deposits.Length}, not {due}");
    }

    private static Invalid<TransitionRule>? Each<T>(T[] operations, Func<T, Invalid<TransitionRule>?> process)
    {
        for (int i = 0; i < operations.Length; i++)
        {
            if (process(operations[i]) is { } invalid)
                return invalid with { Detail = $"operation {i}: {invalid.Detail}" };
        }
        return null;
    }
}
