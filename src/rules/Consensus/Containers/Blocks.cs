using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What a block says. spec: cs/electra/beacon-chain#beaconblockbody</summary>
/// <param name="RandaoReveal">The proposer's signature of the epoch.</param>
/// <param name="Eth1Data">The proposer's vote on deposits.</param>
/// <param name="Graffiti">What the proposer wrote.</param>
/// <param name="ProposerSlashings">Proposers caught.</param>
/// <param name="AttesterSlashings">Attesters caught.</param>
/// <param name="Attestations">Votes.</param>
/// <param name="Deposits">Deposits by proof.</param>
/// <param name="VoluntaryExits">Validators that leave.</param>
/// <param name="SyncAggregate">The sync committee's vote for the parent.</param>
/// <param name="ExecutionPayload">The execution block.</param>
/// <param name="BlsToExecutionChanges">Changes of credentials.</param>
/// <param name="BlobKzgCommitments">The commitments of the payload's blobs.</param>
/// <param name="ExecutionRequests">What the execution block asks for.</param>
[SszContainer(typeof(Preset), RemembersRoot = true)]
public sealed partial record BeaconBlockBody(
    Bytes96 RandaoReveal,
    Eth1Data Eth1Data,
    Hash32 Graffiti,
    [property: SszList(nameof(Preset.MaxProposerSlashings))] ProposerSlashing[] ProposerSlashings,
    [property: SszList(nameof(Preset.MaxAttesterSlashings))] AttesterSlashing[] AttesterSlashings,
    [property: SszList(nameof(Preset.MaxAttestations))] Attestation[] Attestations,
    [property: SszList(nameof(Preset.MaxDeposits))] Deposit[] Deposits,
    [property: SszList(nameof(Preset.MaxVoluntaryExits))] SignedVoluntaryExit[] VoluntaryExits,
    SyncAggregate SyncAggregate,
    ExecutionPayload ExecutionPayload,
    [property: SszList(nameof(Preset.MaxBlsToExecutionChanges))] SignedBlsToExecutionChange[] BlsToExecutionChanges,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock))] Bytes48[] BlobKzgCommitments,
    ExecutionRequests ExecutionRequests);

/// <summary>A block. spec: cs/phase0/beacon-chain#beaconblock</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="ProposerIndex">Who proposes it.</param>
/// <param name="ParentRoot">The root of the block before.</param>
/// <param name="StateRoot">The root of the state after it.</param>
/// <param name="Body">What it says.</param>
[SszContainer(typeof(Preset))]
public sealed partial record BeaconBlock(Slot Slot, ValidatorIndex ProposerIndex, Hash32 ParentRoot, Hash32 StateRoot, BeaconBlockBody Body);

/// <summary>A block with its proposer's signature. spec: cs/phase0/beacon-chain#signedbeaconblock</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The proposer's signature.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SignedBeaconBlock(BeaconBlock Message, Bytes96 Signature);
