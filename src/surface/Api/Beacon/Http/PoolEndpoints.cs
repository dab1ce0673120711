using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>What waits for a block: <c>/eth/v1/beacon/pool/…</c> and <c>/eth/v2/beacon/pool/…</c>. spec: beacon-APIs, Beacon</summary>
internal sealed class PoolEndpoints(BeaconApiNode node)
{
    private const string Pool = "/eth/v1/beacon/pool/";
    private const string Pool2 = "/eth/v2/beacon/pool/";
    private const int MostVotes = 16_384; // of one request: all that validators of a large operator sign in a slot
    private const int MostChanges = 1024;

    private BeaconChain Chain => node.Node.Chain;

    private Preset Preset => node.Node.Chain.Preset;

    public void AddTo(BeaconTable table)
    {
        table.Get(Pool2 + "attestations", Attestations);
        table.Get(Pool2 + "attester_slashings", _ => BeaconAnswer.OfList(Preset, Chain.Operations().AttesterSlashings, Envelope.Versioned));
        table.Get(Pool + "proposer_slashings", _ => BeaconAnswer.OfList(Preset, Chain.Operations().ProposerSlashings));
        table.Get(Pool + "voluntary_exits", _ => BeaconAnswer.OfList(Preset, Chain.Operations().VoluntaryExits));
        table.Get(Pool + "bls_to_execution_changes", _ => BeaconAnswer.OfList(Preset, Chain.Operations().BlsToExecutionChanges));
        table.Post(Pool2 + "attestations", async request =>
        {
            SingleAttestation[] votes = await request.ReadListAsync<SingleAttestation>(Preset, MostVotes).ConfigureAwait(false);
            return await Publication.EachAsync(votes, part => node.Client.PublishAttestationsAsync(part, request.Cancellation), IsCounted).ConfigureAwait(false);
        });
        table.Post(Pool + "sync_committees", async request =>
        {
            SyncCommitteeMessage[] votes = await request.ReadListAsync<SyncCommitteeMessage>(Preset, MostVotes).ConfigureAwait(false);
            return await Publication.EachAsync(votes, part => node.Client.PublishSyncCommitteeMessagesAsync(part, request.Cancellation), IsMember).ConfigureAwait(false);
        });
        table.Post(Pool + "bls_to_execution_changes", async request =>
        {
            SignedBlsToExecutionChange[] changes = await request.ReadListAsync<SignedBlsToExecutionChange>(Preset, MostChanges).ConfigureAwait(false);
            return await Publication.EachAsync(changes, part => node.Client.PublishBlsToExecutionChangesAsync(part, request.Cancellation), IsWaiting).ConfigureAwait(false);
        });
        table.Post(Pool + "voluntary_exits", async request =>
        {
            SignedVoluntaryExit exit = await request.ReadAsync<SignedVoluntaryExit>(Preset).ConfigureAwait(false);
            await node.Client.PublishVoluntaryExitAsync(exit, request.Cancellation).ConfigureAwait(false);
            return Chain.Operations().VoluntaryExits.Any(waiting => waiting.Message.ValidatorIndex == exit.Message.ValidatorIndex)
                ? BeaconAnswer.Empty
                : throw BeaconApiException.Invalid("the exit is not valid on the head's state");
        });
        table.Post(Pool + "proposer_slashings", async request =>
        {
            ProposerSlashing slashing = await request.ReadAsync<ProposerSlashing>(Preset).ConfigureAwait(false);
            return Publish(TopicKind.ProposerSlashing, slashing.Encode(), waiting => waiting.ProposerSlashings.Contains(slashing));
        });
        table.Post(Pool2 + "attester_slashings", async request =>
        {
            AttesterSlashing slashing = await request.ReadAsync<AttesterSlashing>(Preset).ConfigureAwait(false);
            Hash32 root = slashing.HashTreeRoot(Preset);
            return Publish(TopicKind.AttesterSlashing, slashing.Encode(Preset), waiting => waiting.AttesterSlashings.Any(known => known.HashTreeRoot(Preset) == root));
        });
    }

    private BeaconAnswer Attestations(BeaconRequest request)
    {
        ulong? slot = request.QueryNumber("slot"), committee = request.QueryNumber("committee_index");
        Attestation[] found = [.. Chain.Operations().Attestations.Where(attestation => (slot is null || attestation.Data.Slot.Value == slot)
            && (committee is not { } index || (index < (ulong)attestation.CommitteeBits.Count && attestation.CommitteeBits[(int)index])))];
        return BeaconAnswer.OfList(Preset, found, Envelope.Versioned);
    }

    /// <summary>Hands a slashing to the network; one that waits already is as good as taken.</summary>
    private BeaconAnswer Publish(TopicKind kind, byte[] message, Func<PooledOperations, bool> isWaiting) =>
        node.Node.Publish(new Topic(kind), message) == GossipVerdict.Accept || isWaiting(Chain.Operations())
            ? BeaconAnswer.Empty
            : throw BeaconApiException.Invalid("the slashing is not valid on the head's state, or its validators cannot be slashed any more");

    /// <summary>Whether a vote was taken in, now or before; others are too early, too late, or for a block that is not here.</summary>
    private bool IsCounted(SingleAttestation vote) => node.Node.Desk.IsLive(vote.AttesterIndex, vote.Data.Target.Epoch);

    /// <summary>Whether a vote is of a member of the sync committee, for the present slot.</summary>
    private bool IsMember(SyncCommitteeMessage vote) => node.Node.Desk.SyncSubnetsOf(vote.Slot, vote.ValidatorIndex).Count > 0;

    private bool IsWaiting(SignedBlsToExecutionChange change) =>
        Chain.Operations().BlsToExecutionChanges.Any(waiting => waiting.Message.ValidatorIndex == change.Message.ValidatorIndex);
}
