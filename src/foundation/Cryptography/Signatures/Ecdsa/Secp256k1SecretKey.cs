using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Flashback.Cryptography.Curves;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1FieldModulus>;

namespace Flashback.Cryptography;

/// <summary>A secret number from 1 up to the order of secp256k1.</summary>
public sealed class Secp256k1SecretKey
{
    /// <summary>The length of the encoding in bytes.</summary>
    public const int Size = 32;

    private Secp256k1SecretKey(in Scalar scalar)
    {
        Scalar = scalar;
        Span<ulong> limbs = stackalloc ulong[4];
        scalar.CopyTo(limbs);
        PublicKey = new(SecretMultiplication.Multiply(AffinePoint<Field, Secp256k1Curve>.Generator, limbs).ToAffine());
    }

    internal Scalar Scalar { get; }

    /// <summary>The public key.</summary>
    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>Reads a big-endian number; false when the length is not <see cref="Size"/>, or the number is zero or not below the order.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Secp256k1SecretKey? key)
    {
        key = Scalar.TryDecode(bytes, out Scalar scalar) && !scalar.IsZero ? new(scalar) : null;
        return key is not null;
    }

    /// <summary>A fresh key from the system's generator.</summary>
    public static Secp256k1SecretKey Generate()
    {
        Span<byte> bytes = stackalloc byte[Size];
        Secp256k1SecretKey? key;
        do
        {
            RandomNumberGenerator.Fill(bytes);
        }
        while (!TryDecode(bytes, out key)); // once in 2^128
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    /// <summary>Writes the <see cref="Size"/> bytes of the number, big-endian.</summary>
    public void Encode(Span<byte> bytes) => Scalar.Encode(bytes);
}
