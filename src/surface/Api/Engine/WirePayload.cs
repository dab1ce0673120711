using Flashback.Api.Wire;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Engine;

/// <summary>spec: execution-apis engine, ExecutionPayloadV3</summary>
public sealed record WirePayload
{
    public required Hash32 ParentHash { get; init; }
    public required Address FeeRecipient { get; init; }
    public required Hash32 StateRoot { get; init; }
    public required Hash32 ReceiptsRoot { get; init; }
    public required LogBloom LogsBloom { get; init; }
    public required Hash32 PrevRandao { get; init; }
    public required ulong BlockNumber { get; init; }
    public required ulong GasLimit { get; init; }
    public required ulong GasUsed { get; init; }
    public required ulong Timestamp { get; init; }
    public required ReadOnlyMemory<byte> ExtraData { get; init; }
    public required UInt256 BaseFeePerGas { get; init; }
    public required Hash32 BlockHash { get; init; }
    public required IReadOnlyList<ReadOnlyMemory<byte>> Transactions { get; init; }
    public required IReadOnlyList<WireWithdrawal> Withdrawals { get; init; }
    public required ulong BlobGasUsed { get; init; }
    public required ulong ExcessBlobGas { get; init; }

    /// <summary>A payload for the wire.</summary>
    public static WirePayload Of(ExecutionPayload payload) => new()
    {
        ParentHash = payload.ParentHash,
        FeeRecipient = payload.FeeRecipient,
        StateRoot = payload.StateRoot,
        ReceiptsRoot = payload.ReceiptsRoot,
        LogsBloom = payload.LogsBloom,
        PrevRandao = payload.PrevRandao,
        BlockNumber = payload.BlockNumber,
        GasLimit = payload.GasLimit,
        GasUsed = payload.GasUsed,
        Timestamp = payload.Timestamp,
        ExtraData = payload.ExtraData,
        BaseFeePerGas = payload.BaseFeePerGas,
        BlockHash = payload.BlockHash,
        Transactions = payload.Transactions,
        Withdrawals = WireWithdrawal.Of(payload.Withdrawals),
        BlobGasUsed = payload.BlobGasUsed,
        ExcessBlobGas = payload.ExcessBlobGas,
    };

    /// <summary>The payload that came over the wire.</summary>
    public ExecutionPayload ToPayload() => new()
    {
        ParentHash = ParentHash,
        FeeRecipient = FeeRecipient,
        StateRoot = StateRoot,
        ReceiptsRoot = ReceiptsRoot,
        LogsBloom = LogsBloom,
        PrevRandao = PrevRandao,
        BlockNumber = BlockNumber,
        GasLimit = GasLimit,
        GasUsed = GasUsed,
        Timestamp = Timestamp,
        ExtraData = ExtraData,
        BaseFeePerGas = BaseFeePerGas,
        BlockHash = BlockHash,
        Transactions = Transactions,
        Withdrawals = [.. WireList.Whole(Withdrawals).Select(withdrawal => withdrawal.ToWithdrawal())],
        BlobGasUsed = BlobGasUsed,
        ExcessBlobGas = ExcessBlobGas,
    };
}
