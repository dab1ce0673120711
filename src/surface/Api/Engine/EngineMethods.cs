using System.Buffers.Binary;
using System.Reflection;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Engine;

/// <summary><c>engine_*</c>: how a consensus client drives the node. spec: execution-apis engine, from Cancun to Osaka</summary>
public sealed class EngineMethods(ExecutionEngine engine, ChainService chain, TransactionPool pool)
{
    private const int MostBlobs = 128;
    private const int MostBodies = 1024;
    private const string ClientCode = "FB";

    private static readonly string InformationalVersion =
        typeof(EngineMethods).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Adds the methods.</summary>
    public void AddTo(RpcTable table)
    {
        table.Add("engine_newPayloadV3", call => NewPayload(call, new(Fork.Cancun, Fork.Cancun), requestsAt: null));
        table.Add("engine_newPayloadV4", call => NewPayload(call, new(Fork.Prague, Fork.Osaka), requestsAt: 3));
        table.Add("engine_forkchoiceUpdatedV3", call => Choose(call));
        table.Add("engine_getPayloadV3", call => TakeAsync(call, new(Fork.Cancun, Fork.Cancun)));
        table.Add("engine_getPayloadV4", call => TakeAsync(call, new(Fork.Prague, Fork.Prague)));
        table.Add("engine_getPayloadV5", call => TakeAsync(call, new(Fork.Osaka, Fork.Osaka)));
        table.Add("engine_getPayloadBodiesByHashV1", call => BodiesByHash(call));
        table.Add("engine_getPayloadBodiesByRangeV1", call => BodiesByRange(call));
        table.Add("engine_getBlobsV1", call => BlobsV1(call));
        table.Add("engine_getBlobsV2", call => BlobsV2(call));
        table.Add("engine_getClientVersionV1", _ => Versions());
        string[] capabilities = [.. table.Names.Where(name => name.StartsWith("engine_", StringComparison.Ordinal))];
        table.Add("engine_exchangeCapabilities", _ => capabilities);
    }

    private WirePayloadStatus NewPayload(in RpcCall call, ForkSpan forks, int? requestsAt)
    {
        ExecutionPayload payload = call.Parameters.Required<WirePayload>(0).ToPayload();
        IReadOnlyList<Hash32> blobHashes = call.Parameters.Required<IReadOnlyList<Hash32>>(1);
        Hash32 beaconRoot = call.Parameters.Required<Hash32>(2);
        IReadOnlyList<ReadOnlyMemory<byte>>? requests = requestsAt is { } at ? Checked(call.Parameters.Required<IReadOnlyList<ReadOnlyMemory<byte>>>(at)) : null;
        Require(forks, payload.Timestamp);
        return WirePayloadStatus.Of(engine.NewPayload(new PayloadEnvelope(payload, blobHashes, beaconRoot, requests)));
    }

    /// <summary>Each type once, in ascending order, none empty. spec: EIP-7685, engine_newPayloadV4</summary>
    private static IReadOnlyList<ReadOnlyMemory<byte>> Checked(IReadOnlyList<ReadOnlyMemory<byte>> requests)
    {
        for (int i = 0; i < requests.Count; i++)
        {
            if (requests[i].Length <= 1)
                throw RpcException.InvalidParams($"request {i} is empty");
            if (i > 0 && requests[i].Span[0] <= requests[i - 1].Span[0])
                throw RpcException.InvalidParams($"request {i} is out of order");
        }
        return requests;
    }

    private WireForkchoiceUpdated Choose(in RpcCall call)
    {
        ForkchoiceState state = call.Parameters.Required<WireForkchoiceState>(0).ToState();
        ForkchoiceOutcome outcome = engine.Choose(state, attributes: null);
        if (outcome.Fault != ForkchoiceFault.None)
            throw new RpcException(EngineCode.InvalidForkchoiceState, "Invalid forkchoice state");
        // What is wrong with the attributes is only of interest once the head is set. spec: engine_forkchoiceUpdatedV3, 2
        if (outcome.Status.Verdict == PayloadVerdict.Valid && Attributes(call) is { } attributes)
        {
            outcome = engine.Choose(state, attributes);
            if (outcome.Fault != ForkchoiceFault.None)
                throw InvalidAttributes("the timestamp is not after the head's");
        }
        return new WireForkchoiceUpdated(WirePayloadStatus.Of(outcome.Status), outcome.PayloadId is { } id ? Bytes(id) : null);
    }

    private static PayloadAttributes? Attributes(in RpcCall call)
    {
        try
        {
            return call.Parameters.Optional<WirePayloadAttributes>(1)?.ToAttributes();
        }
        catch (RpcException malformed)
        {
            throw InvalidAttributes(malformed.Message);
        }
    }

    private async ValueTask<WireBuiltPayload> TakeAsync(RpcCall call, ForkSpan forks)
    {
        byte[] id = call.Parameters.Required<byte[]>(0);
        if (id.Length != sizeof(ulong))
            throw RpcException.InvalidParams($"a payload id has {sizeof(ulong)} bytes");
        BuiltBlock built = await engine.TakeAsync(BinaryPrimitives.ReadUInt64BigEndian(id)).ConfigureAwait(false)
            ?? throw new RpcException(EngineCode.UnknownPayload, "Unknown payload");
        Require(forks, built.Block.Header.Timestamp);
        return WireBuiltPayload.Of(built, withRequests: forks.First >= Fork.Prague);
    }

    private WirePayloadBody?[] BodiesByHash(in RpcCall call)
    {
        IReadOnlyList<Hash32> hashes = call.Parameters.Required<IReadOnlyList<Hash32>>(0);
        RequireAtMost(MostBodies, (ulong)hashes.Count);
        return [.. hashes.Select(hash => chain.Blocks.TryGetBlock(hash, out ExecutedBlock? block) ? WirePayloadBody.Of(block.Block) : null)];
    }

    private List<WirePayloadBody?> BodiesByRange(in RpcCall call)
    {
        ulong start = call.Parameters.Required<ulong>(0), count = call.Parameters.Required<ulong>(1);
        if (start == 0 || count == 0)
            throw RpcException.InvalidParams($"invalid start or count, start: {start} count: {count}");
        RequireAtMost(MostBodies, count);
        ulong head = chain.Snapshot.Number;
        List<WirePayloadBody?> bodies = [];
        for (ulong number = start; number <= head && number - start < count; number++)
            bodies.Add(chain.Blocks.TryGetBlock(number, out ExecutedBlock? block) ? WirePayloadBody.Of(block.Block) : null);
        return bodies;
    }

    private WireBlobAndProof?[] BlobsV1(in RpcCall call)
    {
        if (chain.Config.RulesAt(chain.Snapshot.Head.Header.Timestamp).Fork >= Fork.Osaka)
            throw UnsupportedFork();
        return [.. Find(call, BlobSidecar.BlobProofs).Select(found => found is { } blob
            ? new WireBlobAndProof(blob.Sidecar.Blobs[blob.Index], blob.Sidecar.Proofs[blob.Index].AsSpan().ToArray()) : null)];
    }

    /// <summary>All of them, or null. spec: engine_getBlobsV2</summary>
    private WireBlobAndCellProofs[]? BlobsV2(in RpcCall call)
    {
        IReadOnlyList<(BlobSidecar Sidecar, int Index)?> found = Find(call, BlobSidecar.CellProofs);
        return found.Any(blob => blob is null) ? null : [.. found.Select(blob => new WireBlobAndCellProofs(
            blob!.Value.Sidecar.Blobs[blob.Value.Index],
            [.. blob.Value.Sidecar.Proofs.Skip(blob.Value.Index * KzgCells.CellsPerBlob).Take(KzgCells.CellsPerBlob).Select(proof => proof.AsSpan().ToArray())]))];
    }

    private IReadOnlyList<(BlobSidecar Sidecar, int Index)?> Find(in RpcCall call, byte version)
    {
        IReadOnlyList<Hash32> hashes = call.Parameters.Required<IReadOnlyList<Hash32>>(0);
        RequireAtMost(MostBlobs, (ulong)hashes.Count);
        return [.. pool.FindBlobs(hashes).Select(found => found?.Sidecar.Version == version ? found : null)];
    }

    private static WireClientVersion[] Versions()
    {
        int plus = InformationalVersion.IndexOf('+', StringComparison.Ordinal);
        byte[] commit = new byte[4];
        if (plus >= 0 && InformationalVersion.Length >= plus + 9)
            _ = Hex.TryDecode(InformationalVersion.AsSpan(plus + 1, 8), commit);
        return [new WireClientVersion(ClientCode, "Flashback", plus < 0 ? InformationalVersion : InformationalVersion[..plus], commit)];
    }

    private void Require(ForkSpan forks, ulong timestamp)
    {
        Fork fork = chain.Config.RulesAt(timestamp).Fork;
        if (fork < forks.First || fork > forks.Last)
            throw UnsupportedFork();
    }

    private static void RequireAtMost(int most, ulong count)
    {
        if (count > (ulong)most)
            throw new RpcException(EngineCode.TooLargeRequest, $"Too large request: {count}, at most {most}");
    }

    private static byte[] Bytes(ulong id)
    {
        byte[] bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, id);
        return bytes;
    }

    private static RpcException UnsupportedFork() => new(EngineCode.UnsupportedFork, "Unsupported fork");

    private static RpcException InvalidAttributes(string why) => new(EngineCode.InvalidPayloadAttributes, $"Invalid payload attributes: {why}");

    /// <summary>The forks whose blocks a version of a method knows.</summary>
    private readonly record struct ForkSpan(Fork First, Fork Last);
}
