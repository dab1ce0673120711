using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <summary>Catches up with peers that are further, range by range; fetches single blocks that messages speak of. Safe to share between threads.</summary>
/// <remarks>
/// 1. Each peer is asked how far it is, when it comes and then at every slot.
/// 2. Where one has a head that is not known here and later than ours, blocks are taken from it from our head on; where they do not follow, from what is final on.
/// 3. Blobs of a range come before its blocks; every block is checked whole, as those that come by themselves.
/// One range is fetched at a time. A peer that sends what breaks a rule is penalised, and the next one is asked.
/// </remarks>
internal sealed partial class Synchroniser(BeaconChain chain, GossipDesk desk, PeerAnswers answers, IPeerNetwork network, ILogger log)
{
    private const ulong RangeLength = 64; // slots
    private const int MostMissing = 64;
    private const int MostAncestors = 32; // fetched one by one; beyond it the range is quicker

    private readonly ILogger _log = log;

    // guarded by _gate
    private readonly Lock _gate = new();
    private readonly HashSet<Hash32> _missing = [];
    private bool _isCatchingUp;

    /// <summary>Asks a peer how far it is, and catches up with it.</summary>
    public async Task GreetAsync(PeerId peer)
    {
        Response response = await network.RequestAsync(peer, RequestKind.Status, answers.OwnStatus().Encode()).ConfigureAwait(false);
        if (response.Code != ResponseCode.Success || response.Chunks.Count != 1)
            return;
        if (!Status.TryDecode(response.Chunks[0].Span, out Status status, out _) || status.ForkDigest != chain.ForkDigest)
        {
            network.Penalise(peer);
            return;
        }
        Slot head = chain.Snapshot.Head.Slot;
        if (status.HeadSlot <= head || IsKnown(status.HeadRoot) || status.HeadSlot > chain.CurrentSlot)
            return;
        lock (_gate)
        {
            if (_isCatchingUp)
                return;
            _isCatchingUp = true;
        }
        chain.IsSyncing = true;
        try
        {
            await CatchUpAsync(peer, status).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
                _isCatchingUp = false;
            chain.IsSyncing = false;
            desk.Refresh();
        }
    }

    /// <summary>Fetches a block that a message spoke of, and those before it that are missing, too.</summary>
    public async Task FetchAsync(PeerId peer, Hash32 root)
    {
        lock (_gate)
        {
            if (_isCatchingUp || _missing.Count >= MostMissing || !_missing.Add(root))
                return;
        }
        Hash32 wanted = root;
        for (int i = 0; i < MostAncestors && !IsKnown(wanted); i++)
        {
            Response response = await network.RequestAsync(peer, RequestKind.BlocksByRoot, wanted.AsSpan().ToArray()).ConfigureAwait(false);
            if (response.Chunks.Count != 1 || !TryDecode(peer, response.Chunks[0], out SignedBeaconBlock? block) || block!.Message.HashTreeRoot(chain.Preset) != wanted)
                break;
            if (block.Message.Body.BlobKzgCommitments.Length > 0)
                await FetchBlobsAsync(peer, wanted, block).ConfigureAwait(false);
            if (chain.Import(block) is not BlockImport.Waiting { Reason: ForkChoiceRule.UnknownParent })
                break;
            wanted = block.Message.ParentRoot;
        }
        lock (_gate)
            _ = _missing.Remove(root);
        desk.Refresh();
    }

    private async Task CatchUpAsync(PeerId peer, Status status)
    {
        Slot from = chain.Snapshot.Head.Slot + 1;
        bool isFromFinal = false;
        LogCatchingUp(peer, from.Value, status.HeadSlot.Value);
        while (from <= status.HeadSlot)
        {
            byte[] request = new BlocksByRangeRequest(from, RangeLength, 1).Encode();
            if (from + RangeLength > chain.OldestBlobSlot && !await FetchBlobsAsync(peer, from).ConfigureAwait(false))
                return;
            Response response = await network.RequestAsync(peer, RequestKind.BlocksByRange, request).ConfigureAwait(false);
            if (response.Code != ResponseCode.Success)
                return;
            switch (Import(peer, response, out Slot last))
            {
                case null:
                    from = (response.Chunks.Count > 0 && response.Chunks.Count < PeerAnswers.MostBlocks && last.Value + 1 < from.Value + RangeLength ? last + 1 : from + RangeLength);
                    break;
                case ForkChoiceRule.UnknownParent when !isFromFinal:
                    // The peer's chain left ours: what is final both have.
                    isFromFinal = true;
                    from = chain.Preset.StartSlotOf(chain.Snapshot.Finalized.Epoch) + 1;
                    break;
                default:
                    return;
            }
        }
        LogCaughtUp(chain.Snapshot.Head.Slot.Value, chain.Snapshot.HeadRoot);
    }

    /// <summary>Takes the blocks of an answer in; null where none was refused.</summary>
    private ForkChoiceRule? Import(PeerId peer, Response response, out Slot last)
    {
        last = default;
        foreach (ReadOnlyMemory<byte> chunk in response.Chunks)
        {
            if (!TryDecode(peer, chunk, out SignedBeaconBlock? block))
                return ForkChoiceRule.InvalidBlock;
            last = block!.Message.Slot;
            switch (chain.Import(block))
            {
                case BlockImport.Waiting waiting:
                    return waiting.Reason;
                case BlockImport.Rejected { Reason.Rule: ForkChoiceRule.NotAfterFinalized }:
                    break; // before what is final here: known, or of no use
                case BlockImport.Rejected rejected:
                    network.Penalise(peer);
                    return rejected.Reason.Rule;
            }
        }
        return null;
    }

    private async Task<bool> FetchBlobsAsync(PeerId peer, Slot from)
    {
        Response response = await network.RequestAsync(peer, RequestKind.BlobSidecarsByRange, new BlobSidecarsByRangeRequest(from, RangeLength).Encode()).ConfigureAwait(false);
        return response.Code == ResponseCode.Success && Keep(peer, response);
    }

    private async Task FetchBlobsAsync(PeerId peer, Hash32 root, SignedBeaconBlock block)
    {
        byte[] request = [.. Enumerable.Range(0, block.Message.Body.BlobKzgCommitments.Length).SelectMany(i => new BlobIdentifier(root, (ulong)i).Encode())];
        _ = Keep(peer, await network.RequestAsync(peer, RequestKind.BlobSidecarsByRoot, request).ConfigureAwait(false));
    }

    private bool Keep(PeerId peer, Response response)
    {
        foreach (ReadOnlyMemory<byte> chunk in response.Chunks)
        {
            if (!BlobSidecar.TryDecode(chunk.Span, chain.Preset, out BlobSidecar? sidecar, out _) || BlobShelf.Check(chain.Config, sidecar) is not null)
            {
                network.Penalise(peer);
                return false;
            }
            chain.AddBlob(sidecar);
        }
        return true;
    }

    private bool TryDecode(PeerId peer, ReadOnlyMemory<byte> bytes, out SignedBeaconBlock? block)
    {
        if (SignedBeaconBlock.TryDecode(bytes.Span, chain.Preset, out block, out _))
            return true;
        network.Penalise(peer);
        return false;
    }

    private bool IsKnown(in Hash32 root) => chain.Database.EncodedBlock(root) is not null;

    [LoggerMessage(Level = LogLevel.Information, Message = "Catching up with {Peer} from slot {From} to {To}")]
    private partial void LogCatchingUp(PeerId peer, ulong from, ulong to);

    [LoggerMessage(Level = LogLevel.Information, Message = "Caught up: slot {Slot}, head {Root}")]
    private partial void LogCaughtUp(ulong slot, Hash32 root);
}
