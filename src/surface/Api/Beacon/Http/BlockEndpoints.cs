using System.Text.Json;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>Blocks and their blobs: <c>headers</c>, <c>blocks</c>, <c>blob_sidecars</c>. spec: beacon-APIs, Beacon</summary>
internal sealed class BlockEndpoints(ChainLookup lookup, INodeClient client)
{
    public void AddTo(BeaconTable table)
    {
        table.Get("/eth/v1/beacon/headers", Headers);
        table.Get("/eth/v1/beacon/headers/{block_id}", request => With(request, block => BeaconAnswer.Of(JsonValues.Object(writer => WriteHeader(writer, block)), block.Envelope)));
        table.Get("/eth/v2/beacon/blocks/{block_id}", request => With(request, block => BeaconAnswer.Of(lookup.Preset, block.Signed, block.Envelope with { IsVersioned = true })));
        table.Get("/eth/v1/beacon/blocks/{block_id}/root", request => With(request, block =>
            BeaconAnswer.Of(JsonValues.Object(writer => writer.WriteHex("root", block.Root.AsSpan())), block.Envelope)));
        table.Get("/eth/v2/beacon/blocks/{block_id}/attestations", request => With(request, block =>
            BeaconAnswer.OfList(lookup.Preset, block.Message.Body.Attestations, block.Envelope with { IsVersioned = true })));
        table.Get("/eth/v1/beacon/blob_sidecars/{block_id}", request => With(request, block => Blobs(request, block)));
        table.Get("/eth/v1/beacon/rewards/blocks/{block_id}", request => With(request, Reward));
        table.Post("/eth/v1/beacon/blocks", PublishAsync);
        table.Post("/eth/v2/beacon/blocks", PublishAsync);
    }

    private BeaconAnswer With(BeaconRequest request, Func<NamedBlock, BeaconAnswer> tell) => tell(lookup.Block(request.Route("block_id")));

    private BeaconAnswer Headers(BeaconRequest request)
    {
        Slot? slot = request.QueryNumber("slot") is { } number ? new Slot(number) : null;
        Hash32? parent = request.QueryBytes<Hash32>("parent_root");
        NamedBlock[] found = [.. slot is null && parent is null ? [lookup.Block("head")] : Find(slot, parent)];
        return BeaconAnswer.Of(
            JsonValues.Array(found, WriteHeader), new Envelope { IsFinalized = found.Length > 0 && found.All(block => block.IsFinalized) });
    }

    /// <summary>Blocks by their slot, their parent, or both: on the chain, and beside it where the fork choice has them yet.</summary>
    private IEnumerable<NamedBlock> Find(Slot? slot, Hash32? parent)
    {
        HashSet<Hash32> roots = [.. lookup.Chain.ForkChoiceTree().Blocks.Where(block => slot is { } at ? block.Slot == at : block.Parent == parent).Select(block => block.Root)];
        if (slot is { } one && lookup.Chain.Database.RootAt(one) is { } onChain)
            _ = roots.Add(onChain);
        if (slot is null && lookup.TryBlock(parent!.Value) is { IsCanonical: true } known)
            roots.UnionWith(lookup.Chain.Database.Range(known.Message.Slot + 1, new Slot(ulong.MaxValue), 1).Select(next => next.Root));
        return roots.Select(root => lookup.TryBlock(root)).OfType<NamedBlock>().Where(block => parent is null || block.Message.ParentRoot == parent);
    }

    private BeaconAnswer Blobs(BeaconRequest request, NamedBlock block)
    {
        ulong[] indices = [.. request.QueryList("indices").Select(index => BeaconRequest.Number("indices", index))];
        List<BlobSidecar> sidecars = [];
        foreach (byte[] encoded in lookup.Chain.Database.Blobs(block.Message.Slot, block.Root))
        {
            if (BlobSidecar.TryDecode(encoded, lookup.Preset, out BlobSidecar? sidecar, out _) && (indices.Length == 0 || indices.Contains(sidecar.Index)))
                sidecars.Add(sidecar);
        }
        return BeaconAnswer.OfList(lookup.Preset, sidecars, block.Envelope with { IsVersioned = true });
    }

    private BeaconAnswer Reward(NamedBlock block) => lookup.Chain.RewardOf(block.Message) is not { } reward
        ? throw BeaconApiException.NotFound($"what {block.Root} pays is not known")
        : BeaconAnswer.Of(JsonValues.Object(writer =>
        {
            writer.WriteDecimal("proposer_index", block.Message.ProposerIndex.Value);
            writer.WriteDecimal("total", reward.Total.Value);
            writer.WriteDecimal("attestations", reward.Attestations.Value);
            writer.WriteDecimal("sync_aggregate", reward.SyncAggregate.Value);
            writer.WriteDecimal("proposer_slashings", reward.ProposerSlashings.Value);
            writer.WriteDecimal("attester_slashings", reward.AttesterSlashings.Value);
        }), block.Envelope);

    /// <summary>Takes a signed block in, with its blobs, and gives it to all peers.</summary>
    /// <remarks>Every block is checked whole before it is passed on, so that each <c>broadcast_validation</c> is kept: what contradicts another block of its proposer is refused, too.</remarks>
    private async Task<BeaconAnswer> PublishAsync(BeaconRequest request)
    {
        if (request.Query("broadcast_validation") is not (null or "gossip" or "consensus" or "consensus_and_equivocation"))
            throw BeaconApiException.Invalid("broadcast_validation is gossip, consensus, or consensus_and_equivocation");
        if (request.Context.Request.Headers["Eth-Consensus-Version"] is [{ } version, ..] && version != Envelope.Version)
            throw BeaconApiException.Invalid($"blocks are of {Envelope.Version} here, not of {BeaconRequest.Shown(version)}");
        SignedBlockContents contents = await request.ReadAsync<SignedBlockContents>(lookup.Preset).ConfigureAwait(false);
        if (contents.Blobs.Length != contents.KzgProofs.Length || contents.Blobs.Length != contents.SignedBlock.Message.Body.BlobKzgCommitments.Length)
            throw BeaconApiException.Invalid($"{contents.SignedBlock.Message.Body.BlobKzgCommitments.Length} commitments, {contents.Blobs.Length} blobs, {contents.KzgProofs.Length} proofs");
        BlobsBundle blobs = new([.. contents.Blobs.Select(blob => (ReadOnlyMemory<byte>)blob)], contents.KzgProofs);
        await client.PublishBlockAsync(contents.SignedBlock, blobs, request.Cancellation).ConfigureAwait(false);
        return BeaconAnswer.Empty;
    }

    private void WriteHeader(Utf8JsonWriter writer, NamedBlock block)
    {
        BeaconBlock message = block.Message;
        writer.WriteHex("root", block.Root.AsSpan());
        writer.WriteBoolean("canonical"u8, block.IsCanonical);
        writer.WriteContainer("header", new SignedBeaconBlockHeader(
            new BeaconBlockHeader(message.Slot, message.ProposerIndex, message.ParentRoot, message.StateRoot, message.Body.HashTreeRoot(lookup.Preset)), block.Signed.Signature));
    }
}
