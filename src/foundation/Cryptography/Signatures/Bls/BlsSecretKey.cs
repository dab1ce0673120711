using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Cryptography.Curves;

namespace Flashback.Cryptography;

/// <summary>Why bytes are not a secret key.</summary>
public enum BlsSecretKeyFault
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>They are not 32.</summary>
    Length,

    /// <summary>They are zero, which signs nothing.</summary>
    Zero,

    /// <summary>The integer is not below the group order.</summary>
    NotReduced,
}

/// <summary>A secret key: an integer from 1 to r − 1. Wiped on disposal, never printed.</summary>
/// <remarks>
/// The key lies in a pinned array, so that the collector leaves no copies of it behind. What it is used for runs the same
/// instructions and touches the same memory for every key; <see cref="SecretMultiplication"/> says what .NET cannot promise.
/// Reading is safe from many threads; disposal must come after the last use.
/// </remarks>
public sealed class BlsSecretKey : IDisposable
{
    /// <summary>The length of an encoded key in bytes.</summary>
    public const int Size = 32;

    private readonly ulong[] _limbs = GC.AllocateArray<ulong>(4, pinned: true);
    private bool _disposed;

    internal BlsSecretKey(in Fr scalar) => scalar.CopyTo(_limbs);

    /// <summary>A fresh key from the operating system's generator.</summary>
    public static BlsSecretKey Generate()
    {
        Span<byte> material = stackalloc byte[Size];
        RandomNumberGenerator.Fill(material);
        BlsSecretKey key = BlsKeyDerivation.FromKeyMaterial(material, []);
        CryptographicOperations.ZeroMemory(material);
        return key;
    }

    /// <summary>Reads a big-endian key.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out BlsSecretKey? key, out BlsSecretKeyFault fault)
    {
        key = null;
        fault = bytes.Length != Size ? BlsSecretKeyFault.Length
            : !Fr.TryDecode(bytes, out Fr scalar) ? BlsSecretKeyFault.NotReduced
            : scalar.IsZero ? BlsSecretKeyFault.Zero
            : BlsSecretKeyFault.None;
        if (fault != BlsSecretKeyFault.None)
            return false;
        Fr.TryDecode(bytes, out scalar);
        key = new BlsSecretKey(scalar);
        return true;
    }

    /// <summary>Writes the big-endian key, for a key store: the caller wipes it.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public void Encode(Span<byte> bytes) => Fields.LimbCodec.WriteBigEndian(Limbs, bytes);

    /// <summary>The public key. spec: draft-irtf-cfrg-bls-signature-05 §2.4 SkToPk.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public BlsPublicKey ToPublicKey() => new(SecretMultiplication.Multiply(G1Affine.Generator, Limbs).ToAffine());

    /// <summary>Signs a message. spec: draft-irtf-cfrg-bls-signature-05 §2.6 CoreSign.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public BlsSignature Sign(ReadOnlySpan<byte> message) =>
        new(SecretMultiplication.Multiply(Bls.HashToPoint(message), Limbs).ToAffine());

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_limbs.AsSpan()));
        _disposed = true;
    }

    /// <summary>A text without the key.</summary>
    public override string ToString() => "BLS secret key";

    private ReadOnlySpan<ulong> Limbs
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _limbs;
        }
    }
}
