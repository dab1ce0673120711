using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>Binary Merkle trees over chunks of 32 bytes, padded with zero chunks to a power of two. spec: cs/ssz/simple-serialize#merkleization</summary>
/// <remarks>A tree is as deep as its type's limit says, whatever it holds: what lies beyond the last chunk is a zero subtree, hashed once for all trees.</remarks>
public static class Merkle
{
    /// <summary>The length of a chunk and of a node, in bytes.</summary>
    public const int ChunkLength = 32;

    /// <summary>The depth of the deepest tree: 2^64 chunks.</summary>
    public const int MaxDepth = 64;

    /// <summary>Up to this many bytes are hashed on the stack; above, in a rented buffer.</summary>
    private const int StackLength = 512;

    private static readonly Hash32[] ZeroHashes = MakeZeroHashes();

    /// <summary>The root of a tree of that depth whose chunks are all zero.</summary>
    public static Hash32 ZeroHash(int depth) => ZeroHashes[depth];

    /// <summary>The depth of the tree for up to that many chunks: 0 for one.</summary>
    public static int DepthFor(ulong chunks) => chunks <= 1 ? 0 : 64 - BitOperations.LeadingZeroCount(chunks - 1);

    /// <summary>The root over bytes, cut into chunks with zeros after the last.</summary>
    /// <param name="bytes">What lies in the chunks.</param>
    /// <param name="depth">The depth of the tree; the chunks fit into it.</param>
    public static Hash32 Root(ReadOnlySpan<byte> bytes, int depth)
    {
        if (bytes.Length <= StackLength)
        {
            Span<byte> chunks = stackalloc byte[RoundUp(bytes.Length, ChunkLength)];
            bytes.CopyTo(chunks);
            chunks[bytes.Length..].Clear();
            return RootInPlace(chunks, depth);
        }
        int parents = RoundUp(bytes.Length, 2 * ChunkLength) / 2;
        byte[] rented = ArrayPool<byte>.Shared.Rent(parents);
        try
        {
            HashBottom(bytes, rented.AsSpan(0, parents));
            return RootInPlace(rented.AsSpan(0, parents), depth, level: 1);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The root over whole chunks, which are overwritten on the way.</summary>
    /// <param name="chunks">n × 32 bytes.</param>
    /// <param name="depth">The depth of the tree; the chunks fit into it.</param>
    /// <exception cref="ArgumentException">There are more chunks than the tree has leaves.</exception>
    public static Hash32 RootInPlace(Span<byte> chunks, int depth) => RootInPlace(chunks, depth, level: 0);

    /// <summary>As above, where the nodes given lie so many levels above the chunks.</summary>
    private static Hash32 RootInPlace(Span<byte> chunks, int depth, int level)
    {
        int count = chunks.Length / ChunkLength;
        if (level + DepthFor((ulong)count) > depth)
            throw new ArgumentException($"{count} nodes of level {level} do not fit a tree of depth {depth}");
        if (count == 0)
            return ZeroHashes[depth];
        for (; count > 1; level++)
        {
            int pairs = count / 2;
            // The odd chunk lies behind all pairs, so hashing them in place leaves it alone.
            Sha256.HashPairs(chunks[..(2 * pairs * ChunkLength)], chunks[..(pairs * ChunkLength)]);
            if ((count & 1) != 0)
                Put(chunks, pairs, Sha256.HashPair(Get(chunks, count - 1), ZeroHashes[level]));
            count = pairs + (count & 1);
        }
        return Extend(Get(chunks, 0), level, depth);
    }

    /// <summary>The root of a tree of depth <paramref name="to"/> whose leftmost subtree of depth <paramref name="from"/> has this root, and the rest is zero.</summary>
    public static Hash32 Extend(Hash32 root, int from, int to) => Sha256.HashPath(in root, ZeroHashes.AsSpan(from..to), 0);

    /// <summary>The root of a list: that of its chunks, mixed with its length.</summary>
    public static Hash32 MixInLength(Hash32 root, ulong length) => Sha256.HashPair(root, LengthChunk(length));

    /// <summary>The chunk that holds a list's length.</summary>
    internal static Hash32 LengthChunk(ulong length)
    {
        Hash32 chunk = default;
        MemoryMarshal.Cast<Hash32, ulong>(new Span<Hash32>(ref chunk))[0] = length;
        return chunk;
    }

    /// <summary>A node of the tree over chunks, which are overwritten on the way.</summary>
    /// <param name="chunks">n × 32 bytes.</param>
    /// <param name="depth">The depth of the tree.</param>
    /// <param name="index">The node's generalized index in this tree, at most <paramref name="depth"/> below its root.</param>
    internal static Hash32 NodeInPlace(Span<byte> chunks, int depth, ulong index)
    {
        int height = depth - GeneralizedIndex.DepthOf(index);
        ulong position = index - (1UL << GeneralizedIndex.DepthOf(index));
        ulong count = (ulong)(chunks.Length / ChunkLength);
        ulong first = height < 64 && position <= ulong.MaxValue >> height ? position << height : count;
        if (first >= count)
            return ZeroHashes[height];
        ulong last = height >= 31 ? count : Math.Min(count, first + (1UL << height));
        return RootInPlace(chunks[((int)first * ChunkLength)..((int)last * ChunkLength)], height);
    }

    internal static Hash32 Get(ReadOnlySpan<byte> chunks, int index) => MemoryMarshal.Read<Hash32>(chunks[(index * ChunkLength)..]);

    internal static void Put(Span<byte> chunks, int index, in Hash32 chunk) => MemoryMarshal.Write(chunks[(index * ChunkLength)..], in chunk);

    /// <summary>Hashes the chunks to the layer above, without touching them.</summary>
    private static void HashBottom(ReadOnlySpan<byte> bytes, Span<byte> parents)
    {
        int whole = bytes.Length / (2 * ChunkLength);
        Sha256.HashPairs(bytes[..(whole * 2 * ChunkLength)], parents[..(whole * ChunkLength)]);
        ReadOnlySpan<byte> rest = bytes[(whole * 2 * ChunkLength)..];
        if (rest.IsEmpty)
            return;
        Span<byte> pair = stackalloc byte[2 * ChunkLength];
        pair.Clear();
        rest.CopyTo(pair);
        Sha256.HashPairs(pair, parents[(whole * ChunkLength)..]);
    }

    private static int RoundUp(int length, int unit) => checked(length + unit - 1) / unit * unit;

    private static Hash32[] MakeZeroHashes()
    {
        Hash32[] hashes = new Hash32[MaxDepth + 1];
        for (int i = 0; i < MaxDepth; i++)
            hashes[i + 1] = Sha256.HashPair(hashes[i], hashes[i]);
        return hashes;
    }
}
