using System.Buffers;

namespace Flashback.State.Store;

/// <summary>Changes that take effect together, in the order they were added. Keys and values are copied in; the batch can be cleared and used again.</summary>
public sealed class WriteBatch
{
    private readonly List<Operation> _operations = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>How many changes there are.</summary>
    public int Count => _operations.Count;

    /// <summary>How many bytes of keys and values there are: when to commit and begin anew in bulk work.</summary>
    public int Size => _bytes.WrittenCount;

    /// <summary>Sets a key's value.</summary>
    public void Put(Column column, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
        _operations.Add(new Operation(OperationKind.Put, column, Append(key), Append(value)));

    /// <summary>Removes a key, if it is there.</summary>
    public void Delete(Column column, ReadOnlySpan<byte> key) => _operations.Add(new Operation(OperationKind.Delete, column, Append(key), default));

    /// <summary>Removes every key of a range that is there when this change's turn comes.</summary>
    public void DeleteRange(Column column, KeyRange range) => _operations.Add(new Operation(
        OperationKind.DeleteRange, column, range.From is null ? null : Append(range.From), range.Before is null ? null : Append(range.Before)));

    /// <summary>Forgets all changes and keeps the memory.</summary>
    public void Clear()
    {
        _operations.Clear();
        _bytes.ResetWrittenCount();
    }

    internal IReadOnlyList<Operation> Operations => _operations;

    internal ReadOnlySpan<byte> BytesOf(Slice slice) => _bytes.WrittenSpan.Slice(slice.Start, slice.Length);

    internal KeyRange RangeOf(in Operation operation) => new(
        operation.Key is { } from ? BytesOf(from).ToArray() : null,
        operation.Value is { } before ? BytesOf(before).ToArray() : null);

    private Slice Append(ReadOnlySpan<byte> bytes)
    {
        int start = _bytes.WrittenCount;
        _bytes.Write(bytes);
        return new Slice(start, bytes.Length);
    }

    internal enum OperationKind
    {
        Put,
        Delete,
        DeleteRange,
    }

    internal readonly record struct Slice(int Start, int Length);

    /// <summary>A change; for a range, the key is where it begins and the value where it ends.</summary>
    internal readonly record struct Operation(OperationKind Kind, Column Column, Slice? Key, Slice? Value);
}
