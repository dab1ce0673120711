using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>
/// A long vector or list of numbers, or of words of 32 bytes, as a state holds them: balances, participation flags, block roots. Kept in pages
/// that copies share, under a Merkle tree that remembers.
/// </summary>
/// <remarks>One thread writes it; asking for the root counts as writing. Leaves are the memory of the elements, so the tree keeps only what is above.</remarks>
/// <typeparam name="T">A number whose memory is its encoding (a built-in one, or marked <see cref="ISszNumber"/>), or <see cref="Hash32"/>.</typeparam>
public sealed class Column<T> : ISszCollection<Column<T>>, IKnowsRoot, IMerkleLeaves
    where T : unmanaged
{
    private readonly PagedList<T> _items;
    private readonly MerkleTree _tree;

    /// <summary>A column of so many zeros.</summary>
    /// <exception cref="NotSupportedException">The elements are neither numbers nor words of 32 bytes.</exception>
    public Column(int count = 0)
    {
        if (!HoldsNumbersOrWords)
            throw new NotSupportedException($"{typeof(T).Name} is packed into chunks otherwise than a number, or not every byte is one");
        _items = new PagedList<T>();
        _tree = new MerkleTree(keepsLeaves: false);
        Resize(count);
    }

    /// <summary>A column of these elements.</summary>
    public Column(ReadOnlySpan<T> items)
        : this() => AddRange(items);

    private Column(Column<T> source)
    {
        _items = source._items.Copy();
        _tree = source._tree.Copy();
    }

    /// <summary>The number of elements in a page.</summary>
    public static int PageLength => PagedList<T>.PageLength;

    /// <summary>The number of elements.</summary>
    public int Count => _items.Count;

    /// <summary>The number of pages.</summary>
    public int PageCount => _items.PageCount;

    /// <summary>An element, from 0.</summary>
    public T this[int index]
    {
        get => _items[index];
        set
        {
            _items[index] = value;
            _tree.Mark(index / PerChunk);
        }
    }

    /// <inheritdoc/>
    public KnownRoot? KnownRoot => _tree.KnownRoot;

    private static bool HoldsNumbersOrWords =>
        typeof(T) == typeof(byte) || typeof(T) == typeof(ushort) || typeof(T) == typeof(uint) || typeof(T) == typeof(ulong) || typeof(T) == typeof(UInt128)
        || typeof(T) == typeof(UInt256) || typeof(T) == typeof(Hash32) || default(T) is ISszNumber;

    private static int PerChunk => Merkle.ChunkLength / Unsafe.SizeOf<T>();

    /// <summary>0 where a leaf is one element.</summary>
    private static int PackedLength => typeof(T) == typeof(Hash32) ? 0 : Unsafe.SizeOf<T>();

    /// <summary>A copy; both may be written from now on without the other noticing.</summary>
    public Column<T> Copy() => new(this);

    /// <summary>The elements of a page.</summary>
    public ReadOnlySpan<T> Page(int page) => _items.Page(page);

    /// <summary>The elements of a page to be written; all of them count as changed.</summary>
    public Span<T> WritePage(int page)
    {
        Span<T> items = _items.WritePage(page);
        _tree.Mark(page * PageLength / PerChunk, ChunksFor(items.Length));
        return items;
    }

    /// <summary>Appends an element.</summary>
    public void Add(T value)
    {
        _items.Add(value);
        GrowTree(_items.Count - 1);
    }

    /// <summary>Appends elements.</summary>
    public void AddRange(ReadOnlySpan<T> values)
    {
        int before = _items.Count;
        _items.AddRange(values);
        GrowTree(before);
    }

    /// <summary>Makes the column this long: what is new is zero, what is beyond is dropped.</summary>
    public void Resize(int count)
    {
        int before = _items.Count;
        _items.Resize(count);
        GrowTree(Math.Min(before, count));
    }

    /// <summary>The elements in an array of their own.</summary>
    public T[] ToArray()
    {
        T[] items = new T[Count];
        _items.CopyTo(0, items);
        return items;
    }

    void IMerkleLeaves.ReadLeaves(int first, Span<byte> chunks)
    {
        int item = first * PerChunk;
        Span<T> items = MemoryMarshal.Cast<byte, T>(chunks);
        int there = Math.Min(items.Length, Count - item);
        _items.CopyTo(item, items[..there]);
        items[there..].Clear();
    }

    static int ISszCollection<Column<T>>.FixedLength(SszBound bound, ISszPreset? preset) => bound.IsVector ? checked(bound.VectorLength * Unsafe.SizeOf<T>()) : 0;

    static SszShape ISszCollection<Column<T>>.Shape(SszBound bound, ISszPreset? preset) =>
        new SszShape.Sequence(PackedLength == 0 ? default(SszBytes<Hash32>).Shape : default(SszNumber<T>).Shape, bound);

    static bool ISszCollection<Column<T>>.TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Column<T> value, out SszFault fault)
    {
        value = null;
        if (!SszSequence.TryCount(input, bound, Unsafe.SizeOf<T>(), out _, out fault))
            return false;
        value = new Column<T>(MemoryMarshal.Cast<byte, T>(input));
        return true;
    }

    int ISszCollection<Column<T>>.LengthOf(SszBound bound, ISszPreset? preset) => checked(Count * Unsafe.SizeOf<T>());

    int ISszCollection<Column<T>>.Write(SszBound bound, ISszPreset? preset, Span<byte> output)
    {
        bound.Demand(Count);
        Span<T> items = MemoryMarshal.Cast<byte, T>(output)[..Count];
        _items.CopyTo(0, items);
        return checked(Count * Unsafe.SizeOf<T>());
    }

    /// <inheritdoc/>
    public Hash32 RootOf(SszBound bound, ISszPreset? preset)
    {
        bound.Demand(Count);
        return _tree.CollectionRoot(this, bound, PackedLength, Count);
    }

    Hash32 ISszCollection<Column<T>>.NodeAt(SszBound bound, ISszPreset? preset, ulong index) =>
        SszSequence.TryRootOrLength(bound, (ulong)Count, ref index, out Hash32? node)
            ? node ?? RootOf(bound, preset)
            : _tree.NodeAt(this, SszSequence.DepthFor(bound, PackedLength), index);

    static bool ISszCollection<Column<T>>.TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Column<T> value, out SszFault fault)
    {
        Column<T> column = new();
        SszJsonElementReader elements = new(bound);
        while (TryNext(ref reader, ref elements, out T item))
            column.Add(item);
        fault = elements.Fault;
        value = fault.Rule == SszRule.None ? column : null;
        return value is not null;
    }

    void ISszCollection<Column<T>>.WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer)
    {
        bound.Demand(Count);
        writer.WriteStartArray();
        for (int page = 0; page < PageCount; page++)
        {
            foreach (ref readonly T item in Page(page))
            {
                if (typeof(T) == typeof(Hash32))
                    SszJson.WriteHex(SszPlain.BytesOf(in item), writer);
                else
                    SszJson.WriteNumber(in item, writer);
            }
        }
        writer.WriteEndArray();
    }

    private static bool TryNext(ref Utf8JsonReader reader, ref SszJsonElementReader elements, out T item)
    {
        if (typeof(T) != typeof(Hash32))
            return elements.TryNext(ref reader, default(SszNumber<T>), out item);
        bool isRead = elements.TryNext(ref reader, default(SszBytes<Hash32>), out Hash32 word);
        item = Unsafe.As<Hash32, T>(ref word);
        return isRead;
    }

    private static int ChunksFor(int count) => (count + PerChunk - 1) / PerChunk;

    /// <summary>Brings the tree to the length of the column, of which the first <paramref name="unchanged"/> elements are as they were.</summary>
    private void GrowTree(int unchanged)
    {
        _tree.Resize(ChunksFor(_items.Count));
        int chunk = unchanged / PerChunk;
        if (chunk < _tree.LeafCount)
            _tree.Mark(chunk);
    }
}
