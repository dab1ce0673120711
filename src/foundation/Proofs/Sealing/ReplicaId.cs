using System.Buffers.Binary;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What makes a replica one provider's own copy in one sector: it goes into every label.</summary>
public static class ReplicaId
{
    /// <summary>SHA-256 of provider, sector number (big-endian), ticket, CommD and PoRep id, cut to 254 bits.</summary>
    /// <param name="providerId">See <see cref="ProviderId(in Bytes48)"/>.</param>
    /// <param name="sector">The sector's number.</param>
    /// <param name="ticket">Randomness of the chain from before the data was sealed.</param>
    /// <param name="commD">The commitment to the sector's data.</param>
    /// <param name="porepId">See <see cref="SealKind.PorepId"/>.</param>
    public static Hash32 Compute(in Hash32 providerId, ulong sector, in Hash32 ticket, in Hash32 commD, in Hash32 porepId)
    {
        Span<byte> message = stackalloc byte[32 + 8 + 96];
        providerId.AsSpan().CopyTo(message);
        BinaryPrimitives.WriteUInt64BigEndian(message[32..], sector);
        ticket.AsSpan().CopyTo(message[40..]);
        commD.AsSpan().CopyTo(message[72..]);
        porepId.AsSpan().CopyTo(message[104..]);
        Span<byte> id = stackalloc byte[32];
        Sha256.Hash(message).AsSpan().CopyTo(id);
        id[^1] &= 0x3f;
        return Hash32.Read(id);
    }

    /// <summary>A provider as 32 bytes where validators provide: SHA-256 of "flashback/prover" and the validator's public key. spec: ours#3</summary>
    public static Hash32 ProviderId(in Bytes48 validator)
    {
        ReadOnlySpan<byte> domain = "flashback/prover"u8;
        Span<byte> message = stackalloc byte[domain.Length + 48];
        domain.CopyTo(message);
        validator.AsSpan().CopyTo(message[domain.Length..]);
        return Sha256.Hash(message);
    }

    /// <summary>Filecoin's provider as 32 bytes: its number as an unsigned varint, then zeros.</summary>
    public static Hash32 ProviderId(ulong provider)
    {
        Span<byte> id = stackalloc byte[32];
        id.Clear();
        int length = 0;
        for (; provider >= 0x80; provider >>= 7)
            id[length++] = (byte)(provider | 0x80);
        id[length] = (byte)provider;
        return Hash32.Read(id);
    }
}
