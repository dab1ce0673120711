using System.Buffers;
using System.Buffers.Binary;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Store;

namespace Flashback.State.History;

/// <summary>What the tables held before each block changed them.</summary>
/// <remarks>
/// <code>
/// past_*         key, number of a block → the value before that block; empty: there was none
/// past_changes   number of a block → (table, length, key) for each key it changed
/// past_blocks    number of a block → hash, root
/// </code>
/// The value after block n is the one before the first later block that changed the key, and where there is no such block, the current one.
/// </remarks>
internal sealed class StateHistory(IStore store)
{
    private const int NumberLength = 8;

    private readonly ArrayBufferWriter<byte> _changes = new();

    /// <summary>Finds the value after a block if a later one changed it.</summary>
    public bool TryFind(in StateKey key, long number, out byte[]? value)
    {
        int length = key.Bytes.Length;
        byte[] from = new byte[length + NumberLength];
        byte[] before = new byte[length + NumberLength];
        key.Bytes.CopyTo(from);
        key.Bytes.CopyTo(before);
        BinaryPrimitives.WriteInt64BigEndian(from.AsSpan(length), number + 1);
        before.AsSpan(length).Fill(0xff);
        using IStoreCursor cursor = store.Scan(StateColumns.PastOf(key.Table), new KeyRange(from, before));
        bool isFound = cursor.MoveNext();
        value = isFound && cursor.Value.Length > 0 ? cursor.Value.ToArray() : null;
        return isFound;
    }

    /// <summary>Notes a value that the block being written is about to change.</summary>
    public void Record(WriteBatch batch, in StateKey key, long number, ReadOnlySpan<byte> old)
    {
        Span<byte> past = stackalloc byte[StateKey.MaxLength + NumberLength];
        ReadOnlySpan<byte> bytes = key.Bytes;
        batch.Put(StateColumns.PastOf(key.Table), PastKey(bytes, number, past), old);
        _changes.Write([(byte)key.Table, (byte)bytes.Length]);
        _changes.Write(bytes);
    }

    /// <summary>Ends the notes on a block.</summary>
    public void RecordBlock(WriteBatch batch, in StateBlock block)
    {
        Span<byte> number = stackalloc byte[NumberLength];
        BinaryPrimitives.WriteInt64BigEndian(number, block.Number);
        batch.Put(StateColumns.Changes, number, _changes.WrittenSpan);
        batch.Put(StateColumns.Blocks, number, [.. block.Hash.AsSpan(), .. block.Root.AsSpan()]);
        _changes.ResetWrittenCount();
    }

    /// <summary>Forgets what was noted since the last block ended.</summary>
    public void Abandon() => _changes.ResetWrittenCount();

    /// <summary>The block with this number, if it was recorded and not forgotten.</summary>
    public bool TryReadBlock(long number, out StateBlock block)
    {
        block = default;
        Span<byte> key = stackalloc byte[NumberLength];
        BinaryPrimitives.WriteInt64BigEndian(key, number);
        Span<byte> value = stackalloc byte[64];
        int length = store.Read(StateColumns.Blocks, key, value);
        if (length < 0)
            return false;
        if (length != value.Length)
            throw new StoreException($"the record of block {number} is damaged: it has {length} bytes");
        block = new StateBlock(number, Hash32.Read(value[..32]), Hash32.Read(value[32..]));
        return true;
    }

    /// <summary>Removes the values from before a block, after which the state before it cannot be read any more.</summary>
    public void Forget(WriteBatch batch, long number)
    {
        Span<byte> numberKey = stackalloc byte[NumberLength];
        BinaryPrimitives.WriteInt64BigEndian(numberKey, number);
        ReadOnlySpan<byte> changes = store.Get(StateColumns.Changes, numberKey);
        Span<byte> past = stackalloc byte[StateKey.MaxLength + NumberLength];
        while (!changes.IsEmpty)
        {
            if (changes.Length < 2 || changes.Length < 2 + changes[1] || changes[1] > StateKey.MaxLength || !StateColumns.HasPast((StateTable)changes[0]))
                throw new StoreException($"the list of what block {number} changed is damaged");
            batch.Delete(StateColumns.PastOf((StateTable)changes[0]), PastKey(changes.Slice(2, changes[1]), number, past));
            changes = changes[(2 + changes[1])..];
        }
        batch.Delete(StateColumns.Changes, numberKey);
        BinaryPrimitives.WriteInt64BigEndian(numberKey, number - 1);
        batch.Delete(StateColumns.Blocks, numberKey);
    }

    private static ReadOnlySpan<byte> PastKey(ReadOnlySpan<byte> key, long number, Span<byte> destination)
    {
        key.CopyTo(destination);
        BinaryPrimitives.WriteInt64BigEndian(destination[key.Length..], number);
        return destination[..(key.Length + NumberLength)];
    }
}
