using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>A container: its encoding is read, has the root given, and comes out again. spec: cs/tests/formats/ssz_static/core</summary>
internal static class SszStaticRunner
{
    private static readonly Dictionary<string, ConsensusRunner> Containers = new()
    {
        ["AggregateAndProof"] = Check<AggregateAndProof>,
        ["Attestation"] = Check<Attestation>,
        ["AttestationData"] = Check<AttestationData>,
        ["AttesterSlashing"] = Check<AttesterSlashing>,
        ["BLSToExecutionChange"] = Check<BlsToExecutionChange>,
        ["BeaconBlock"] = Check<BeaconBlock>,
        ["BeaconBlockBody"] = Check<BeaconBlockBody>,
        ["BeaconBlockHeader"] = Check<BeaconBlockHeader>,
        ["BeaconState"] = Check<BeaconState>,
        ["BlobIdentifier"] = Check<BlobIdentifier>,
        ["BlobSidecar"] = Check<BlobSidecar>,
        ["Checkpoint"] = Check<Checkpoint>,
        ["ConsolidationRequest"] = Check<ConsolidationRequest>,
        ["ContributionAndProof"] = Check<ContributionAndProof>,
        ["Deposit"] = Check<Deposit>,
        ["DepositData"] = Check<DepositData>,
        ["DepositMessage"] = Check<DepositMessage>,
        ["DepositRequest"] = Check<DepositRequest>,
        ["Eth1Block"] = Check<Eth1Block>,
        ["Eth1Data"] = Check<Eth1Data>,
        ["ExecutionPayload"] = Check<ExecutionPayload>,
        ["ExecutionPayloadHeader"] = Check<ExecutionPayloadHeader>,
        ["ExecutionRequests"] = Check<ExecutionRequests>,
        ["Fork"] = Check<Fork>,
        ["ForkData"] = Check<ForkData>,
        ["HistoricalBatch"] = Check<HistoricalBatch>,
        ["HistoricalSummary"] = Check<HistoricalSummary>,
        ["IndexedAttestation"] = Check<IndexedAttestation>,
        ["LightClientBootstrap"] = Check<LightClientBootstrap>,
        ["LightClientFinalityUpdate"] = Check<LightClientFinalityUpdate>,
        ["LightClientHeader"] = Check<LightClientHeader>,
        ["LightClientOptimisticUpdate"] = Check<LightClientOptimisticUpdate>,
        ["LightClientUpdate"] = Check<LightClientUpdate>,
        ["PendingAttestation"] = Check<PendingAttestation>,
        ["PendingConsolidation"] = Check<PendingConsolidation>,
        ["PendingDeposit"] = Check<PendingDeposit>,
        ["PendingPartialWithdrawal"] = Check<PendingPartialWithdrawal>,
        ["PowBlock"] = Check<PowBlock>,
        ["ProposerSlashing"] = Check<ProposerSlashing>,
        ["SignedAggregateAndProof"] = Check<SignedAggregateAndProof>,
        ["SignedBLSToExecutionChange"] = Check<SignedBlsToExecutionChange>,
        ["SignedBeaconBlock"] = Check<SignedBeaconBlock>,
        ["SignedBeaconBlockHeader"] = Check<SignedBeaconBlockHeader>,
        ["SignedContributionAndProof"] = Check<SignedContributionAndProof>,
        ["SignedVoluntaryExit"] = Check<SignedVoluntaryExit>,
        ["SigningData"] = Check<SigningData>,
        ["SingleAttestation"] = Check<SingleAttestation>,
        ["SyncAggregate"] = Check<SyncAggregate>,
        ["SyncAggregatorSelectionData"] = Check<SyncAggregatorSelectionData>,
        ["SyncCommittee"] = Check<SyncCommittee>,
        ["SyncCommitteeContribution"] = Check<SyncCommitteeContribution>,
        ["SyncCommitteeMessage"] = Check<SyncCommitteeMessage>,
        ["Validator"] = Check<Validator>,
        ["VoluntaryExit"] = Check<VoluntaryExit>,
        ["Withdrawal"] = Check<Withdrawal>,
        ["WithdrawalRequest"] = Check<WithdrawalRequest>,
    };

    public static SpecOutcome Run(ConsensusCase @case) =>
        Containers.TryGetValue(@case.Handler, out ConsensusRunner? check) ? check(@case) : throw new InvalidDataException($"no container is called {@case.Handler}");

    private static SpecOutcome Check<T>(ConsensusCase @case)
        where T : ISszContainer<T>
    {
        // value.yaml says in words what the root says in 32 bytes: it is read so that no file goes unread, and need not be understood.
        _ = @case.Yaml("value.yaml");
        byte[] encoding = @case.Bytes("serialized");
        T value = @case.Read<T>("serialized");
        SszContainer<T> codec = new(@case.Preset);
        SpecOutcome root = SpecOutcome.Equal(Yaml.Text(@case.Yaml("roots.yaml")["root"]), codec.RootOf(in value).ToString());
        return root == SpecOutcome.Pass && !encoding.AsSpan().SequenceEqual(Ssz.Encode(codec, in value)) ? new SpecOutcome.Failed("the same encoding again", "another") : root;
    }
}
