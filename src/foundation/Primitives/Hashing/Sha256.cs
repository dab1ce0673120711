using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>SHA-256 (FIPS 180-4): one message, or the many 64-byte pairs of a Merkle layer at once.</summary>
/// <remarks>
/// Pairs are hashed sixteen side by side in vector registers, which beats the processor's own SHA instructions, or eight where it has none; what
/// is left over, and single messages, go block by block through <see cref="Sha256Compression"/>. Figures: docs/BENCHMARKS.md.
/// </remarks>
public static class Sha256
{
    private const int PairLength = 64;

    /// <summary>A call that the garbage collector must wait for stays below a few microseconds.</summary>
    private const int LongestPadded = 4096;

    /// <summary>Up to this length a message is padded here and compressed block by block; above, the framework's set-up cost no longer shows.</summary>
    private const int ShortMessage = 1024;

    /// <summary>The digest of a message.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        if (message.Length <= ShortMessage)
            return Sha256Compression.Hash(message);
        Unsafe.SkipInit(out Hash32 digest);
        System.Security.Cryptography.SHA256.HashData(message, MemoryMarshal.AsBytes(new Span<Hash32>(ref digest)));
        return digest;
    }

    /// <summary>The digest of a message that already carries its padding, for loops that fill one buffer again and again.</summary>
    /// <param name="blocks">n × 64 bytes, at most 4 KiB, the last nine or more of them padding and length. spec: FIPS 180-4 §5.1.1</param>
    /// <param name="digest">32 bytes; it may lie in <paramref name="blocks"/>.</param>
    /// <exception cref="ArgumentException">The lengths are others.</exception>
    public static void HashPadded(ReadOnlySpan<byte> blocks, Span<byte> digest)
    {
        if (blocks.Length % PairLength != 0 || blocks.Length is 0 or > LongestPadded || digest.Length != 32)
            throw new ArgumentException($"{blocks.Length} bytes are no padded message, or {digest.Length} no digest");
        Sha256Compression.HashPadded(blocks, digest);
    }

    /// <summary>The digest of two nodes side by side: the parent in a binary Merkle tree.</summary>
    public static Hash32 HashPair(in Hash32 left, in Hash32 right)
    {
        Hash32 parent = left;
        Sha256Compression.HashPath(MemoryMarshal.AsBytes(new Span<Hash32>(ref parent)), right.AsSpan(), 0, default);
        return parent;
    }

    /// <summary>The node above a node and one sibling after the other: a path through a binary Merkle tree.</summary>
    /// <param name="node">The lowest node.</param>
    /// <param name="siblings">The siblings of the path, from the lowest up, 64 at most.</param>
    /// <param name="index">Bit i is set where sibling i lies to the left: the position of the lowest node in its layer.</param>
    /// <param name="parents">Where each node of the path goes, one for each sibling; or nothing.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static Hash32 HashPath(in Hash32 node, ReadOnlySpan<Hash32> siblings, ulong index, Span<Hash32> parents = default)
    {
        if (siblings.Length > 64 || (parents.Length != 0 && parents.Length != siblings.Length))
            throw new ArgumentException($"a path of {siblings.Length} siblings does not go through {parents.Length} nodes");
        Hash32 top = node;
        Sha256Compression.HashPath(MemoryMarshal.AsBytes(new Span<Hash32>(ref top)), MemoryMarshal.AsBytes(siblings), index, MemoryMarshal.AsBytes(parents));
        return top;
    }

    /// <summary>Hashes each 64 bytes of <paramref name="pairs"/> to 32 bytes of <paramref name="parents"/>.</summary>
    /// <param name="pairs">n × 64 bytes: a layer of a Merkle tree.</param>
    /// <param name="parents">n × 32 bytes. It may begin where <paramref name="pairs"/> begins: a layer can be hashed in place.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        if (pairs.Length % PairLength != 0 || parents.Length != pairs.Length / 2)
            throw new ArgumentException($"{pairs.Length} bytes of pairs do not hash to {parents.Length} bytes");
        int done = 0;
        if (Lanes16.IsSupported)
            done = HashWide<Lanes16>(pairs, parents, done);
        if (Lanes8.IsSupported && !Sha256Compression.IsHardwareAccelerated)
            done = HashWide<Lanes8>(pairs, parents, done);
        if (done < pairs.Length)
            Sha256Compression.HashPairs(pairs[done..], parents[(done / 2)..]);
    }

    /// <summary>Hashes as many pairs from byte <paramref name="done"/> on as fill all lanes; returns where it stopped.</summary>
    private static int HashWide<TLanes>(ReadOnlySpan<byte> pairs, Span<byte> parents, int done)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        int step = TLanes.Count * PairLength;
        for (; done + step <= pairs.Length; done += step)
            Sha256Lanes.HashPairs<TLanes>(pairs.Slice(done, step), parents.Slice(done / 2, step / 2));
        return done;
    }
}
