using Flashback.Cryptography.Curves;
using Flashback.Primitives;
using Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Encoding = Flashback.Cryptography.Curves.SecEncoding<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;

namespace Flashback.Cryptography;

/// <summary>A point of secp256k1 other than infinity: the key of an account or of a node's identity.</summary>
public readonly record struct Secp256k1PublicKey
{
    /// <summary>The length of the compressed encoding in bytes.</summary>
    public const int CompressedSize = 33;

    /// <summary>The length of the uncompressed encoding in bytes.</summary>
    public const int UncompressedSize = 65;

    internal Secp256k1PublicKey(in Affine point) => Point = point;

    internal Affine Point { get; }

    /// <summary>Reads the compressed or the uncompressed encoding. spec: SEC 1 version 2.0 §2.3.4.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Secp256k1PublicKey key, out PointFault fault)
    {
        bool valid = Encoding.TryDecode(bytes, out Affine point, out fault);
        key = new(point);
        return valid;
    }

    /// <summary>Reads the 64 bytes of both coordinates, as they are written without a prefix in discovery packets.</summary>
    public static bool TryDecodeCoordinates(ReadOnlySpan<byte> bytes, out Secp256k1PublicKey key, out PointFault fault)
    {
        bool valid = Encoding.TryDecodeCoordinates(bytes, out Affine point, out fault);
        key = new(point);
        return valid;
    }

    /// <summary>Writes the <see cref="CompressedSize"/> bytes.</summary>
    public void EncodeCompressed(Span<byte> bytes) => Encoding.EncodeCompressed(Point, bytes);

    /// <summary>Writes the <see cref="UncompressedSize"/> bytes.</summary>
    public void EncodeUncompressed(Span<byte> bytes) => Encoding.EncodeUncompressed(Point, bytes);

    /// <summary>The account of this key: the last 20 bytes of the Keccak-256 of both coordinates. spec: Ethereum Yellow Paper, appendix F.</summary>
    public Address ToAddress()
    {
        Span<byte> bytes = stackalloc byte[UncompressedSize];
        EncodeUncompressed(bytes);
        return Address.Read(Keccak.Hash256(bytes[1..]).AsSpan()[12..]);
    }

    /// <summary>The compressed encoding in hexadecimal.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[CompressedSize];
        EncodeCompressed(bytes);
        return Hex.Encode(bytes);
    }
}
