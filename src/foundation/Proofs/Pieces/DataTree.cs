using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The binary tree over data nodes: SHA-256 of a pair, truncated to 254 bits. Its root is CommP over a piece, CommD over a sector.</summary>
public static class DataTree
{
    /// <summary>Bytes of a node.</summary>
    public const int NodeLength = 32;

    private static readonly Hash32[] ZeroNodes = HashZeros();

    /// <summary>The root of a tree of that height over zeros: the commitment of a piece of zeros of 32 · 2^height bytes.</summary>
    /// <param name="height">0 (a leaf) to 57.</param>
    public static Hash32 ZeroNode(int height) => ZeroNodes[height];

    /// <summary>The commitment of a piece of zeros.</summary>
    public static Hash32 ZeroCommitment(PaddedSize size) => ZeroNodes[size.TreeHeight];

    /// <summary>The parent of two nodes.</summary>
    public static Hash32 Parent(in Hash32 left, in Hash32 right)
    {
        Span<byte> digest = stackalloc byte[NodeLength];
        Sha256.HashPair(left, right).AsSpan().CopyTo(digest);
        digest[^1] &= 0x3f;
        return Hash32.Read(digest);
    }

    /// <summary>The rows' parents: each 64 bytes of <paramref name="children"/> to 32 bytes of <paramref name="parents"/>, which may begin at the same place.</summary>
    public static void HashRow(ReadOnlySpan<byte> children, Span<byte> parents)
    {
        Sha256.HashPairs(children, parents);
        for (int i = NodeLength - 1; i < parents.Length; i += NodeLength)
            parents[i] &= 0x3f;
    }

    /// <summary>The root over 2^n nodes; the buffer is used up.</summary>
    /// <exception cref="ArgumentException">The number of nodes is no power of two.</exception>
    public static Hash32 RootInPlace(Span<byte> nodes)
    {
        if (nodes.Length < NodeLength || !System.Numerics.BitOperations.IsPow2(nodes.Length))
            throw new ArgumentException($"{nodes.Length} bytes are no power of two of nodes", nameof(nodes));
        for (; nodes.Length > NodeLength; nodes = nodes[..(nodes.Length / 2)])
            HashRow(nodes, nodes[..(nodes.Length / 2)]);
        return Hash32.Read(nodes);
    }

    private static Hash32[] HashZeros()
    {
        Hash32[] nodes = new Hash32[58];
        for (int height = 1; height < nodes.Length; height++)
            nodes[height] = Parent(nodes[height - 1], nodes[height - 1]);
        return nodes;
    }
}
