using System.Security.Cryptography;
using Flashback.Cryptography.Curves;
using Flashback.Primitives;
using Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Encoding = Flashback.Cryptography.Curves.SecEncoding<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Field = Flashback.Cryptography.Curves.Secp256k1Field;
using Point = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>;
using Verification = Flashback.Cryptography.EcdsaVerification<
    Flashback.Cryptography.Curves.Secp256k1Field, Flashback.Cryptography.Curves.Secp256k1Curve,
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256k1OrderModulus>>;

namespace Flashback.Cryptography;

/// <summary>Signatures of Ethereum's accounts and nodes: ECDSA on secp256k1 over digests of 32 bytes. spec: SEC 1 version 2.0 §4.1.</summary>
public static class Secp256k1
{
    /// <summary>For fewer signatures, starting other threads costs more than it saves.</summary>
    private const int ParallelFrom = 4;

    /// <summary>Signs a digest; the same key and digest always give the same signature, with a low S. spec: RFC 6979; EIP-2.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    /// <remarks>No branch or index depends on the key or the nonce; see <see cref="SecretMultiplication"/> for what .NET cannot promise.</remarks>
    public static RecoverableSignature Sign(in Hash32 digest, Secp256k1SecretKey key)
    {
        Scalar z = Verification.DigestScalar(digest), secret = key.ToScalar(), r, s, nonce;
        Span<byte> secretBytes = stackalloc byte[32], digestBytes = stackalloc byte[32], state = stackalloc byte[64];
        Span<ulong> limbs = stackalloc ulong[4];
        secret.Encode(secretBytes);
        z.Encode(digestBytes);
        DeterministicNonce nonces = new(state, secretBytes, digestBytes);
        Affine point;
        do
        {
            nonce = nonces.Next<Scalar>();
            nonce.CopyTo(limbs);
            point = SecretMultiplication.Multiply(Affine.Generator, limbs).ToAffine();
            point.X.Encode(digestBytes);
            r = Scalar.Reduce(digestBytes);
            s = nonce.Inverse() * (z + r * secret);
        }
        while (r.IsZero || s.IsZero); // both are public, and once in 2^255
        ulong high = 0 - (s.IsLexicographicallyLargest ? 1UL : 0UL);
        s = Scalar.Select(s, -s, high);
        CryptographicOperations.ZeroMemory(secretBytes);
        CryptographicOperations.ZeroMemory(state);
        limbs.Clear();
        return new(ToInteger(r), ToInteger(s), point.Y.Sign ^ (int)(high & 1));
    }

    /// <summary>Whether the signature is by this key. A high S is refused: there would be two signatures.</summary>
    public static bool Verify(in Hash32 digest, in RecoverableSignature signature, in Secp256k1PublicKey key)
    {
        if (key.Point.IsInfinity || !signature.HasLowS
            || !Verification.TryScalar(signature.R, out Scalar r) || !Verification.TryScalar(signature.S, out Scalar s))
            return false;
        Scalar inverse = s.Inverse();
        Point sum = Secp256k1Endomorphism.MultiplyGeneratorAndAdd(Verification.DigestScalar(digest) * inverse, key.Point.ToJacobian(), r * inverse);
        return Verification.HasX(sum, signature.R);
    }

    /// <summary>The one key that the signature is by. spec: SEC 1 version 2.0 §4.1.6; Ethereum Yellow Paper, appendix F.</summary>
    /// <remarks>A high S is accepted, as the precompile does; a transaction's rules ask <see cref="RecoverableSignature.HasLowS"/> first.</remarks>
    /// <returns>False when R or S is zero or not below the order, the parity is neither 0 nor 1, R is no x coordinate, or the key is infinity.</returns>
    public static bool TryRecover(in Hash32 digest, in RecoverableSignature signature, out Secp256k1PublicKey key)
    {
        key = default;
        if (signature.YParity is not (0 or 1)
            || !Verification.TryScalar(signature.R, out Scalar r) || !Verification.TryScalar(signature.S, out Scalar s))
            return false;
        Span<byte> bytes = stackalloc byte[32];
        r.Encode(bytes);
        // R is below the order and so below p. An x from the order up would need parities 2 and 3, which Ethereum does not have.
        if (!Field.TryDecode(bytes, out Field x) || !Encoding.TryFromX(x, signature.YParity, out Affine point))
            return false;
        Scalar inverse = r.Inverse();
        Point sum = Secp256k1Endomorphism.MultiplyGeneratorAndAdd(-(Verification.DigestScalar(digest) * inverse), point.ToJacobian(), s * inverse);
        key = new(sum.ToAffine());
        return !sum.IsInfinity;
    }

    /// <summary>The keys of many signatures, found side by side over the cores; null where <see cref="TryRecover"/> finds none.</summary>
    /// <exception cref="ArgumentException">There are not as many signatures as digests.</exception>
    public static Secp256k1PublicKey?[] RecoverAll(Hash32[] digests, RecoverableSignature[] signatures)
    {
        if (digests.Length != signatures.Length)
            throw new ArgumentException($"{signatures.Length} signatures of {digests.Length} digests", nameof(signatures));
        Secp256k1PublicKey?[] keys = new Secp256k1PublicKey?[digests.Length];
        void Recover(int i) => keys[i] = TryRecover(digests[i], signatures[i], out Secp256k1PublicKey key) ? key : null;
        if (keys.Length < ParallelFrom)
        {
            for (int i = 0; i < keys.Length; i++)
                Recover(i);
        }
        else
        {
            Parallel.For(0, keys.Length, AllCores.Options, Recover);
        }
        return keys;
    }

    private static UInt256 ToInteger(in Scalar scalar)
    {
        Span<byte> bytes = stackalloc byte[32];
        scalar.Encode(bytes);
        return UInt256.ReadBigEndian(bytes);
    }
}
