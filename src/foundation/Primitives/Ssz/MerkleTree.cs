using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>Where a tree reads its leaves: the columns or rows of the collection that owns it.</summary>
public interface IMerkleLeaves
{
    /// <summary>Writes the leaves from <paramref name="first"/> on, as many as fill <paramref name="chunks"/>.</summary>
    /// <param name="first">The first leaf, from 0.</param>
    /// <param name="chunks">n × 32 bytes; all of the leaves exist.</param>
    void ReadLeaves(int first, Span<byte> chunks);
}

/// <summary>
/// A Merkle tree that remembers: its layers are kept, changed leaves are marked, and the root rehashes only the paths above them, layer by layer
/// in batches. The tree grows and shrinks with its collection; how deep its type is, the caller says when asking for the root.
/// </summary>
/// <remarks>
/// Leaves are read from the owner when needed; a tree whose leaves are dear to compute keeps them too. One thread uses a tree (asking for the
/// root writes); copies share pages of the layers until they change, as in <see cref="PagedList{T}"/>.
/// Invariant: a node is right unless a leaf below it is marked, and node i of a layer is there exactly when a leaf below it is.
/// </remarks>
public sealed class MerkleTree
{
    /// <summary>Pairs hashed at once: 16 KiB of input, which stays in the first cache.</summary>
    private const int Batch = 256;

    /// <summary>Up to this many marked leaves, close together, are followed up one by one: they do not fill the lanes of the hash.</summary>
    private const int MostPaths = 4;

    private readonly bool _keepsLeaves;
    private readonly MerkleLayers _layers;

    // Marks: a bit for each leaf, while the root is asked for each node of a layer. Outside of the words from _firstDirty to _lastDirty none is set.
    private ulong[] _dirty = [];
    private int _firstDirty = int.MaxValue;
    private int _lastDirty = -1;
    private bool _stale;

    // The collection's root as it was last asked for; none once something is marked.
    private SszBound _rootBound;
    private KnownRoot? _root;

    /// <summary>A tree without leaves.</summary>
    /// <param name="keepsLeaves">Whether leaves are kept: where computing one takes hashing. Else the neighbour of a changed leaf is read again with it.</param>
    public MerkleTree(bool keepsLeaves)
    {
        _keepsLeaves = keepsLeaves;
        _layers = new();
    }

    private MerkleTree(MerkleTree source)
    {
        _keepsLeaves = source._keepsLeaves;
        LeafCount = source.LeafCount;
        _layers = source._layers.Copy();
        _dirty = [.. source._dirty];
        _firstDirty = source._firstDirty;
        _lastDirty = source._lastDirty;
        _stale = source._stale;
        _rootBound = source._rootBound;
        _root = source._root;
    }

    /// <summary>The number of leaves.</summary>
    public int LeafCount { get; private set; }

    /// <summary>The collection's root as <see cref="CollectionRoot"/> found it last; null when a leaf has changed since.</summary>
    public KnownRoot? KnownRoot => _root;

    /// <summary>A copy; both trees may change from now on without the other noticing.</summary>
    public MerkleTree Copy() => new(this);

    /// <summary>Says that a leaf has changed.</summary>
    public void Mark(int leaf)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)leaf, (uint)LeafCount, nameof(leaf));
        _dirty[leaf >> 6] |= 1UL << leaf;
        Widen(leaf >> 6, leaf >> 6);
    }

    /// <summary>Says that leaves have changed.</summary>
    public void Mark(int first, int count)
    {
        if (count == 0)
            return;
        int last = checked(first + count - 1);
        Mark(last);
        Widen(first >> 6, last >> 6);
        for (int word = first >> 6; word <= last >> 6; word++)
            _dirty[word] |= MaskFrom(first, word) & ~MaskFrom(last + 1, word);
    }

    /// <summary>Says how many leaves there are now. New ones count as changed.</summary>
    public void Resize(int leafCount)
    {
        int before = LeafCount;
        if (leafCount == before)
            return;
        LeafCount = leafCount;
        int words = WordsFor(leafCount);
        if (words > _dirty.Length)
            Array.Resize(ref _dirty, Math.Max(words, _dirty.Length + (_dirty.Length >> 1)));
        if (leafCount > before)
        {
            Mark(before, leafCount - before);
            return;
        }
        ClearMarksFrom(leafCount);
        // Every node that lost a leaf and still has one lies above the last leaf.
        if (leafCount > 0)
            Mark(leafCount - 1);
    }

    /// <summary>The root of the collection whose elements the leaves hold; where nothing has changed, the one found before.</summary>
    /// <param name="leaves">Where the leaves are.</param>
    /// <param name="bound">Vector or list, and of how many.</param>
    /// <param name="packedLength">The length of an element in bytes where elements are packed into leaves; 0 where each has a leaf.</param>
    /// <param name="count">The number of elements.</param>
    public Hash32 CollectionRoot<TLeaves>(TLeaves leaves, SszBound bound, int packedLength, int count)
        where TLeaves : IMerkleLeaves
    {
        if (_root is null || _rootBound != bound)
        {
            _root = new KnownRoot(SszSequence.Root(bound, Root(leaves, SszSequence.DepthFor(bound, packedLength)), count));
            _rootBound = bound;
        }
        return _root.Value;
    }

    /// <summary>The root of the tree at that depth.</summary>
    /// <param name="leaves">Where the leaves are.</param>
    /// <param name="depth">The depth of the collection's type, from <see cref="SszSequence.DepthFor"/>.</param>
    public Hash32 Root<TLeaves>(TLeaves leaves, int depth)
        where TLeaves : IMerkleLeaves => NodeAt(leaves, depth, 1);

    /// <summary>A node of the tree, by its generalized index below the root of the chunks.</summary>
    /// <param name="leaves">Where the leaves are.</param>
    /// <param name="depth">The depth of the collection's type.</param>
    /// <param name="index">The index, at most <paramref name="depth"/> below the root.</param>
    public Hash32 NodeAt<TLeaves>(TLeaves leaves, int depth, ulong index)
        where TLeaves : IMerkleLeaves
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Merkle.DepthFor((ulong)LeafCount), depth, nameof(depth));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GeneralizedIndex.DepthOf(index), depth, nameof(index));
        Update(leaves);
        int level = depth - GeneralizedIndex.DepthOf(index);
        ulong position = index ^ (1UL << GeneralizedIndex.DepthOf(index));
        int top = Merkle.DepthFor((ulong)LeafCount);
        if (LeafCount == 0 || position >= (ulong)CountAt(level))
            return Merkle.ZeroHash(level);
        return level <= top ? Node(leaves, level, (int)position) : Merkle.Extend(Node(leaves, top, 0), top, level);
    }

    private Hash32 Node<TLeaves>(TLeaves leaves, int level, int position)
        where TLeaves : IMerkleLeaves
    {
        if (level > 0 || _keepsLeaves)
            return _layers.Read(LayerOf(level), position)[0];
        Hash32 leaf = default;
        leaves.ReadLeaves(position, MemoryMarshal.AsBytes(new Span<Hash32>(ref leaf)));
        return leaf;
    }

    private void Update<TLeaves>(TLeaves leaves)
        where TLeaves : IMerkleLeaves
    {
        if (!_stale)
            return;
        _layers.Resize(_keepsLeaves ? LeafCount : CountAt(1));
        ulong marks = _firstDirty == _lastDirty ? _dirty[_firstDirty] : 0;
        if (BitOperations.IsPow2(marks))
        {
            UpdatePath(leaves, (_firstDirty << 6) + BitOperations.TrailingZeroCount(marks));
        }
        else if (marks != 0 && BitOperations.PopCount(marks) <= MostPaths)
        {
            UpdatePaths(leaves, marks, _firstDirty << 6);
        }
        else
        {
            using RentedChunks scratch = new(2 * Batch);
            if (_keepsLeaves)
                UpdateLeaves(leaves, scratch.Span);
            for (int level = 0; CountAt(level) > 1; level++)
            {
                HalveMarks();
                UpdateParents(leaves, level, scratch.Span);
            }
        }
        ClearMarksFrom(0);
        _stale = false;
    }

    /// <summary>As layer by layer in batches, for one leaf: only what lies above it is hashed, one node after the other.</summary>
    [SkipLocalsInit] // siblings and path are written whole before they are read
    private void UpdatePath<TLeaves>(TLeaves leaves, int leaf)
        where TLeaves : IMerkleLeaves
    {
        int depth = Merkle.DepthFor((ulong)LeafCount), lowest = _keepsLeaves ? 0 : 1;
        Span<Hash32> siblings = stackalloc Hash32[depth]; // 31 at most
        Span<Hash32> path = stackalloc Hash32[depth + 1];
        leaves.ReadLeaves(leaf, MemoryMarshal.AsBytes(path[..1]));
        if (depth > 0)
        {
            if (!_keepsLeaves && (leaf ^ 1) < LeafCount)
                siblings[0] = Node(leaves, 0, leaf ^ 1);
            _layers.ReadSiblings(leaf >> lowest, siblings[lowest..]);
        }
        for (int level = 0; level < depth; level++)
        {
            if (((leaf >> level) ^ 1) >= CountAt(level))
                siblings[level] = Merkle.ZeroHash(level);
        }
        Sha256.HashPath(in path[0], siblings, (ulong)leaf, path[1..]);
        _layers.WritePath(leaf >> lowest, path[lowest..]);
    }

    /// <summary>As layer by layer in batches, for a few neighbours among the leaves: there is too little to hash side by side, so nothing is gathered.</summary>
    /// <param name="leaves">Where the leaves are.</param>
    /// <param name="marks">The marked leaves, a bit for each.</param>
    /// <param name="first">The leaf that the lowest bit stands for, a multiple of 64.</param>
    private void UpdatePaths<TLeaves>(TLeaves leaves, ulong marks, int first)
        where TLeaves : IMerkleLeaves
    {
        Span<Hash32> scratch = stackalloc Hash32[2];
        if (_keepsLeaves)
        {
            for (ulong rest = marks; rest != 0; rest &= rest - 1)
            {
                int leaf = first + BitOperations.TrailingZeroCount(rest);
                leaves.ReadLeaves(leaf, MemoryMarshal.AsBytes(_layers.Write(0, leaf)[..1]));
            }
        }
        for (int level = 0; CountAt(level) > 1; level++)
        {
            marks = HalveWord(marks);
            first /= 2; // beyond the sixth level a single bit is left, which stands for this node itself
            for (ulong rest = marks; rest != 0; rest &= rest - 1)
            {
                int parent = first + BitOperations.TrailingZeroCount(rest);
                ReadOnlySpan<Hash32> children = Children(leaves, level, parent, scratch);
                Sha256.HashPairs(MemoryMarshal.AsBytes(children), MemoryMarshal.AsBytes(_layers.Write(LayerOf(level + 1), parent)[..1]));
            }
        }
    }

    /// <summary>The two children of a node: where they lie, if side by side, else in <paramref name="scratch"/>.</summary>
    private ReadOnlySpan<Hash32> Children<TLeaves>(TLeaves leaves, int level, int parent, Span<Hash32> scratch)
        where TLeaves : IMerkleLeaves
    {
        if ((level > 0 || _keepsLeaves) && (2 * parent) + 1 < CountAt(level))
        {
            ReadOnlySpan<Hash32> there = _layers.Read(LayerOf(level), 2 * parent);
            if (there.Length > 1)
                return there[..2];
        }
        ReadChildren(leaves, level, 2 * parent, MemoryMarshal.AsBytes(scratch));
        return scratch;
    }

    private void UpdateLeaves<TLeaves>(TLeaves leaves, Span<byte> scratch)
        where TLeaves : IMerkleLeaves
    {
        for (int first = NextMarked(0, LeafCount); first < LeafCount; first = NextMarked(first, LeafCount))
        {
            int end = EndOfRun(first, Math.Min(LeafCount, first + Batch));
            Span<byte> chunks = scratch[..((end - first) * Merkle.ChunkLength)];
            leaves.ReadLeaves(first, chunks);
            _layers.CopyFrom(MemoryMarshal.Cast<byte, Hash32>(chunks), 0, first);
            first = end;
        }
    }

    /// <summary>Hashes the marked nodes of the layer above <paramref name="level"/>; the marks are already that layer's.</summary>
    private void UpdateParents<TLeaves>(TLeaves leaves, int level, Span<byte> scratch)
        where TLeaves : IMerkleLeaves
    {
        int count = CountAt(level + 1);
        Span<int> pending = stackalloc int[Batch];
        int filled = 0;
        for (int first = NextMarked(0, count); first < count; first = NextMarked(first, count))
        {
            int end = EndOfRun(first, Math.Min(count, first + Batch - filled));
            ReadChildren(leaves, level, 2 * first, scratch.Slice(2 * filled * Merkle.ChunkLength, 2 * (end - first) * Merkle.ChunkLength));
            for (; first < end; first++)
                pending[filled++] = first;
            if (filled == Batch)
                Flush(scratch, pending, ref filled, LayerOf(level + 1));
        }
        Flush(scratch, pending, ref filled, LayerOf(level + 1));
    }

    private void ReadChildren<TLeaves>(TLeaves leaves, int level, int first, Span<byte> chunks)
        where TLeaves : IMerkleLeaves
    {
        int there = Math.Min(chunks.Length / Merkle.ChunkLength, CountAt(level) - first);
        Span<byte> present = chunks[..(there * Merkle.ChunkLength)];
        if (level > 0 || _keepsLeaves)
            _layers.CopyTo(LayerOf(level), first, MemoryMarshal.Cast<byte, Hash32>(present));
        else
            leaves.ReadLeaves(first, present);
        if (present.Length < chunks.Length)
            Merkle.Put(chunks, there, Merkle.ZeroHash(level));
    }

    private void Flush(Span<byte> scratch, ReadOnlySpan<int> pending, ref int filled, int layer)
    {
        int length = filled * Merkle.ChunkLength;
        Sha256.HashPairs(scratch[..(2 * length)], scratch[..length]);
        for (int i = 0; i < filled;)
        {
            int first = pending[i];
            Span<Hash32> places = _layers.Write(layer, first);
            for (; i < filled && pending[i] - first < places.Length; i++)
                places[pending[i] - first] = Merkle.Get(scratch, i);
        }
        filled = 0;
    }

    private int LayerOf(int level) => _keepsLeaves ? level : level - 1;

    /// <summary>The bits of a word that stand for leaves from <paramref name="leaf"/> on.</summary>
    private static ulong MaskFrom(int leaf, int word) => leaf >> 6 > word ? 0 : leaf >> 6 < word ? ulong.MaxValue : ulong.MaxValue << leaf;

    private int CountAt(int level) => level > 31 ? Math.Min(LeafCount, 1) : (int)((LeafCount + (1L << level) - 1) >> level);

    private static int WordsFor(int leaves) => (int)(((long)leaves + 63) >> 6);

    private void Widen(int first, int last)
    {
        _firstDirty = Math.Min(_firstDirty, first);
        _lastDirty = Math.Max(_lastDirty, last);
        _stale = true;
        _root = null;
    }

    private void ClearMarksFrom(int leaf)
    {
        for (int word = Math.Max(_firstDirty, leaf >> 6); word <= _lastDirty; word++)
            _dirty[word] &= ~MaskFrom(leaf, word);
        _lastDirty = Math.Min(_lastDirty, leaf == 0 ? -1 : (leaf - 1) >> 6);
        if (_lastDirty < _firstDirty)
            (_firstDirty, _lastDirty) = (int.MaxValue, -1);
        _stale = true;
        _root = null;
    }

    private int NextMarked(int from, int end)
    {
        if (from >= end)
            return end;
        for (int word = Math.Max(from >> 6, _firstDirty); word <= _lastDirty; word++)
        {
            ulong marks = _dirty[word] & MaskFrom(from, word);
            if (marks != 0)
                return Math.Min(end, (word << 6) + BitOperations.TrailingZeroCount(marks));
        }
        return end;
    }

    private int EndOfRun(int from, int end)
    {
        while (from < end)
        {
            ulong unmarked = ~_dirty[from >> 6] >> from;
            if (unmarked != 0)
                return Math.Min(end, from + BitOperations.TrailingZeroCount(unmarked));
            from = (from | 63) + 1;
        }
        return end;
    }

    /// <summary>Turns the marks of a layer into those of the layer above: a node is marked when a child is.</summary>
    private void HalveMarks()
    {
        int first = _firstDirty / 2, last = _lastDirty / 2;
        for (int word = first; word <= last; word++)
            _dirty[word] = HalveWord(_dirty[2 * word]) | (2 * word < _lastDirty ? HalveWord(_dirty[(2 * word) + 1]) << 32 : 0);
        for (int word = Math.Max(_firstDirty, last + 1); word <= _lastDirty; word++)
            _dirty[word] = 0;
        (_firstDirty, _lastDirty) = (first, last);
    }

    /// <summary>Bit i of the result is bit 2·i or bit 2·i + 1 of the word.</summary>
    internal static ulong HalveWord(ulong word)
    {
        if (word == 0)
            return 0;
        word = (word | (word >> 1)) & 0x5555555555555555;
        word = (word | (word >> 1)) & 0x3333333333333333;
        word = (word | (word >> 2)) & 0x0f0f0f0f0f0f0f0f;
        word = (word | (word >> 4)) & 0x00ff00ff00ff00ff;
        word = (word | (word >> 8)) & 0x0000ffff0000ffff;
        return (word | (word >> 16)) & 0x00000000ffffffff;
    }
}
