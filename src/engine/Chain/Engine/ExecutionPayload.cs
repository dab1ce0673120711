using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>A block as the consensus layer hands it over: what the header says, with the transactions as bytes. spec: execution-apis engine, ExecutionPayloadV3</summary>
public sealed record ExecutionPayload
{
    public required Hash32 ParentHash { get; init; }
    public required Address FeeRecipient { get; init; }
    public required Hash32 StateRoot { get; init; }
    public required Hash32 ReceiptsRoot { get; init; }
    public required Execution.LogBloom LogsBloom { get; init; }
    public required Hash32 PrevRandao { get; init; }
    public required ulong BlockNumber { get; init; }
    public required ulong GasLimit { get; init; }
    public required ulong GasUsed { get; init; }
    public required ulong Timestamp { get; init; }
    public required ReadOnlyMemory<byte> ExtraData { get; init; }
    public required UInt256 BaseFeePerGas { get; init; }
    public required Hash32 BlockHash { get; init; }
    public required IReadOnlyList<ReadOnlyMemory<byte>> Transactions { get; init; }
    public required IReadOnlyList<Execution.Withdrawal> Withdrawals { get; init; }
    public required ulong BlobGasUsed { get; init; }
    public required ulong ExcessBlobGas { get; init; }
}

/// <summary>A payload with what the beacon block says about it.</summary>
/// <param name="Payload">The payload.</param>
/// <param name="BlobHashes">The versioned hashes of its blobs, in their order.</param>
/// <param name="ParentBeaconBlockRoot">The root of the parent's beacon block.</param>
/// <param name="Requests">What it asks of the consensus layer, each with its type's byte in front; null before Prague. spec: EIP-7685</param>
public sealed record PayloadEnvelope(
    ExecutionPayload Payload, IReadOnlyList<Hash32> BlobHashes, Hash32 ParentBeaconBlockRoot, IReadOnlyList<ReadOnlyMemory<byte>>? Requests);
