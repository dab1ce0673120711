using System.Buffers.Binary;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A delivery with one side's signature, as client and provider hand it to each other: in base 64. spec: ours#6</summary>
/// <remarks>
/// <code>
/// | request 32 | provider 8 | number 8 | offset 8 | length 8 | region 2 | ms to first byte 4 | ms to last byte 4 | digest 32 | r 32, s 32, v 1 |      numbers big-endian
/// </code>
/// </remarks>
/// <param name="Delivery">What was delivered.</param>
/// <param name="Signature">The provider's operator's, or the deal's reader's.</param>
public sealed record SignedDelivery(Delivery Delivery, RecoverableSignature Signature)
{
    private const int Size = 32 + (4 * 8) + 2 + 4 + 4 + 32 + SignatureBytes.Size;

    /// <summary>A delivery signed by a key.</summary>
    public static SignedDelivery Sign(Delivery delivery, ulong chainId, Address deal, Secp256k1SecretKey key) => new(delivery, Secp256k1.Sign(delivery.SigningHash(Delivery.DomainOf(chainId, deal)), key));

    /// <summary>The bytes in base 64.</summary>
    public string ToText() => Convert.ToBase64String(ToBytes());

    /// <summary>The bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        Delivery.Request.AsSpan().CopyTo(bytes);
        ulong[] numbers = [Delivery.Provider, Delivery.Number, Delivery.Offset, Delivery.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(32 + (8 * i)), numbers[i]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(64), Delivery.Region);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(66), Delivery.MsToFirstByte);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(70), Delivery.MsToLastByte);
        Delivery.Digest.AsSpan().CopyTo(bytes.AsSpan(74));
        SignatureBytes.Write(Signature, bytes.AsSpan(106));
        return bytes;
    }

    /// <summary>Reads the bytes in base 64; null where they are none.</summary>
    public static SignedDelivery? TryRead(string text)
    {
        byte[] bytes = new byte[Size];
        return Convert.TryFromBase64String(text, bytes, out int length) ? TryRead(bytes.AsSpan(0, length)) : null;
    }

    /// <summary>Reads the bytes; null where they are of another length.</summary>
    public static SignedDelivery? TryRead(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
            return null;
        Delivery delivery = new(
            Hash32.Read(bytes[..32]), BinaryPrimitives.ReadUInt64BigEndian(bytes[32..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[40..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[48..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[56..]), BinaryPrimitives.ReadUInt16BigEndian(bytes[64..]), BinaryPrimitives.ReadUInt32BigEndian(bytes[66..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[70..]), Hash32.Read(bytes[74..106]));
        return new SignedDelivery(delivery, SignatureBytes.Read(bytes[106..]));
    }

    /// <summary>Who signed it for a deal on a chain; null where nobody did.</summary>
    public Address? SignerOn(ulong chainId, Address deal) => SignatureBytes.SignerOf(Delivery.SigningHash(Delivery.DomainOf(chainId, deal)), Signature);
}
