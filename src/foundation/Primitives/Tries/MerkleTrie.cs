using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>Roots of whole Merkle Patricia tries, built once from sorted keys and forgotten. spec: Ethereum Yellow Paper, appendix D</summary>
/// <remarks>
/// <code>
/// leaf        [path to the key's end with flag, value]
/// extension   [path that all keys below share, child]
/// branch      [child by next half byte × 16, value of the key that ends here]
/// </code>
/// A child is its encoding if that has less than 32 bytes, else the encoding's hash. Recursion goes as deep as keys have half bytes.
/// </remarks>
public static class MerkleTrie
{
    /// <summary>The root of the trie that holds nothing.</summary>
    public static Hash32 EmptyRoot { get; } = Keccak.Hash256([Rlp.EmptyBytes]);

    /// <summary>The root of the trie with these keys, each once and in ascending order of their bytes, and values that are not empty.</summary>
    /// <exception cref="ArgumentException">The keys are not in order, or a value is empty.</exception>
    public static Hash32 RootOf(ReadOnlySpan<TrieEntry> sorted)
    {
        RequireOrder(sorted);
        if (sorted.IsEmpty)
            return EmptyRoot;
        Build(sorted, 0, isRoot: true, out Child root);
        return Hash32.Read(((ReadOnlySpan<byte>)root).Slice(1, 32));
    }

    /// <summary>The root of the trie of a list: the keys are the positions in RLP. spec: Ethereum Yellow Paper, section 4.3.2</summary>
    /// <param name="values">The encodings of the items, none of them empty.</param>
    public static Hash32 RootOfList(IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        TrieEntry[] entries = new TrieEntry[values.Count];
        Span<byte> key = stackalloc byte[9];
        for (int i = 0; i < entries.Length; i++)
            entries[i] = new TrieEntry(key[..Rlp.Write(key, (ulong)i)].ToArray(), values[i]);
        Array.Sort(entries, (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        return RootOf(entries);
    }

    /// <summary>A child as its parent holds it: an encoding, or the prefix of 32 bytes and a hash.</summary>
    [InlineArray(33)]
    private struct Child
    {
        private byte _first;
    }

    /// <summary>Writes the node of keys that agree in their first <paramref name="depth"/> half bytes; returns how long it is as a child.</summary>
    private static int Build(ReadOnlySpan<TrieEntry> entries, int depth, bool isRoot, out Child child)
    {
        ReadOnlySpan<byte> first = entries[0].Key.Span;
        if (entries.Length == 1)
            return Pair(first, depth, 2 * first.Length, isLeaf: true, entries[0].Value.Span, isRoot, out child);
        int shared = SharedHalfBytes(first, entries[^1].Key.Span);
        if (shared == depth)
            return Branch(entries, depth, isRoot, out child);
        int length = Branch(entries, shared, isRoot: false, out Child below);
        return Pair(first, depth, shared, isLeaf: false, ((ReadOnlySpan<byte>)below)[..length], isRoot, out child);
    }

    private static int Branch(ReadOnlySpan<TrieEntry> entries, int depth, bool isRoot, out Child child)
    {
        ReadOnlySpan<byte> value = [];
        if (2 * entries[0].Key.Length == depth)
        {
            value = entries[0].Value.Span;
            entries = entries[1..];
        }
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 33 + value.Length + 9);
        int at = 0;
        for (int halfByte = 0; halfByte < 16; halfByte++)
        {
            int count = 0;
            while (count < entries.Length && HalfByte(entries[count].Key.Span, depth) == halfByte)
                count++;
            if (count == 0)
            {
                buffer[at++] = Rlp.EmptyBytes;
                continue;
            }
            int length = Build(entries[..count], depth + 1, isRoot: false, out Child below);
            ((ReadOnlySpan<byte>)below)[..length].CopyTo(buffer.AsSpan(at));
            at += length;
            entries = entries[count..];
        }
        at += Rlp.Write(buffer.AsSpan(at), value);
        return Finish(buffer, at, isRoot, out child);
    }

    /// <summary>A leaf with its value, or an extension with its child as the parent is to hold it.</summary>
    private static int Pair(ReadOnlySpan<byte> key, int from, int to, bool isLeaf, ReadOnlySpan<byte> content, bool isRoot, out Child child)
    {
        byte[] path = ArrayPool<byte>.Shared.Rent((to - from) / 2 + 1);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(path.Length + content.Length + 20);
        int at = Rlp.Write(buffer, Path(key, from, to, isLeaf, path));
        if (isLeaf)
        {
            at += Rlp.Write(buffer.AsSpan(at), content);
        }
        else
        {
            content.CopyTo(buffer.AsSpan(at));
            at += content.Length;
        }
        ArrayPool<byte>.Shared.Return(path);
        return Finish(buffer, at, isRoot, out child);
    }

    /// <summary>Half bytes <paramref name="from"/> to <paramref name="to"/>, behind a flag: 2 for a leaf, 1 for an odd number of them.</summary>
    private static ReadOnlySpan<byte> Path(ReadOnlySpan<byte> key, int from, int to, bool isLeaf, Span<byte> path)
    {
        bool isOdd = (to - from) % 2 != 0;
        path[0] = (byte)((isLeaf ? 0x20 : 0) | (isOdd ? 0x10 | HalfByte(key, from++) : 0));
        int length = 1;
        for (; from < to; from += 2)
            path[length++] = (byte)(HalfByte(key, from) << 4 | HalfByte(key, from + 1));
        return path[..length];
    }

    /// <summary>Wraps the first <paramref name="length"/> bytes as a list, and hashes it when it is long or the root. Gives the buffer back.</summary>
    private static int Finish(byte[] buffer, int length, bool isRoot, out Child child)
    {
        child = default;
        int whole = Rlp.LengthOfList(length);
        if (whole < 32 && !isRoot)
        {
            int header = Rlp.WriteListHeader(child, length);
            buffer.AsSpan(0, length).CopyTo(((Span<byte>)child)[header..]);
            ArrayPool<byte>.Shared.Return(buffer);
            return whole;
        }
        byte[] encoded = ArrayPool<byte>.Shared.Rent(whole);
        int prefix = Rlp.WriteListHeader(encoded, length);
        buffer.AsSpan(0, length).CopyTo(encoded.AsSpan(prefix));
        int written = Rlp.Write(child, Keccak.Hash256(encoded.AsSpan(0, whole)).AsSpan());
        ArrayPool<byte>.Shared.Return(encoded);
        ArrayPool<byte>.Shared.Return(buffer);
        return written;
    }

    private static int HalfByte(ReadOnlySpan<byte> key, int index) => (index & 1) == 0 ? key[index / 2] >> 4 : key[index / 2] & 15;

    private static int SharedHalfBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int bytes = a.CommonPrefixLength(b);
        bool half = bytes < a.Length && bytes < b.Length && BitOperations.LeadingZeroCount((uint)(a[bytes] ^ b[bytes])) >= 28;
        return 2 * bytes + (half ? 1 : 0);
    }

    private static void RequireOrder(ReadOnlySpan<TrieEntry> entries)
    {
        for (int i = 0; i < entries.Length; i++)
        {
            if (entries[i].Value.IsEmpty)
                throw new ArgumentException($"the value of key {i} is empty", nameof(entries));
            if (i > 0 && entries[i - 1].Key.Span.SequenceCompareTo(entries[i].Key.Span) >= 0)
                throw new ArgumentException($"key {i} does not follow the one before it", nameof(entries));
        }
    }
}

/// <summary>A key and its value in a trie.</summary>
/// <param name="Key">Of any length; in Ethereum's state, the hash of an address or a slot.</param>
/// <param name="Value">Not empty: a key with an empty value is a key that is not there.</param>
public readonly record struct TrieEntry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);
