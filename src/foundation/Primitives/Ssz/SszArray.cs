using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Vector[T, N] and List[T, N] as an array; of bytes too: ByteVector, ByteList. spec: cs/ssz/simple-serialize#composite-types</summary>
/// <param name="bound">Vector or list, and of how many.</param>
/// <param name="element">The codec of the elements.</param>
public readonly struct SszArray<T, TElement>(SszBound bound, TElement element = default) : ISszCodec<T[]>
    where TElement : struct, ISszCodec<T>
{
    private readonly TElement _element = element;

    /// <inheritdoc/>
    public static bool IsBasic => false;

    /// <inheritdoc/>
    public static bool IsPlain => false;

    /// <inheritdoc/>
    public bool IsFixedSize => bound.IsVector && _element.IsFixedSize;

    /// <inheritdoc/>
    public int FixedLength => IsFixedSize ? checked(bound.VectorLength * _element.FixedLength) : 0;

    /// <inheritdoc/>
    public SszShape Shape => new SszShape.Sequence(_element.Shape, bound);

    /// <summary>The chunks of a full collection make a tree of this depth.</summary>
    private int Depth => SszSequence.DepthFor(bound, TElement.IsBasic ? _element.FixedLength : 0);

    /// <inheritdoc/>
    public int LengthOf(in T[] value)
    {
        if (_element.IsFixedSize)
            return checked(value.Length * _element.FixedLength);
        int length = checked(value.Length * SszFieldReader.OffsetLength);
        foreach (ref readonly T item in value.AsSpan())
            length = checked(length + _element.LengthOf(in item));
        return length;
    }

    /// <inheritdoc/>
    public int Write(in T[] value, Span<byte> output)
    {
        bound.Demand(value.Length);
        if (TElement.IsPlain)
        {
            ReadOnlySpan<byte> bytes = PlainBytes(value);
            bytes.CopyTo(output);
            return bytes.Length;
        }
        SszFieldWriter writer = new(output, value.Length * (_element.IsFixedSize ? _element.FixedLength : SszFieldReader.OffsetLength));
        foreach (ref readonly T item in value.AsSpan())
            writer.Write(in _element, in item);
        return writer.Length;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, [MaybeNullWhen(false)] out T[] value, out SszFault fault)
    {
        value = null;
        if (!SszSequence.TryCount(input, bound, _element.IsFixedSize ? _element.FixedLength : 0, out int count, out fault))
            return false;
        if (TElement.IsPlain)
        {
            value = GC.AllocateUninitializedArray<T>(count);
            input.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(value)), input.Length));
            return true;
        }
        T[] items = new T[count];
        SszElementReader reader = new(input, count, _element.IsFixedSize ? _element.FixedLength : 0);
        for (int i = 0; i < items.Length; i++)
        {
            if (!reader.TryNext(out ReadOnlySpan<byte> bytes, out fault))
                return false;
            if (!_element.TryDecode(bytes, out items[i]!, out fault))
            {
                fault = fault.Within(i);
                return false;
            }
        }
        value = items;
        return true;
    }

    /// <inheritdoc/>
    public Hash32 RootOf(in T[] value)
    {
        bound.Demand(value.Length);
        Hash32 root = ChunksAreMemory ? Merkle.Root(PlainBytes(value), Depth) : RootOfLeaves(value);
        return bound.IsVector ? root : Merkle.MixInLength(root, (ulong)value.Length);
    }

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<T[]> values, Span<byte> roots) => SszPlain.WriteRootsOneByOne(this, values, roots);

    /// <inheritdoc/>
    public Hash32 NodeAt(in T[] value, ulong index)
    {
        bound.Demand(value.Length);
        if (SszSequence.TryRootOrLength(bound, (ulong)value.Length, ref index, out Hash32? node))
            return node ?? RootOf(in value);
        if (GeneralizedIndex.DepthOf(index) > Depth && !TElement.IsBasic)
        {
            (ulong position, ulong below) = GeneralizedIndex.Split(index, Depth);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, (ulong)value.Length, nameof(index));
            return _element.NodeAt(in value[position], below);
        }
        if (ChunksAreMemory)
            return SszPlain.NodeAt(PlainBytes(value), Depth, index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GeneralizedIndex.DepthOf(index), Depth, nameof(index));
        using RentedChunks leaves = new(LeafCount(value));
        WriteLeaves(value, leaves.Span);
        return Merkle.NodeInPlace(leaves.Span, Depth, index);
    }

    /// <summary>True when the array's memory, cut into chunks, is the bottom of its tree: packed numbers, or strings of one chunk.</summary>
    private bool ChunksAreMemory => TElement.IsPlain && (TElement.IsBasic || _element.FixedLength == Merkle.ChunkLength);

    private Hash32 RootOfLeaves(T[] value)
    {
        using RentedChunks leaves = new(LeafCount(value));
        WriteLeaves(value, leaves.Span);
        return Merkle.RootInPlace(leaves.Span, Depth);
    }

    /// <summary>Only booleans are packed and not plain: 32 to a chunk.</summary>
    private static int LeafCount(T[] value) => TElement.IsBasic ? (value.Length + Merkle.ChunkLength - 1) / Merkle.ChunkLength : value.Length;

    private void WriteLeaves(T[] value, Span<byte> leaves)
    {
        if (!TElement.IsBasic)
        {
            _element.WriteRoots(value, leaves);
            return;
        }
        leaves[value.Length..].Clear();
        for (int i = 0; i < value.Length; i++)
            _element.Write(in value[i], leaves[i..]);
    }

    // An element that is plain is unmanaged, as its codec demands, so its memory may be read as bytes.
    private static ReadOnlySpan<byte> PlainBytes(T[] value) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(value)), checked(value.Length * Unsafe.SizeOf<T>()));

    /// <inheritdoc/>
    public void WriteJson(in T[] value, Utf8JsonWriter writer)
    {
        bound.Demand(value.Length);
        if (typeof(T) == typeof(byte))
        {
            SszJson.WriteHex(PlainBytes(value), writer);
            return;
        }
        writer.WriteStartArray();
        foreach (ref readonly T item in value.AsSpan())
            _element.WriteJson(in item, writer);
        writer.WriteEndArray();
    }

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, [MaybeNullWhen(false)] out T[] value, out SszFault fault)
    {
        if (typeof(T) == typeof(byte))
        {
            bool isRead = SszJson.TryReadHex(ref reader, bound, out byte[] bytes, out fault);
            value = isRead ? (T[])(object)bytes : null;
            return isRead;
        }
        T[] items = [];
        SszJsonElementReader elements = new(bound);
        while (elements.TryNext<T, TElement>(ref reader, in _element, out T? item))
        {
            if (elements.Count > items.Length)
                Array.Resize(ref items, Math.Max(4, 2 * items.Length));
            items[elements.Count - 1] = item;
        }
        Array.Resize(ref items, elements.Count);
        fault = elements.Fault;
        value = fault.Rule == SszRule.None ? items : null;
        return value is not null;
    }
}
