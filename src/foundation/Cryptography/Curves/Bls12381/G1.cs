using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The first group of BLS12-381: encodings, membership and quick multiplication.</summary>
public static class G1
{
    /// <summary>The length of a compressed point in bytes.</summary>
    public const int CompressedSize = 48;

    /// <summary>The length of an uncompressed point in bytes.</summary>
    public const int UncompressedSize = 96;

    // A cube root of one for which φ(x, y) = (β·x, y) multiplies by −z².
    private static readonly Fp Beta = Literal.Of<Fp>("5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffe");

    /// <summary>Reads a compressed point of the group; the point at infinity is one.</summary>
    public static bool TryDecodeCompressed(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        PointEncoding<Fp, G1Curve>.TryDecodeCompressed(bytes, out point, out fault) && CheckSubgroup(ref point, ref fault);

    /// <summary>Reads an uncompressed point of the group; the point at infinity is one.</summary>
    public static bool TryDecodeUncompressed(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        PointEncoding<Fp, G1Curve>.TryDecodeUncompressed(bytes, out point, out fault) && CheckSubgroup(ref point, ref fault);

    /// <summary>As <see cref="TryDecodeCompressed"/>, for bytes from our own disk: the point is on the curve, but perhaps not in the group.</summary>
    public static bool TryDecodeCompressedUnchecked(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        PointEncoding<Fp, G1Curve>.TryDecodeCompressed(bytes, out point, out fault);

    /// <summary>As <see cref="TryDecodeUncompressed"/>, for bytes from our own disk: the point is on the curve, but perhaps not in the group.</summary>
    public static bool TryDecodeUncompressedUnchecked(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        PointEncoding<Fp, G1Curve>.TryDecodeUncompressed(bytes, out point, out fault);

    /// <summary>Writes the <see cref="CompressedSize"/> bytes of a point.</summary>
    public static void EncodeCompressed(in G1Affine point, Span<byte> bytes) => PointEncoding<Fp, G1Curve>.EncodeCompressed(point, bytes);

    /// <summary>Writes the <see cref="UncompressedSize"/> bytes of a point.</summary>
    public static void EncodeUncompressed(in G1Affine point, Span<byte> bytes) => PointEncoding<Fp, G1Curve>.EncodeUncompressed(point, bytes);

    /// <summary>Whether a point of the curve is in the subgroup of order r. paper: eprint 2021/1130 §6: exactly there φ is −z².</summary>
    public static bool IsInSubgroup(in G1Affine point)
    {
        if (point.IsInfinity)
            return true;
        G1Point p = point.ToJacobian();
        G1Point z2 = CurveParameter.Multiply(CurveParameter.Multiply(p));
        return z2.Equals(-Phi(p));
    }

    /// <summary>The endomorphism φ(x, y) = (β·x, y), in the group the multiplication by −z².</summary>
    public static G1Point Phi(in G1Point point) => new(point.X * Beta, point.Y, point.Z);

    /// <summary>scalar·point for a public scalar and a point of the group: two halves of the scalar, one on −φ. paper: Gallant, Lambert, Vanstone 2001.</summary>
    public static G1Point Multiply(in G1Point point, in Fr scalar)
    {
        Span<ulong> halves = stackalloc ulong[4];
        Halve(scalar, halves);
        return LinearCombination.Sum<Fp, G1Curve>([point, -Phi(point)], halves);
    }

    /// <summary>Splits a scalar into low + high·z², both below 2^128, two limbs each.</summary>
    internal static void Halve(in Fr scalar, Span<ulong> halves)
    {
        Span<ulong> digits = stackalloc ulong[4];
        CurveParameter.Digits(scalar, digits);
        for (int i = 0; i < 4; i += 2)
        {
            UInt128 half = (UInt128)digits[i + 1] * CurveParameter.Magnitude + digits[i];
            halves[i] = (ulong)half;
            halves[i + 1] = (ulong)(half >> 64);
        }
    }

    /// <summary>A multiple of the point that is in the group: by 1 − z. spec: RFC 9380 §8.8.1.</summary>
    public static G1Point ClearCofactor(in G1Point point) => point - CurveParameter.Multiply(point);

    private static bool CheckSubgroup(ref G1Affine point, ref PointFault fault)
    {
        if (IsInSubgroup(point))
            return true;
        point = default;
        fault = PointFault.NotInSubgroup;
        return false;
    }
}
