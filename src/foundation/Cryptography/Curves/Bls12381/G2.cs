using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The second group of BLS12-381: encodings, membership and quick multiplication.</summary>
public static class G2
{
    /// <summary>The length of a compressed point in bytes.</summary>
    public const int CompressedSize = 96;

    /// <summary>The length of an uncompressed point in bytes.</summary>
    public const int UncompressedSize = 192;

    // ψ is Frobenius seen through the twist (x, y) → (x/w², y/w³): what w² and w³ leave behind.
    private static readonly Fp2 PsiX = FrobeniusConstants.Powers(Tower.NonResidue)[2].Inverse();
    private static readonly Fp2 PsiY = FrobeniusConstants.Powers(Tower.NonResidue)[3].Inverse();

    /// <summary>Reads a compressed point of the group; the point at infinity is one.</summary>
    public static bool TryDecodeCompressed(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        PointEncoding<Fp2, G2Curve>.TryDecodeCompressed(bytes, out point, out fault) && CheckSubgroup(ref point, ref fault);

    /// <summary>Reads an uncompressed point of the group; the point at infinity is one.</summary>
    public static bool TryDecodeUncompressed(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        PointEncoding<Fp2, G2Curve>.TryDecodeUncompressed(bytes, out point, out fault) && CheckSubgroup(ref point, ref fault);

    /// <summary>As <see cref="TryDecodeCompressed"/>, for bytes from our own disk: the point is on the curve, but perhaps not in the group.</summary>
    public static bool TryDecodeCompressedUnchecked(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        PointEncoding<Fp2, G2Curve>.TryDecodeCompressed(bytes, out point, out fault);

    /// <summary>As <see cref="TryDecodeUncompressed"/>, for bytes from our own disk: the point is on the curve, but perhaps not in the group.</summary>
    public static bool TryDecodeUncompressedUnchecked(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        PointEncoding<Fp2, G2Curve>.TryDecodeUncompressed(bytes, out point, out fault);

    /// <summary>Writes the <see cref="CompressedSize"/> bytes of a point.</summary>
    public static void EncodeCompressed(in G2Affine point, Span<byte> bytes) => PointEncoding<Fp2, G2Curve>.EncodeCompressed(point, bytes);

    /// <summary>Writes the <see cref="UncompressedSize"/> bytes of a point.</summary>
    public static void EncodeUncompressed(in G2Affine point, Span<byte> bytes) => PointEncoding<Fp2, G2Curve>.EncodeUncompressed(point, bytes);

    /// <summary>Whether a point of the curve is in the subgroup of order r. paper: eprint 2021/1130 §4: exactly there ψ is z.</summary>
    public static bool IsInSubgroup(in G2Affine point)
    {
        if (point.IsInfinity)
            return true;
        G2Point p = point.ToJacobian();
        return CurveParameter.Multiply(p).Equals(Psi(p));
    }

    /// <summary>The endomorphism ψ, in the group the multiplication by z (and by p).</summary>
    public static G2Point Psi(in G2Point point) => new(point.X.Conjugate() * PsiX, point.Y.Conjugate() * PsiY, point.Z.Conjugate());

    /// <summary>scalar·point for a public scalar and a point of the group: four quarters of the scalar, one on each power of −ψ. paper: eprint 2008/117.</summary>
    public static G2Point Multiply(in G2Point point, in Fr scalar)
    {
        Span<ulong> digits = stackalloc ulong[4];
        CurveParameter.Digits(scalar, digits);
        G2Point p1 = -Psi(point), p2 = -Psi(p1), p3 = -Psi(p2);
        return LinearCombination.Sum<Fp2, G2Curve>([point, p1, p2, p3], digits);
    }

    /// <summary>A multiple of the point that is in the group. spec: RFC 9380 §8.8.2; paper: eprint 2017/419: (z² − z − 1) + (z − 1)·ψ + 2·ψ².</summary>
    public static G2Point ClearCofactor(in G2Point point)
    {
        G2Point z = CurveParameter.Multiply(point);
        G2Point psi = Psi(point);
        return CurveParameter.Multiply(z + psi) - z - psi - point + Psi(Psi(point.Double()));
    }

    private static bool CheckSubgroup(ref G2Affine point, ref PointFault fault)
    {
        if (IsInSubgroup(point))
            return true;
        point = default;
        fault = PointFault.NotInSubgroup;
        return false;
    }
}
