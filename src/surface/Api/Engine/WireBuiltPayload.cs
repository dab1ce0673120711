using System.Text.Json.Serialization;
using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Engine;

/// <summary>spec: execution-apis engine, engine_getPayloadV3 and later</summary>
public sealed record WireBuiltPayload(
    WirePayload ExecutionPayload,
    UInt256 BlockValue,
    WireBlobsBundle BlobsBundle,
    bool ShouldOverrideBuilder,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<byte[]>? ExecutionRequests)
{
    /// <summary>A block that was built.</summary>
    /// <param name="built">The block.</param>
    /// <param name="withRequests">Whether the caller's version knows requests.</param>
    public static WireBuiltPayload Of(BuiltBlock built, bool withRequests) => new(
        WirePayload.Of(PayloadBlock.Of(built.Block.Block, built.Block.Hash)), built.Value, WireBlobsBundle.Of(built.Sidecars), ShouldOverrideBuilder: false,
        withRequests ? [.. built.Requests.Select(request => request.Encode())] : null);
}

/// <summary>spec: execution-apis engine, BlobsBundleV1, BlobsBundleV2</summary>
public sealed record WireBlobsBundle(IReadOnlyList<byte[]> Commitments, IReadOnlyList<byte[]> Proofs, IReadOnlyList<ReadOnlyMemory<byte>> Blobs)
{
    public static WireBlobsBundle Of(IReadOnlyList<BlobSidecar> sidecars) => new(
        [.. sidecars.SelectMany(sidecar => sidecar.Commitments).Select(commitment => commitment.AsSpan().ToArray())],
        [.. sidecars.SelectMany(sidecar => sidecar.Proofs).Select(proof => proof.AsSpan().ToArray())],
        [.. sidecars.SelectMany(sidecar => sidecar.Blobs)]);
}

/// <summary>spec: execution-apis engine, BlobAndProofV1</summary>
public sealed record WireBlobAndProof(ReadOnlyMemory<byte> Blob, byte[] Proof);

/// <summary>spec: execution-apis engine, BlobAndProofV2</summary>
public sealed record WireBlobAndCellProofs(ReadOnlyMemory<byte> Blob, IReadOnlyList<byte[]> Proofs);

/// <summary>spec: execution-apis engine, ExecutionPayloadBodyV1</summary>
public sealed record WirePayloadBody(IReadOnlyList<ReadOnlyMemory<byte>> Transactions, IReadOnlyList<WireWithdrawal> Withdrawals)
{
    public static WirePayloadBody Of(Block block) => new(PayloadBlock.Encode(block.Transactions), WireWithdrawal.Of(block.Withdrawals));
}

/// <summary>spec: execution-apis engine, ClientVersionV1</summary>
public sealed record WireClientVersion(string Code, string Name, string Version, byte[] Commit);
