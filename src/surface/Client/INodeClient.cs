using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>What a role asks of the node it works with: the same whether the node is in this process or answers over HTTP. spec: beacon-APIs v3</summary>
/// <remarks>
/// Safe to share between threads. Every member may throw <see cref="NodeException"/>: the node is not there, is behind, or refuses; what was asked for
/// has not happened then. A node in the same process answers at once, without leaving the calling thread.
/// </remarks>
public interface INodeClient
{
    /// <summary>When the chain began, and what tells it apart.</summary>
    Task<NodeGenesis> GetGenesisAsync(CancellationToken cancellation);

    /// <summary>How far the node is.</summary>
    Task<NodeSyncing> GetSyncingAsync(CancellationToken cancellation);

    /// <summary>What the head's state knows of these keys; a key without a validator is left out.</summary>
    Task<IReadOnlyList<KnownValidator>> GetValidatorsAsync(IReadOnlyCollection<Bytes48> keys, CancellationToken cancellation);

    /// <summary>Who proposes in an epoch: this one or, subject to change, the next.</summary>
    Task<Duties<ProposerDuty>> GetProposerDutiesAsync(Epoch epoch, CancellationToken cancellation);

    /// <summary>When these validators vote in an epoch: one before, this one, or the next.</summary>
    Task<Duties<AttesterDuty>> GetAttesterDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation);

    /// <summary>Which of these validators are in the sync committee of an epoch, and at which places.</summary>
    Task<IReadOnlyList<SyncCommitteeDuty>> GetSyncCommitteeDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation);

    /// <summary>Which of these validators were seen to vote in an epoch.</summary>
    Task<IReadOnlyList<ValidatorLiveness>> GetLivenessAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation);

    /// <summary>Says who gets the fees of blocks that these validators may propose.</summary>
    Task PrepareProposersAsync(IReadOnlyCollection<ProposerPreparation> preparations, CancellationToken cancellation);

    /// <summary>Says which committees are about to vote, so that the node follows their subnets and keeps what is to be aggregated.</summary>
    Task SubscribeCommitteesAsync(IReadOnlyCollection<CommitteeSubscription> subscriptions, CancellationToken cancellation);

    /// <summary>Says which members of the sync committee are served, so that the node follows their parts of it.</summary>
    Task SubscribeSyncCommitteesAsync(IReadOnlyCollection<SyncCommitteeSubscription> subscriptions, CancellationToken cancellation);

    /// <summary>A block to be signed, on the node's head.</summary>
    /// <param name="slot">The slot that is proposed for.</param>
    /// <param name="randaoReveal">The proposer's signature of the epoch.</param>
    /// <param name="graffiti">What the proposer writes.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<ProducedBlock> ProduceBlockAsync(Slot slot, Bytes96 randaoReveal, Hash32 graffiti, CancellationToken cancellation);

    /// <summary>Hands a signed block, and its blobs, to the network.</summary>
    Task PublishBlockAsync(SignedBeaconBlock block, BlobsBundle blobs, CancellationToken cancellation);

    /// <summary>What a committee of a slot votes for.</summary>
    Task<AttestationData> ProduceAttestationDataAsync(Slot slot, CancellationToken cancellation);

    /// <summary>Hands votes to the network.</summary>
    Task PublishAttestationsAsync(IReadOnlyList<SingleAttestation> attestations, CancellationToken cancellation);

    /// <summary>The best aggregate of a committee's votes that the node has; null where it has none.</summary>
    /// <param name="slot">The votes' slot.</param>
    /// <param name="dataRoot">The root of what they are for.</param>
    /// <param name="committee">The committee.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<Attestation?> GetAggregateAsync(Slot slot, Hash32 dataRoot, CommitteeIndex committee, CancellationToken cancellation);

    /// <summary>Hands aggregates to the network.</summary>
    Task PublishAggregatesAsync(IReadOnlyList<SignedAggregateAndProof> aggregates, CancellationToken cancellation);

    /// <summary>The root of the head, for the sync committee to vote for.</summary>
    Task<Hash32> GetHeadRootAsync(CancellationToken cancellation);

    /// <summary>Hands the sync committee's votes to the network.</summary>
    Task PublishSyncCommitteeMessagesAsync(IReadOnlyList<SyncCommitteeMessage> messages, CancellationToken cancellation);

    /// <summary>The best contribution of a part of the sync committee that the node has; null where it has none.</summary>
    Task<SyncCommitteeContribution?> ProduceContributionAsync(Slot slot, ulong subcommittee, Hash32 blockRoot, CancellationToken cancellation);

    /// <summary>Hands contributions to the network.</summary>
    Task PublishContributionsAsync(IReadOnlyList<SignedContributionAndProof> contributions, CancellationToken cancellation);

    /// <summary>Hands an exit to the network.</summary>
    Task PublishVoluntaryExitAsync(SignedVoluntaryExit exit, CancellationToken cancellation);

    /// <summary>Hands a change of credentials to the network.</summary>
    Task PublishBlsToExecutionChangesAsync(IReadOnlyList<SignedBlsToExecutionChange> changes, CancellationToken cancellation);

    /// <summary>Called with the slot of a block that became the head, soon after it did, from the node's thread: whoever listens must be quick and must not throw.</summary>
    event Action<Slot>? HeadArrived;
}
