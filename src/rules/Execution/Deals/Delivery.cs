using System.Buffers.Binary;
using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Data that was read from a provider: what client and provider sign for each other. spec: ours#6, EIP-712</summary>
/// <param name="Request">The hash of the signed request that was answered.</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Number">Which of the deliveries of this provider to this region, from 1: the two of them count together.</param>
/// <param name="Offset">The first byte of the piece, as its owner has it.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Region">Where they were read: ISO 3166-1 numeric, or 0.</param>
/// <param name="MsToFirstByte">Milliseconds from the request.</param>
/// <param name="MsToLastByte">Milliseconds from the request.</param>
/// <param name="Digest">SHA-256 of the bytes.</param>
public readonly record struct Delivery(Hash32 Request, ulong Provider, ulong Number, ulong Offset, ulong Length, ushort Region, uint MsToFirstByte, uint MsToLastByte, Hash32 Digest)
{
    private const int WordLength = 32;

    /// <summary>What an unanswered request counts as, and the most that a delivery does: TIME_OUT of the deal, in milliseconds.</summary>
    public const uint TimeOutMs = 60_000;

    private static readonly Hash32 DomainType = Keccak.Hash256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"u8);
    private static readonly Hash32 DomainName = Keccak.Hash256("Flashback Deals"u8);
    private static readonly Hash32 DomainVersion = Keccak.Hash256("1"u8);
    private static readonly Hash32 Type = Keccak.Hash256(
        "Delivery(bytes32 request,uint64 provider,uint64 number,uint64 offset,uint64 length,uint16 region,uint32 msToFirstByte,uint32 msToLastByte,bytes32 digest)"u8);

    /// <summary>What the delivery counts as, in milliseconds.</summary>
    public uint CountedMs => Math.Min(MsToLastByte, TimeOutMs);

    /// <summary>The EIP-712 domain of a deal's deliveries.</summary>
    public static Hash32 DomainOf(ulong chainId, in Address deal)
    {
        Span<byte> words = stackalloc byte[5 * WordLength];
        words.Clear();
        DomainType.AsSpan().CopyTo(words);
        DomainName.AsSpan().CopyTo(words[WordLength..]);
        DomainVersion.AsSpan().CopyTo(words[(2 * WordLength)..]);
        WriteNumber(words, 3, chainId);
        deal.AsSpan().CopyTo(words[(4 * WordLength + 12)..]);
        return Keccak.Hash256(words);
    }

    /// <summary>What is signed in a domain.</summary>
    public Hash32 SigningHash(in Hash32 domain)
    {
        Span<byte> words = stackalloc byte[10 * WordLength];
        words.Clear();
        Type.AsSpan().CopyTo(words);
        Request.AsSpan().CopyTo(words[WordLength..]);
        WriteNumber(words, 2, Provider);
        WriteNumber(words, 3, Number);
        WriteNumber(words, 4, Offset);
        WriteNumber(words, 5, Length);
        WriteNumber(words, 6, Region);
        WriteNumber(words, 7, MsToFirstByte);
        WriteNumber(words, 8, MsToLastByte);
        Digest.AsSpan().CopyTo(words[(9 * WordLength)..]);
        Span<byte> message = stackalloc byte[2 + 2 * WordLength];
        (message[0], message[1]) = (0x19, 0x01);
        domain.AsSpan().CopyTo(message[2..]);
        Keccak.Hash256(words).AsSpan().CopyTo(message[(2 + WordLength)..]);
        return Keccak.Hash256(message);
    }

    /// <summary>The node of the padded piece that a receipt must show, drawn from the bytes of its range. spec: ours#4</summary>
    public ulong DrawnNode(in Hash32 seed)
    {
        const int BitsPerNode = 254;
        Span<byte> words = stackalloc byte[2 * WordLength];
        words.Clear();
        seed.AsSpan().CopyTo(words);
        WriteNumber(words, 1, Number);
        ulong drawn = BinaryPrimitives.ReadUInt64BigEndian(Keccak.Hash256(words).AsSpan());
        return 8 * (Offset + drawn % Length) / BitsPerNode;
    }

    /// <summary>The root of a batch: a tree of Keccak-256 over the deliveries' signing hashes, with zeros up to a power of two.</summary>
    public static Hash32 RootOf(ReadOnlySpan<Hash32> signingHashes)
    {
        Hash32[] row = new Hash32[BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, signingHashes.Length))];
        signingHashes.CopyTo(row);
        Span<byte> pair = stackalloc byte[2 * WordLength];
        for (int width = row.Length / 2; width > 0; width /= 2)
        {
            for (int i = 0; i < width; i++)
            {
                row[2 * i].AsSpan().CopyTo(pair);
                row[2 * i + 1].AsSpan().CopyTo(pair[WordLength..]);
                row[i] = Keccak.Hash256(pair);
            }
        }
        return row[0];
    }

    private static void WriteNumber(Span<byte> words, int index, ulong number) => BinaryPrimitives.WriteUInt64BigEndian(words[((index + 1) * WordLength - sizeof(ulong))..], number);
}
