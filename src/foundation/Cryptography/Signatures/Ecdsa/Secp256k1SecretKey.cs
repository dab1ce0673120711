using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;

namespace Flashback.Cryptography;

/// <summary>A secret number from 1 up to the order of secp256k1. Wiped on disposal, never printed.</summary>
/// <remarks>
/// The key lies in a pinned array, so that the collector leaves no copies of it behind. What it is used for runs the same
/// instructions and touches the same memory for every key; <see cref="SecretMultiplication"/> says what .NET cannot promise.
/// Reading is safe from many threads; disposal must come after the last use.
/// </remarks>
public sealed class Secp256k1SecretKey : IDisposable
{
    /// <summary>The length of the encoding in bytes.</summary>
    public const int Size = 32;

    private readonly ulong[] _limbs = GC.AllocateArray<ulong>(4, pinned: true);
    private bool _disposed;

    private Secp256k1SecretKey(in Scalar scalar)
    {
        scalar.CopyTo(_limbs);
        PublicKey = new(SecretMultiplication.Multiply(Affine.Generator, _limbs).ToAffine());
    }

    /// <summary>The public key.</summary>
    public Secp256k1PublicKey PublicKey { get; }

    /// <summary>Reads a big-endian number; false when the length is not <see cref="Size"/>, or the number is zero or not below the order.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Secp256k1SecretKey? key)
    {
        key = Scalar.TryDecode(bytes, out Scalar scalar) && !scalar.IsZero ? new(scalar) : null;
        return key is not null;
    }

    /// <summary>A fresh key from the operating system's generator.</summary>
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

    /// <summary>The same key once more, to be disposed by itself.</summary>
    public Secp256k1SecretKey Copy() => new(ToScalar());

    /// <summary>This key plus a big-endian number modulo the order; false when that number is not below the order, or the sum is zero. spec: BIP-32</summary>
    public bool TryAdd(ReadOnlySpan<byte> number, [NotNullWhen(true)] out Secp256k1SecretKey? sum)
    {
        bool isNumber = Scalar.TryDecode(number, out Scalar addend);
        Scalar scalar = ToScalar() + addend;
        sum = isNumber && !scalar.IsZero ? new(scalar) : null;
        return sum is not null;
    }

    /// <summary>Writes the <see cref="Size"/> bytes of the number, big-endian, for a key store: the caller wipes them.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public void Encode(Span<byte> bytes) => LimbCodec.WriteBigEndian(Limbs, bytes);

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_limbs.AsSpan()));
        _disposed = true;
    }

    /// <summary>A text without the key.</summary>
    public override string ToString() => "secp256k1 secret key";

    /// <summary>The number modulo the order.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    internal Scalar ToScalar()
    {
        Scalar.TryFromLimbs(Limbs, out Scalar scalar); // it was one when it came in
        return scalar;
    }

    private ReadOnlySpan<ulong> Limbs
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _limbs;
        }
    }
}
