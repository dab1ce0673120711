using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>SHA-256 (FIPS 180-4): one message, or the many 64-byte pairs of a Merkle layer at once.</summary>
public static class Sha256
{
    /// <summary>The digest of a message.</summary>
    public static Hash32 Hash(ReadOnlySpan<byte> message)
    {
        Hash32 digest = default;
        System.Security.Cryptography.SHA256.HashData(message, MemoryMarshal.AsBytes(new Span<Hash32>(ref digest)));
        return digest;
    }

    /// <summary>The digest of two nodes side by side: the parent in a binary Merkle tree.</summary>
    public static Hash32 HashPair(in Hash32 left, in Hash32 right)
    {
        ReadOnlySpan<Hash32> pair = [left, right];
        Hash32 parent = default;
        HashPairs(MemoryMarshal.AsBytes(pair), MemoryMarshal.AsBytes(new Span<Hash32>(ref parent)));
        return parent;
    }

    /// <summary>Hashes each 64 bytes of <paramref name="pairs"/> to 32 bytes of <paramref name="parents"/>.</summary>
    /// <param name="pairs">n × 64 bytes: a layer of a Merkle tree.</param>
    /// <param name="parents">n × 32 bytes. It may begin where <paramref name="pairs"/> begins: a layer can be hashed in place.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other.</exception>
    public static void HashPairs(ReadOnlySpan<byte> pairs, Span<byte> parents)
    {
        if (pairs.Length % 64 != 0 || parents.Length != pairs.Length / 2)
            throw new ArgumentException($"{pairs.Length} bytes of pairs do not hash to {parents.Length} bytes");
        for (int i = 0; i < pairs.Length / 64; i++)
            System.Security.Cryptography.SHA256.HashData(pairs.Slice(i * 64, 64), parents.Slice(i * 32, 32));
    }
}
