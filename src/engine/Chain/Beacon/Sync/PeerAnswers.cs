using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Answers what peers ask, out of the database: bounded in number and bytes. Safe to share between threads. spec: cs/phase0/p2p-interface#messages, cs/deneb/p2p-interface#messages</summary>
internal sealed class PeerAnswers(BeaconChain chain)
{
    /// <summary>Most blocks of an answer. spec: cs/deneb/p2p-interface#configuration, MAX_REQUEST_BLOCKS_DENEB</summary>
    public const int MostBlocks = 128;

    private const int RootSize = 32;
    private const long MostBytes = 64L << 20; // of an answer: what is left is asked for again

    public Response Answer(RequestKind kind, ReadOnlySpan<byte> request) => kind switch
    {
        RequestKind.Status => Consensus.Status.TryDecode(request, out _, out _) ? new Response(ResponseCode.Success, [OwnStatus().Encode()]) : Invalid,
        RequestKind.BlocksByRange => BlocksByRange(request),
        RequestKind.BlocksByRoot => BlocksByRoot(request),
        RequestKind.BlobSidecarsByRange => BlobsByRange(request),
        _ => BlobsByRoot(request),
    };

    /// <summary>How far this node is.</summary>
    public Status OwnStatus()
    {
        BeaconSnapshot now = chain.Snapshot;
        return new Status(chain.ForkDigest, now.Finalized.Root, now.Finalized.Epoch, now.HeadRoot, now.Head.Slot);
    }

    private static Response Invalid => Response.Of(ResponseCode.InvalidRequest);

    private Response BlocksByRange(ReadOnlySpan<byte> bytes)
    {
        if (!BlocksByRangeRequest.TryDecode(bytes, out BlocksByRangeRequest request, out _) || request.Count == 0 || request.StartSlot.Value > ulong.MaxValue - request.Count)
            return Invalid;
        return Take(chain.Database.Range(request.StartSlot, request.StartSlot + request.Count, MostBlocks).Select(block => chain.Database.EncodedBlock(block.Root)));
    }

    private Response BlocksByRoot(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % RootSize != 0 || bytes.Length > MostBlocks * RootSize)
            return Invalid;
        Hash32[] roots = new Hash32[bytes.Length / RootSize];
        for (int i = 0; i < roots.Length; i++)
            roots[i] = Hash32.Read(bytes.Slice(i * RootSize, RootSize));
        return Take(roots.Select(root => chain.Database.EncodedBlock(root)));
    }

    private Response BlobsByRange(ReadOnlySpan<byte> bytes)
    {
        if (!BlobSidecarsByRangeRequest.TryDecode(bytes, out BlobSidecarsByRangeRequest request, out _) || request.Count == 0 || request.StartSlot.Value > ulong.MaxValue - request.Count)
            return Invalid;
        return Take(chain.Database.Range(request.StartSlot, request.StartSlot + request.Count, MostBlocks).SelectMany(block => chain.Database.Blobs(block.Slot, block.Root)));
    }

    private Response BlobsByRoot(ReadOnlySpan<byte> bytes)
    {
        const int IdentifierSize = RootSize + sizeof(ulong);
        if (bytes.Length % IdentifierSize != 0 || bytes.Length > MostBlocks * (int)chain.Config.MaxBlobsPerBlock * IdentifierSize)
            return Invalid;
        List<byte[]?> found = [];
        for (int at = 0; at < bytes.Length; at += IdentifierSize)
        {
            if (!BlobIdentifier.TryDecode(bytes.Slice(at, IdentifierSize), out BlobIdentifier wanted, out _))
                return Invalid;
            if (chain.Database.TryGetBlock(wanted.BlockRoot, out SignedBeaconBlock? block))
                found.Add(chain.Database.Blobs(block.Message.Slot, wanted.BlockRoot).ElementAtOrDefault((int)Math.Min(wanted.Index, int.MaxValue)));
        }
        return Take(found);
    }

    private static Response Take(IEnumerable<byte[]?> chunks)
    {
        List<ReadOnlyMemory<byte>> taken = [];
        long length = 0;
        foreach (byte[]? chunk in chunks)
        {
            if (chunk is null)
                continue;
            length += chunk.Length;
            if (length > MostBytes && taken.Count > 0)
                break;
            taken.Add(chunk);
        }
        return new Response(ResponseCode.Success, taken);
    }
}
