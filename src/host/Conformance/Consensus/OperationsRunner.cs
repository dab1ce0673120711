using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>One operation on a state. spec: cs/tests/formats/operations</summary>
internal static class OperationsRunner
{
    public static SpecOutcome Run(ConsensusCase @case) => @case.HasSignatures ? Operations<BlsVerifier>.Run(@case) : Operations<UnverifiedSignatures>.Run(@case);

    private static class Operations<TVerifier>
        where TVerifier : struct, ISignatureVerifier
    {
        private delegate Invalid<TransitionRule>? Process(BlockTransition<TVerifier> block, ConsensusCase @case);

        private static readonly Dictionary<string, Process> Handlers = new()
        {
            ["attestation"] = (block, @case) => block.ProcessAttestation(@case.Read<Attestation>("attestation")),
            ["attester_slashing"] = (block, @case) => block.ProcessAttesterSlashing(@case.Read<AttesterSlashing>("attester_slashing")),
            ["block_header"] = (block, @case) => block.ProcessBlockHeader(@case.Read<BeaconBlock>("block")),
            ["bls_to_execution_change"] = (block, @case) => block.ProcessBlsToExecutionChange(@case.Read<SignedBlsToExecutionChange>("address_change")),
            ["consolidation_request"] = (block, @case) => block.ProcessConsolidationRequest(@case.Read<ConsolidationRequest>("consolidation_request")),
            ["deposit"] = (block, @case) => block.ProcessDeposit(@case.Read<Deposit>("deposit")),
            ["deposit_request"] = (block, @case) => block.ProcessDepositRequest(@case.Read<DepositRequest>("deposit_request")),
            ["execution_payload"] = (block, @case) => block.ProcessExecutionPayload(@case.Read<BeaconBlockBody>("body")),
            ["proposer_slashing"] = (block, @case) => block.ProcessProposerSlashing(@case.Read<ProposerSlashing>("proposer_slashing")),
            ["sync_aggregate"] = (block, @case) => block.ProcessSyncAggregate(@case.Read<SyncAggregate>("sync_aggregate")),
            ["voluntary_exit"] = (block, @case) => block.ProcessVoluntaryExit(@case.Read<SignedVoluntaryExit>("voluntary_exit")),
            ["withdrawal_request"] = (block, @case) => block.ProcessWithdrawalRequest(@case.Read<WithdrawalRequest>("withdrawal_request")),
            ["withdrawals"] = (block, @case) => block.ProcessWithdrawals(@case.Read<ExecutionPayload>("execution_payload")),
        };

        public static SpecOutcome Run(ConsensusCase @case)
        {
            if (!Handlers.TryGetValue(@case.Handler, out Process? process))
                throw new InvalidDataException($"no operation is called {@case.Handler}");
            bool isPayloadValid = !@case.Has("execution.yaml") || Yaml.Text(@case.Yaml("execution.yaml")["execution_valid"]) == "true";
            CachedState state = @case.ReadState("pre");
            BlockTransition<TVerifier> block = new(state, new AnsweringEngine(isPayloadValid));
            Invalid<TransitionRule>? invalid = StateTransition.Guard(state, _ => process(block, @case) ?? block.VerifySignatures());
            return @case.Judge(state, invalid);
        }
    }
}
