using System.Text.Json.Serialization;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>A log with its place, as clients know it.</summary>
public sealed record WireLog
{
    /// <summary>A log of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="transaction">Which transaction of it.</param>
    /// <param name="log">The log.</param>
    /// <param name="index">Its place among all logs of the block.</param>
    /// <param name="isRemoved">True when the block has left the chain.</param>
    public WireLog(ExecutedBlock block, int transaction, Log log, int index, bool isRemoved = false)
        : this(log)
    {
        BlockHash = block.Hash;
        BlockNumber = block.Number;
        BlockTimestamp = block.Header.Timestamp;
        TransactionHash = block.Block.Transactions[transaction].Hash();
        TransactionIndex = (ulong)transaction;
        LogIndex = (ulong)index;
        Removed = isRemoved;
    }

    /// <summary>A log of no block.</summary>
    public WireLog(Log log) => (Address, Topics, Data) = (log.Address, log.Topics, log.Payload);

    public Address Address { get; }
    public IReadOnlyList<Hash32> Topics { get; }
    public ReadOnlyMemory<byte> Data { get; }
    public Hash32? BlockHash { get; init; }
    public ulong? BlockNumber { get; init; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ulong? BlockTimestamp { get; init; }
    public Hash32? TransactionHash { get; init; }
    public ulong? TransactionIndex { get; init; }
    public ulong? LogIndex { get; init; }
    public bool Removed { get; }

    /// <summary>The logs of a block that fit.</summary>
    public static IEnumerable<WireLog> Of(ExecutedBlock block, LogFilter filter, bool isRemoved = false)
    {
        int index = 0;
        for (int transaction = 0; transaction < block.Receipts.Count; transaction++)
        {
            foreach (Log log in block.Receipts[transaction].Logs)
            {
                if (filter.Fits(log))
                    yield return new WireLog(block, transaction, log, index, isRemoved);
                index++;
            }
        }
    }
}

/// <summary>What a transaction left behind, as clients know it.</summary>
public sealed record WireReceipt
{
    /// <summary>That of one transaction of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="index">Which transaction.</param>
    /// <param name="blobGasPrice">Wei per blob gas in the block.</param>
    public WireReceipt(ExecutedBlock block, int index, in UInt256 blobGasPrice)
    {
        Transaction transaction = block.Block.Transactions[index];
        Receipt receipt = block.Receipts[index];
        Type = (ulong)transaction.Type;
        TransactionHash = transaction.Hash();
        TransactionIndex = (ulong)index;
        BlockHash = block.Hash;
        BlockNumber = block.Number;
        From = block.Senders[index];
        To = transaction.To;
        ContractAddress = transaction.To is null ? Flashback.Execution.ContractAddress.Of(From, transaction.Nonce) : null;
        Status = receipt.IsSuccess ? 1UL : 0UL;
        GasUsed = block.GasUsedBy(index);
        CumulativeGasUsed = receipt.CumulativeGasUsed;
        EffectiveGasPrice = block.GasPriceOf(index);
        LogsBloom = receipt.Bloom;
        int first = block.FirstLogOf(index);
        Logs = [.. receipt.Logs.Select((log, place) => new WireLog(block, index, log, first + place))];
        if (transaction.Type == TransactionType.Blob)
            (BlobGasUsed, BlobGasPrice) = (transaction.BlobGas, blobGasPrice);
    }

    public Hash32 TransactionHash { get; }
    public ulong TransactionIndex { get; }
    public Hash32 BlockHash { get; }
    public ulong BlockNumber { get; }
    public Address From { get; }
    public Address? To { get; }
    public Address? ContractAddress { get; }
    public ulong Type { get; }
    public ulong Status { get; }
    public ulong GasUsed { get; }
    public ulong CumulativeGasUsed { get; }
    public UInt256 EffectiveGasPrice { get; }
    public IReadOnlyList<WireLog> Logs { get; }
    public LogBloom LogsBloom { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public ulong? BlobGasUsed { get; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public UInt256? BlobGasPrice { get; }
}
