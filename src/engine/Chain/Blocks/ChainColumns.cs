using System.Buffers.Binary;
using Flashback.State.Store;

namespace Flashback.Chain;

/// <summary>The columns of the chain. Numbers in keys are big-endian, so that neighbours lie side by side.</summary>
internal static class ChainColumns
{
    /// <summary>Hash → header.</summary>
    public static readonly Column Headers = new("chain_headers", ValueSize.Large);

    /// <summary>Hash → block.</summary>
    public static readonly Column Blocks = new("chain_blocks", ValueSize.Large);

    /// <summary>Hash → <c>[[sender, receipt], …]</c>.</summary>
    public static readonly Column Receipts = new("chain_receipts", ValueSize.Large);

    /// <summary>Number → hash of the block on the chain.</summary>
    public static readonly Column Numbers = new("chain_numbers");

    /// <summary>Number, hash of a kept block that may still be reverted, or become part of the chain → nothing.</summary>
    public static readonly Column Recent = new("chain_recent");

    /// <summary>Hash of a transaction on the chain → block number, index.</summary>
    public static readonly Column Transactions = new("chain_transactions");

    /// <summary>Digest of an address or topic, block number → nothing: the blocks on the chain with such a log.</summary>
    public static readonly Column Logs = new("chain_logs");

    /// <summary>A name → the one value of that name: head, safe, finalized, layout.</summary>
    public static readonly Column Marks = new("chain_marks");

    public static IReadOnlyList<Column> All { get; } = [Headers, Blocks, Receipts, Numbers, Recent, Transactions, Logs, Marks];

    public static byte[] KeyOf(ulong number)
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(key, number);
        return key;
    }
}
