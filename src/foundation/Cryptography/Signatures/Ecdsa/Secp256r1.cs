using Flashback.Cryptography.Curves;
using Flashback.Primitives;
using Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>, Flashback.Cryptography.Curves.Secp256r1Curve>;
using Encoding = Flashback.Cryptography.Curves.SecEncoding<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>, Flashback.Cryptography.Curves.Secp256r1Curve>;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>;
using Point = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>, Flashback.Cryptography.Curves.Secp256r1Curve>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1OrderModulus>;
using Verification = Flashback.Cryptography.EcdsaVerification<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1FieldModulus>, Flashback.Cryptography.Curves.Secp256r1Curve,
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Secp256r1OrderModulus>>;

namespace Flashback.Cryptography;

/// <summary>Verification of signatures on secp256r1, which passkeys and secure elements make. spec: EIP-7951.</summary>
public static class Secp256r1
{
    /// <summary>The length of a public key's coordinates in bytes.</summary>
    public const int CoordinatesSize = 64;

    /// <summary>Whether (r, s) signs a digest under the key with these coordinates. Both of a pair (r, s) and (r, order − s) do.</summary>
    /// <param name="digest">The digest of the message.</param>
    /// <param name="r">From 1 up to the order, else nothing is signed.</param>
    /// <param name="s">From 1 up to the order, else nothing is signed.</param>
    /// <param name="coordinates">x and y, 32 bytes each, big-endian: a point of the curve, else nothing is signed.</param>
    public static bool Verify(in Hash32 digest, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> coordinates)
    {
        if (!Verification.TryScalar(r, out Scalar rScalar) || !Verification.TryScalar(s, out Scalar sScalar)
            || !Encoding.TryDecodeCoordinates(coordinates, out Affine key, out _))
            return false;
        Scalar inverse = sScalar.Inverse();
        Span<ulong> scalars = stackalloc ulong[8];
        (Verification.DigestScalar(digest) * inverse).CopyTo(scalars);
        (rScalar * inverse).CopyTo(scalars[4..]);
        Point sum = LinearCombination.Sum<Field, Secp256r1Curve>([Point.Generator, key.ToJacobian()], scalars);
        return Verification.HasX(sum, r);
    }
}
