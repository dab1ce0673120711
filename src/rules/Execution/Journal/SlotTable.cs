using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A word of storage while a block is executed.</summary>
internal struct Slot
{
    /// <summary>In the state the block began with.</summary>
    public UInt256 Base;

    /// <summary>When the transaction began. spec: EIP-2200</summary>
    public UInt256 Original;

    /// <summary>Now.</summary>
    public UInt256 Value;

    /// <summary>The transaction that <see cref="Original"/> and <see cref="Warm"/> belong to.</summary>
    public int Transaction;

    public bool Warm;
}

/// <summary>Entries by 256-bit key: open addressing over indices, entries side by side in the order they came, never removed.</summary>
/// <remarks>
/// The keys are chosen by contracts, so positions depend on a seed of the process: nobody outside can make keys collide on purpose.
/// An entry's index stays valid, a reference to it only until the next <see cref="Add"/>.
/// </remarks>
internal struct SlotTable<T>
    where T : struct
{
    private int[]? _buckets; // 0 is free, else an index plus one; a power of two, at most half full
    private UInt256[] _keys;
    private T[] _entries;

    public int Count { get; private set; }

    public readonly ref T this[int index] => ref _entries[index];

    public readonly ref readonly UInt256 KeyAt(int index) => ref _keys[index];

    public readonly int Find(in UInt256 key)
    {
        if (_buckets is not { } buckets)
            return -1;
        int mask = buckets.Length - 1;
        for (int at = SlotHash.Of(key) & mask; ; at = (at + 1) & mask)
        {
            int index = buckets[at] - 1;
            if (index < 0 || _keys[index].Equals(key))
                return index;
        }
    }

    /// <summary>Adds a key that is not there; its entry is all zeros.</summary>
    public int Add(in UInt256 key)
    {
        if (_buckets is null || 2 * Count >= _buckets.Length)
            Grow();
        int index = Count++;
        _keys[index] = key;
        _entries[index] = default;
        Place(_buckets!, index);
        return index;
    }

    /// <summary>Forgets all entries and keeps the room.</summary>
    public void Clear()
    {
        if (Count > 0)
            Array.Clear(_buckets!);
        Count = 0;
    }

    private readonly void Place(int[] buckets, int index)
    {
        int mask = buckets.Length - 1, at = SlotHash.Of(_keys[index]) & mask;
        while (buckets[at] != 0)
            at = (at + 1) & mask;
        buckets[at] = index + 1;
    }

    private void Grow()
    {
        int room = _buckets is null ? 8 : 2 * _buckets.Length;
        int[] buckets = new int[room];
        Array.Resize(ref _keys, room / 2);
        Array.Resize(ref _entries, room / 2);
        for (int index = 0; index < Count; index++)
            Place(buckets, index);
        _buckets = buckets;
    }
}

/// <summary>Where keys go in a table.</summary>
internal static class SlotHash
{
    // The framework seeds HashCode per process; nothing that execution returns depends on it.
    private static readonly ulong Seed = unchecked((ulong)HashCode.Combine(1) << 32 ^ (ulong)HashCode.Combine(2));

    public static int Of(in UInt256 key)
    {
        unchecked
        {
            ref ulong words = ref Unsafe.As<UInt256, ulong>(ref Unsafe.AsRef(in key)); // UInt256 is four words in a row
            ulong low = Fold(words ^ Seed, Unsafe.Add(ref words, 1) ^ 0x9e3779b97f4a7c15);
            ulong high = Fold(Unsafe.Add(ref words, 2) ^ Seed, Unsafe.Add(ref words, 3) ^ 0xc2b2ae3d27d4eb4f);
            ulong mixed = Fold(low ^ Seed, high ^ 0xd6e8feb86659fd93);
            return (int)(mixed ^ mixed >> 32);
        }
    }

    /// <summary>Both halves of a product, one over the other.</summary>
    private static ulong Fold(ulong a, ulong b) => unchecked(WideMath.MultiplyHigh(a, b) ^ a * b);
}
