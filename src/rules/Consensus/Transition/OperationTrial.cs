using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Tries operations on a state, one after the other, as a block would: what is valid stays applied, what is not leaves no trace.</summary>
/// <param name="state">The state to begin with; it is not changed.</param>
/// <typeparam name="TVerifier">How signatures are verified: not at all where they were before.</typeparam>
public sealed class OperationTrial<TVerifier>(CachedState state)
    where TVerifier : struct, ISignatureVerifier
{
    private static readonly ExecutionUnasked Engine = new();
    private CachedState _state = state;

    /// <summary>A proposer that signed two blocks. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    public Invalid<TransitionRule>? Try(ProposerSlashing slashing) => Try(transition => transition.ProcessProposerSlashing(slashing));

    /// <summary>Voters that contradicted themselves. spec: cs/phase0/beacon-chain#process_attester_slashing</summary>
    public Invalid<TransitionRule>? Try(AttesterSlashing slashing) => Try(transition => transition.ProcessAttesterSlashing(slashing));

    /// <summary>A validator that leaves. spec: cs/phase0/beacon-chain#process_voluntary_exit</summary>
    public Invalid<TransitionRule>? Try(SignedVoluntaryExit exit) => Try(transition => transition.ProcessVoluntaryExit(exit));

    /// <summary>A change of credentials. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    public Invalid<TransitionRule>? Try(SignedBlsToExecutionChange change) => Try(transition => transition.ProcessBlsToExecutionChange(change));

    private Invalid<TransitionRule>? Try(Func<BlockTransition<TVerifier>, Invalid<TransitionRule>?> operation)
    {
        CachedState tried = _state.Copy();
        Invalid<TransitionRule>? invalid = StateTransition.Guard(tried, work =>
        {
            BlockTransition<TVerifier> transition = new(work, Engine);
            return operation(transition) ?? transition.VerifySignatures();
        });
        if (invalid is null)
            _state = tried;
        return invalid;
    }

    /// <summary>Operations have no payload.</summary>
    private sealed class ExecutionUnasked : IExecutionEngine
    {
        public bool VerifyAndNotifyNewPayload(NewPayloadRequest request) => throw new System.Diagnostics.UnreachableException("no operation has a payload");
    }
}
