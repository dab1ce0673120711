using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A block of the execution chain, without its transactions.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">That of the block before it.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="GasLimit">Most gas of it.</param>
/// <param name="BaseFee">Wei that each gas of it cost, burnt.</param>
public sealed record ExecutionBlock(ulong Number, Hash32 Hash, Hash32 ParentHash, ulong Timestamp, ulong GasLimit, UInt256 BaseFee);

/// <summary>What a transaction left behind.</summary>
/// <param name="TransactionHash">Whose.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="BlockHash">The block's hash.</param>
/// <param name="IsSuccess">False where its code failed: then it only paid.</param>
/// <param name="GasUsed">Gas that it used.</param>
/// <param name="GasPrice">Wei for each gas.</param>
/// <param name="BlobGasUsed">Gas of its blobs.</param>
/// <param name="BlobGasPrice">Wei for each gas of blobs.</param>
/// <param name="Logs">What its code logged.</param>
public sealed record ExecutionReceipt(
    Hash32 TransactionHash, ulong BlockNumber, Hash32 BlockHash, bool IsSuccess, ulong GasUsed, UInt256 GasPrice, ulong BlobGasUsed, UInt256 BlobGasPrice, IReadOnlyList<ExecutionLog> Logs)
{
    /// <summary>Wei that it cost, beside what it sent.</summary>
    public UInt256 Cost => (GasPrice * GasUsed) + (BlobGasPrice * BlobGasUsed);
}

/// <summary>What a contract logged.</summary>
/// <param name="Contract">Which contract.</param>
/// <param name="Topics">The event, and what can be searched for.</param>
/// <param name="Payload">What goes with it.</param>
/// <param name="BlockNumber">In which block.</param>
/// <param name="TransactionHash">By which transaction.</param>
public sealed record ExecutionLog(Address Contract, IReadOnlyList<Hash32> Topics, ReadOnlyMemory<byte> Payload, ulong BlockNumber, Hash32 TransactionHash);

/// <summary>What to offer for a transaction now.</summary>
/// <param name="BaseFee">Wei for each gas of the newest block.</param>
/// <param name="Tip">Wei for each gas that others give the producer.</param>
/// <param name="BlobBaseFee">Wei for each gas of blobs in the next block.</param>
public readonly record struct FeeQuote(UInt256 BaseFee, UInt256 Tip, UInt256 BlobBaseFee);
