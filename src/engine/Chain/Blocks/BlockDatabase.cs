using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.Chain;

/// <summary>Blocks, receipts and where to find them, on disk. Any number of threads read; <see cref="ChainService"/> writes.</summary>
/// <remarks>
/// A block is kept under its hash as soon as it is executed. What is found by number, by transaction or by log is on the chain that leads to the head.
/// Every member throws <see cref="StoreException"/> when the disk fails or what is on it is damaged.
/// </remarks>
public sealed class BlockDatabase
{
    private const ulong Layout = 1;

    private static readonly byte[] HeadMark = "head"u8.ToArray();
    private static readonly byte[] SafeMark = "safe"u8.ToArray();
    private static readonly byte[] FinalizedMark = "finalized"u8.ToArray();
    private static readonly byte[] LayoutMark = "layout"u8.ToArray();

    private const long MostRecentBytes = 32 << 20; // forty full blocks of a busy chain, some ten thousand empty ones
    private const int ObjectBytes = 1536; // of a block without transactions, beside three times its encoding: measured by a heap dump

    private readonly IStore _store;
    private readonly RecentBlocks _recent = new(MostRecentBytes);

    /// <summary>Opens what a store holds.</summary>
    /// <exception cref="StoreException">The store was written by a version of this program whose layout is another.</exception>
    internal BlockDatabase(IStore store)
    {
        _store = store;
        byte[]? layout = store.Get(ChainColumns.Marks, LayoutMark);
        if (layout is not null && !layout.AsSpan().SequenceEqual(ChainColumns.KeyOf(Layout)))
            throw new StoreException($"the blocks on disk have layout {Hex.Encode(layout)}, this program writes {Layout}");
    }

    /// <summary>The columns that blocks live in.</summary>
    public static IReadOnlyList<Column> Columns => ChainColumns.All;

    internal Hash32? Head => Mark(HeadMark);

    internal Hash32? Safe => Mark(SafeMark);

    internal Hash32? Finalized => Mark(FinalizedMark);

    /// <summary>The header with this hash, on the chain or beside it.</summary>
    public bool TryGetHeader(in Hash32 hash, [NotNullWhen(true)] out BlockHeader? header)
    {
        header = null;
        if (_store.Get(ChainColumns.Headers, hash.AsSpan()) is not { } bytes)
            return false;
        return BlockCodec.TryDecodeHeader(bytes, out header, out _) ? true : throw Damaged($"the header {hash}");
    }

    /// <summary>The block with this hash, on the chain or beside it.</summary>
    public bool TryGetBlock(in Hash32 hash, [NotNullWhen(true)] out ExecutedBlock? block)
    {
        if (_recent.TryGet(hash, out block))
            return true;
        if (_store.Get(ChainColumns.Blocks, hash.AsSpan()) is not { } bytes)
            return false;
        if (!BlockCodec.TryDecode(bytes, out Block? decoded, out _) || _store.Get(ChainColumns.Receipts, hash.AsSpan()) is not { } receipts)
            throw Damaged($"the block {hash}");
        block = StoredReceipts.TryDecode(receipts, decoded!, hash) ?? throw Damaged($"the receipts of block {hash}");
        Remember(block, bytes.Length + receipts.Length);
        return true;
    }

    /// <summary>The hash of the block with this number on the chain.</summary>
    public bool TryGetHash(ulong number, out Hash32 hash)
    {
        byte[]? bytes = _store.Get(ChainColumns.Numbers, ChainColumns.KeyOf(number));
        hash = bytes is null ? default : Hash32.Read(bytes);
        return bytes is not null;
    }

    /// <summary>The block with this number on the chain.</summary>
    public bool TryGetBlock(ulong number, [NotNullWhen(true)] out ExecutedBlock? block)
    {
        block = null;
        return TryGetHash(number, out Hash32 hash) && TryGetBlock(hash, out block);
    }

    /// <summary>The header with this number on the chain.</summary>
    public bool TryGetHeader(ulong number, [NotNullWhen(true)] out BlockHeader? header)
    {
        header = null;
        return TryGetHash(number, out Hash32 hash) && TryGetHeader(hash, out header);
    }

    /// <summary>Where a transaction stands on the chain.</summary>
    public bool TryFind(in Hash32 transaction, out TransactionPlace place)
    {
        byte[]? bytes = _store.Get(ChainColumns.Transactions, transaction.AsSpan());
        place = bytes is null ? default : new TransactionPlace(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(8)));
        return bytes is not null;
    }

    /// <summary>The blocks of a range of the chain that have logs that fit, in order.</summary>
    public IEnumerable<ExecutedBlock> FindLogs(LogFilter filter, ulong first, ulong last)
    {
        if (first > last)
            yield break;
        foreach (ulong number in filter.IsSelective ? LogIndex.Find(_store, filter, first, last) : Numbers(first, last))
        {
            if (TryGetHeader(number, out BlockHeader? header) && filter.MayFit(header.LogsBloom) && !header.LogsBloom.Equals(default)
                && TryGetBlock(header.Hash(), out ExecutedBlock? block))
                yield return block;
        }
    }

    /// <summary>Keeps a block that was executed, beside the chain. Returns the length of its encoding, for <see cref="Remember"/>.</summary>
    internal static long Put(WriteBatch batch, ExecutedBlock block)
    {
        byte[] encoded = BlockCodec.Encode(block.Block), receipts = StoredReceipts.Encode(block);
        batch.Put(ChainColumns.Headers, block.Hash.AsSpan(), Rlp.Encode(block.Header));
        batch.Put(ChainColumns.Blocks, block.Hash.AsSpan(), encoded);
        batch.Put(ChainColumns.Receipts, block.Hash.AsSpan(), receipts);
        return encoded.Length + receipts.Length;
    }

    /// <summary>Has a block at hand that was committed or read: it will be asked for again.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">The length of its encoding, with its receipts.</param>
    internal void Remember(ExecutedBlock block, long bytes) => _recent.Add(block, ObjectBytes + (3 * bytes));

    /// <summary>Makes a block that is kept part of the chain.</summary>
    internal static void Adopt(WriteBatch batch, ExecutedBlock block)
    {
        batch.Put(ChainColumns.Numbers, ChainColumns.KeyOf(block.Number), block.Hash.AsSpan());
        byte[] place = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(place, block.Number);
        for (int i = 0; i < block.Block.Transactions.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(place.AsSpan(8), i);
            batch.Put(ChainColumns.Transactions, block.Block.Transactions[i].Hash().AsSpan(), place);
        }
        LogIndex.Add(batch, block);
    }

    /// <summary>Takes a block off the chain; it stays kept.</summary>
    internal static void Abandon(WriteBatch batch, ExecutedBlock block)
    {
        batch.Delete(ChainColumns.Numbers, ChainColumns.KeyOf(block.Number));
        foreach (Transaction transaction in block.Block.Transactions)
            batch.Delete(ChainColumns.Transactions, transaction.Hash().AsSpan());
        LogIndex.Remove(batch, block);
    }

    /// <summary>Takes note that a kept block is not final.</summary>
    internal static void PutRecent(WriteBatch batch, ExecutedBlock block) => batch.Put(ChainColumns.Recent, RecentKey(block.Number, block.Hash), []);

    /// <summary>Forgets the blocks beside the chain up to a number, from which on nothing can be reverted.</summary>
    /// <returns>How many blocks.</returns>
    internal int PruneBeside(WriteBatch batch, ulong last)
    {
        int count = 0;
        using IStoreCursor cursor = _store.Scan(ChainColumns.Recent, new KeyRange(RecentKey(0, default), RecentKey(last + 1, default)));
        while (cursor.MoveNext())
        {
            batch.Delete(ChainColumns.Recent, cursor.Key);
            Hash32 hash = Hash32.Read(cursor.Key[8..]);
            if (TryGetHash(BinaryPrimitives.ReadUInt64BigEndian(cursor.Key), out Hash32 kept) && kept == hash)
                continue;
            foreach (Column column in (Column[])[ChainColumns.Headers, ChainColumns.Blocks, ChainColumns.Receipts])
                batch.Delete(column, hash.AsSpan());
            _recent.Remove(hash);
            count++;
        }
        return count;
    }

    internal static void PutMarks(WriteBatch batch, in Hash32 head, in Hash32 safe, in Hash32 finalized)
    {
        batch.Put(ChainColumns.Marks, HeadMark, head.AsSpan());
        batch.Put(ChainColumns.Marks, SafeMark, safe.AsSpan());
        batch.Put(ChainColumns.Marks, FinalizedMark, finalized.AsSpan());
        batch.Put(ChainColumns.Marks, LayoutMark, ChainColumns.KeyOf(Layout));
    }

    private static byte[] RecentKey(ulong number, in Hash32 hash) => [.. ChainColumns.KeyOf(number), .. hash.AsSpan()];

    private static IEnumerable<ulong> Numbers(ulong first, ulong last)
    {
        for (ulong number = first; ; number++)
        {
            yield return number;
            if (number == last)
                yield break;
        }
    }

    private Hash32? Mark(byte[] name) => _store.Get(ChainColumns.Marks, name) is { } bytes ? Hash32.Read(bytes) : null;

    private static StoreException Damaged(string what) => new($"{what} cannot be read: the database is damaged");
}
