using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Stake that a payload pays out. spec: cs/capella/beacon-chain#withdrawal</summary>
/// <param name="Index">Its place among all withdrawals.</param>
/// <param name="ValidatorIndex">Whose stake.</param>
/// <param name="Address">Who is paid.</param>
/// <param name="Amount">How much.</param>
[SszContainer]
public readonly partial record struct Withdrawal(WithdrawalIndex Index, ValidatorIndex ValidatorIndex, Address Address, Gwei Amount);

/// <summary>An execution block inside a beacon block. spec: cs/deneb/beacon-chain#executionpayload</summary>
/// <param name="ParentHash">The hash of the execution block before.</param>
/// <param name="FeeRecipient">Who gets the fees.</param>
/// <param name="StateRoot">The root of the execution state after it.</param>
/// <param name="ReceiptsRoot">The root of its receipts.</param>
/// <param name="LogsBloom">The filter of its logs.</param>
/// <param name="PrevRandao">The random mix it was made with.</param>
/// <param name="BlockNumber">Its number.</param>
/// <param name="GasLimit">Gas at most.</param>
/// <param name="GasUsed">Gas used.</param>
/// <param name="Timestamp">Its time in seconds.</param>
/// <param name="ExtraData">What its builder wrote.</param>
/// <param name="BaseFeePerGas">The base fee in Wei.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Transactions">Its transactions, encoded.</param>
/// <param name="Withdrawals">Stake that it pays out.</param>
/// <param name="BlobGasUsed">Blob gas used.</param>
/// <param name="ExcessBlobGas">Blob gas above the target so far.</param>
[SszContainer(typeof(Preset))]
public sealed partial record ExecutionPayload(
    Hash32 ParentHash,
    Address FeeRecipient,
    Hash32 StateRoot,
    Hash32 ReceiptsRoot,
    [property: SszVector(256)] byte[] LogsBloom,
    Hash32 PrevRandao,
    ulong BlockNumber,
    ulong GasLimit,
    ulong GasUsed,
    ulong Timestamp,
    [property: SszList(32)] byte[] ExtraData,
    UInt256 BaseFeePerGas,
    Hash32 BlockHash,
    [property: SszList(1 << 20), SszList(1 << 30, Depth = 1)] byte[][] Transactions,
    [property: SszList(nameof(Preset.MaxWithdrawalsPerPayload))] Withdrawal[] Withdrawals,
    ulong BlobGasUsed,
    ulong ExcessBlobGas)
{
    /// <summary>The payload's header: the roots of its lists in their place. spec: cs/electra/beacon-chain#modified-process_execution_payload</summary>
    public ExecutionPayloadHeader ToHeader(Preset preset) => new(
        ParentHash, FeeRecipient, StateRoot, ReceiptsRoot, LogsBloom, PrevRandao, BlockNumber, GasLimit, GasUsed, Timestamp, ExtraData, BaseFeePerGas, BlockHash,
        TransactionsCodec.RootOf(Transactions), WithdrawalsCodec(preset).RootOf(Withdrawals), BlobGasUsed, ExcessBlobGas);

    private static SszArray<byte[], SszArray<byte, SszNumber<byte>>> TransactionsCodec => new(SszBound.List(1 << 20), new(SszBound.List(1 << 30)));

    private static SszArray<Withdrawal, SszContainer<Withdrawal>> WithdrawalsCodec(Preset preset) => new(SszBound.List(preset.MaxWithdrawalsPerPayload));
}

/// <summary>A payload with roots in place of its lists. spec: cs/deneb/beacon-chain#executionpayloadheader</summary>
/// <param name="ParentHash">The hash of the execution block before.</param>
/// <param name="FeeRecipient">Who gets the fees.</param>
/// <param name="StateRoot">The root of the execution state after it.</param>
/// <param name="ReceiptsRoot">The root of its receipts.</param>
/// <param name="LogsBloom">The filter of its logs.</param>
/// <param name="PrevRandao">The random mix it was made with.</param>
/// <param name="BlockNumber">Its number.</param>
/// <param name="GasLimit">Gas at most.</param>
/// <param name="GasUsed">Gas used.</param>
/// <param name="Timestamp">Its time in seconds.</param>
/// <param name="ExtraData">What its builder wrote.</param>
/// <param name="BaseFeePerGas">The base fee in Wei.</param>
/// <param name="BlockHash">Its hash.</param>
/// <param name="TransactionsRoot">The root of its transactions.</param>
/// <param name="WithdrawalsRoot">The root of its withdrawals.</param>
/// <param name="BlobGasUsed">Blob gas used.</param>
/// <param name="ExcessBlobGas">Blob gas above the target so far.</param>
[SszContainer(RemembersRoot = true)]
public sealed partial record ExecutionPayloadHeader(
    Hash32 ParentHash,
    Address FeeRecipient,
    Hash32 StateRoot,
    Hash32 ReceiptsRoot,
    [property: SszVector(256)] byte[] LogsBloom,
    Hash32 PrevRandao,
    ulong BlockNumber,
    ulong GasLimit,
    ulong GasUsed,
    ulong Timestamp,
    [property: SszList(32)] byte[] ExtraData,
    UInt256 BaseFeePerGas,
    Hash32 BlockHash,
    Hash32 TransactionsRoot,
    Hash32 WithdrawalsRoot,
    ulong BlobGasUsed,
    ulong ExcessBlobGas);
