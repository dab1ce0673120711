using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>A long list of containers as a state holds them: in pages that copies share, under a Merkle tree that remembers the root of each.</summary>
/// <remarks>A row is replaced, never changed in place. One thread writes the rows; asking for the root counts as writing.</remarks>
/// <typeparam name="T">An immutable container.</typeparam>
public sealed class Rows<T> : ISszCollection<Rows<T>>, IKnowsRoot
    where T : ISszContainer<T>
{
    private readonly PagedList<T> _items;
    private readonly MerkleTree _tree;

    /// <summary>No rows.</summary>
    public Rows()
    {
        _items = new PagedList<T>();
        _tree = new MerkleTree(keepsLeaves: true);
    }

    /// <summary>These rows.</summary>
    public Rows(ReadOnlySpan<T> items)
        : this()
    {
        _items.AddRange(items);
        _tree.Resize(items.Length);
    }

    private Rows(Rows<T> source)
    {
        _items = source._items.Copy();
        _tree = source._tree.Copy();
    }

    /// <summary>The number of rows.</summary>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public KnownRoot? KnownRoot => _tree.KnownRoot;

    /// <summary>A row, from 0.</summary>
    public T this[int index]
    {
        get => _items[index];
        set
        {
            _items[index] = value;
            _tree.Mark(index);
        }
    }

    /// <summary>A copy; both may be written from now on without the other noticing.</summary>
    public Rows<T> Copy() => new(this);

    /// <summary>Appends a row.</summary>
    public void Add(T row)
    {
        _items.Add(row);
        _tree.Resize(_items.Count);
    }

    /// <summary>Drops the rows from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        _items.Resize(count);
        _tree.Resize(count);
    }

    /// <summary>The rows in an array of their own.</summary>
    public T[] ToArray()
    {
        T[] rows = new T[Count];
        _items.CopyTo(0, rows);
        return rows;
    }

    static int ISszCollection<Rows<T>>.FixedLength(SszBound bound, ISszPreset? preset) => Array(bound, preset).FixedLength;

    static SszShape ISszCollection<Rows<T>>.Shape(SszBound bound, ISszPreset? preset) => Array(bound, preset).Shape;

    static bool ISszCollection<Rows<T>>.TryRead(ReadOnlySpan<byte> input, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Rows<T> value, out SszFault fault)
    {
        value = Array(bound, preset).TryDecode(input, out T[]? rows, out fault) ? new Rows<T>(rows) : null;
        return value is not null;
    }

    int ISszCollection<Rows<T>>.LengthOf(SszBound bound, ISszPreset? preset)
    {
        SszContainer<T> row = new(preset);
        if (row.IsFixedSize)
            return checked(Count * row.FixedLength);
        int length = checked(Count * SszFieldReader.OffsetLength);
        for (int page = 0; page < _items.PageCount; page++)
        {
            foreach (ref readonly T item in _items.Page(page))
                length = checked(length + row.LengthOf(in item));
        }
        return length;
    }

    int ISszCollection<Rows<T>>.Write(SszBound bound, ISszPreset? preset, Span<byte> output)
    {
        bound.Demand(Count);
        SszContainer<T> row = new(preset);
        SszFieldWriter writer = new(output, Count * (row.IsFixedSize ? row.FixedLength : SszFieldReader.OffsetLength));
        for (int page = 0; page < _items.PageCount; page++)
        {
            foreach (ref readonly T item in _items.Page(page))
                writer.Write(in row, in item);
        }
        return writer.Length;
    }

    /// <inheritdoc/>
    public Hash32 RootOf(SszBound bound, ISszPreset? preset)
    {
        bound.Demand(Count);
        return _tree.CollectionRoot(new Leaves(_items, preset), bound, 0, Count);
    }

    Hash32 ISszCollection<Rows<T>>.NodeAt(SszBound bound, ISszPreset? preset, ulong index)
    {
        if (SszSequence.TryRootOrLength(bound, (ulong)Count, ref index, out Hash32? node))
            return node ?? RootOf(bound, preset);
        int depth = SszSequence.DepthFor(bound, 0);
        if (GeneralizedIndex.DepthOf(index) <= depth)
            return _tree.NodeAt(new Leaves(_items, preset), depth, index);
        (ulong position, ulong below) = GeneralizedIndex.Split(index, depth);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, (ulong)Count, nameof(index));
        T row = _items[(int)position];
        return new SszContainer<T>(preset).NodeAt(in row, below);
    }

    static bool ISszCollection<Rows<T>>.TryReadJson(ref Utf8JsonReader reader, SszBound bound, ISszPreset? preset, [MaybeNullWhen(false)] out Rows<T> value, out SszFault fault)
    {
        value = Array(bound, preset).TryReadJson(ref reader, out T[]? rows, out fault) ? new Rows<T>(rows) : null;
        return value is not null;
    }

    void ISszCollection<Rows<T>>.WriteJson(SszBound bound, ISszPreset? preset, Utf8JsonWriter writer)
    {
        bound.Demand(Count);
        SszContainer<T> row = new(preset);
        writer.WriteStartArray();
        for (int page = 0; page < _items.PageCount; page++)
        {
            foreach (ref readonly T item in _items.Page(page))
                row.WriteJson(in item, writer);
        }
        writer.WriteEndArray();
    }

    private static SszArray<T, SszContainer<T>> Array(SszBound bound, ISszPreset? preset) => new(bound, new SszContainer<T>(preset));

    private readonly struct Leaves(PagedList<T> items, ISszPreset? preset) : IMerkleLeaves
    {
        public void ReadLeaves(int first, Span<byte> chunks)
        {
            SszContainer<T> codec = new(preset);
            while (!chunks.IsEmpty)
            {
                ReadOnlySpan<T> rest = items.Page(first / PagedList<T>.PageLength)[(first % PagedList<T>.PageLength)..];
                int count = Math.Min(rest.Length, chunks.Length / Merkle.ChunkLength);
                codec.WriteRoots(rest[..count], chunks[..(count * Merkle.ChunkLength)]);
                chunks = chunks[(count * Merkle.ChunkLength)..];
                first += count;
            }
        }
    }
}
