using System.Collections;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

/// <summary>The slow twin: merkleization as the specification's functions are written, recursive, over values of any type. spec: cs/ssz/simple-serialize#merkleization</summary>
internal static class NaiveMerkle
{
    public static Hash32 Merkleize(byte[][] chunks, ulong limit)
    {
        int depth = 0;
        while (1UL << depth < limit)
            depth++;
        return Subtree(chunks, depth);
    }

    public static byte[][] Pack(byte[] bytes)
    {
        byte[][] chunks = new byte[(bytes.Length + 31) / 32][];
        for (int i = 0; i < chunks.Length; i++)
        {
            chunks[i] = new byte[32];
            bytes.AsSpan(32 * i, Math.Min(32, bytes.Length - (32 * i))).CopyTo(chunks[i]);
        }
        return chunks;
    }

    public static Hash32 MixIn(Hash32 root, int length)
    {
        byte[] number = new byte[32];
        BitConverter.TryWriteBytes(number, length);
        return Sha256.HashPair(root, Hash32.Read(number));
    }

    /// <summary>The root of numbers packed into chunks.</summary>
    public static Hash32 Packed(SszBound bound, int elementLength, int count, byte[] encoding) =>
        Finish(bound, count, Merkleize(Pack(encoding), ((bound.Length * (ulong)elementLength) + 31) / 32));

    /// <summary>The root of elements with a leaf each.</summary>
    public static Hash32 Composite(SszBound bound, params Hash32[] roots) => Finish(bound, roots.Length, Merkleize(Chunks(roots), bound.Length));

    /// <summary>The root of a container.</summary>
    public static Hash32 Container(params Hash32[] roots) => Merkleize(Chunks(roots), (ulong)roots.Length);

    public static Hash32 Bits(SszBound bound, Bits bits)
    {
        BitArray array = new(bits.Count);
        for (int i = 0; i < bits.Count; i++)
            array[i] = bits[i];
        byte[] bytes = new byte[(bits.Count + 7) / 8];
        array.CopyTo(bytes, 0);
        return Finish(bound, bits.Count, Merkleize(Pack(bytes), (bound.Length + 255) / 256));
    }

    private static Hash32 Finish(SszBound bound, int count, Hash32 root) => bound.IsVector ? root : MixIn(root, count);

    private static byte[][] Chunks(Hash32[] roots) => [.. roots.Select(root => root.AsSpan().ToArray())];

    private static Hash32 Subtree(byte[][] chunks, int depth)
    {
        if (chunks.Length == 0)
            return Merkle.ZeroHash(depth);
        if (depth == 0)
            return Hash32.Read(chunks[0]);
        int half = depth > 30 ? chunks.Length : Math.Min(chunks.Length, 1 << (depth - 1));
        return Sha256.HashPair(Subtree(chunks[..half], depth - 1), Subtree(chunks[half..], depth - 1));
    }
}
