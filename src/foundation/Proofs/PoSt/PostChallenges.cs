using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Which nodes of a sealed sector a proof of spacetime must show.</summary>
public static class PostChallenges
{
    /// <summary>The challenged nodes of one sector.</summary>
    /// <param name="kind">The proof.</param>
    /// <param name="randomness">The chain's randomness; the top two bits must be clear.</param>
    /// <param name="sector">The sector's number.</param>
    /// <param name="place">The sector's place among all that are proven together, over all partitions; some kinds draw by it.</param>
    /// <param name="nodes">Nodes of a sector.</param>
    public static long[] Derive(PostKind kind, in Hash32 randomness, ulong sector, long place, long nodes)
    {
        ArgumentNullException.ThrowIfNull(kind);
        long[] challenges = new long[kind.ChallengesPerSector];
        long first = kind.NumbersAcrossSectors ? place * kind.ChallengesPerSector : 0;
        Span<byte> message = stackalloc byte[48];
        randomness.AsSpan().CopyTo(message);
        BinaryPrimitives.WriteUInt64LittleEndian(message[32..], sector);
        for (int i = 0; i < challenges.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(message[40..], (ulong)(first + i));
            challenges[i] = (long)(BinaryPrimitives.ReadUInt64LittleEndian(Sha256.Hash(message).AsSpan()) % (ulong)nodes);
        }
        return challenges;
    }

    /// <summary>Which of a provider's sectors WinningPoSt asks for.</summary>
    /// <param name="randomness">The chain's randomness.</param>
    /// <param name="providerId">See <see cref="ReplicaId.ProviderId(in Bytes48)"/>.</param>
    /// <param name="draw">0 for the first sector drawn.</param>
    /// <param name="eligible">How many sectors there are to draw from.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public static long WinningSector(in Hash32 randomness, in Hash32 providerId, ulong draw, long eligible)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(eligible);
        Span<byte> message = stackalloc byte[72];
        providerId.AsSpan().CopyTo(message);
        randomness.AsSpan().CopyTo(message[32..]);
        BinaryPrimitives.WriteUInt64LittleEndian(message[64..], draw);
        return (long)(BinaryPrimitives.ReadUInt64LittleEndian(Sha256.Hash(message).AsSpan()) % (ulong)eligible);
    }
}
