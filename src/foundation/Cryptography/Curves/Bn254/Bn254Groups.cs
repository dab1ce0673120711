using Flashback.Cryptography.Fields;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;
using G1 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using G2 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;
using G2Jacobian = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;

namespace Flashback.Cryptography.Curves;

/// <summary>The encodings and the membership of BN254's two groups, as the precompiles write and ask for them. spec: EIP-196 and EIP-197.</summary>
/// <remarks>A point is its coordinates in big-endian order, the coefficient of u before the constant one; infinity is all zeros.</remarks>
public static class Bn254Groups
{
    /// <summary>The length of an encoded point of the first group in bytes.</summary>
    public const int G1Size = 64;

    /// <summary>The length of an encoded point of the second group in bytes.</summary>
    public const int G2Size = 128;

    /// <summary>The number x that BN254 is made from.</summary>
    internal const ulong Parameter = 0x44e992b44a6909f1;

    private static readonly Fp2<Field>[] Twist = FrobeniusConstants.Powers(Bn254Tower.NonResidue);

    /// <summary>Reads a point of the first group; all points of its curve are.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out G1 point, out PointFault fault) => TryDecodeOnCurve(bytes, out point, out fault);

    /// <summary>Reads a point of the second group.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out G2 point, out PointFault fault)
    {
        if (!TryDecodeOnCurve(bytes, out point, out fault))
            return false;
        if (IsInSubgroup(point))
            return true;
        point = default;
        fault = PointFault.NotInSubgroup;
        return false;
    }

    /// <summary>Writes the <see cref="G1Size"/> or <see cref="G2Size"/> bytes of a point.</summary>
    public static void Encode<TField, TCurve>(in AffinePoint<TField, TCurve> point, Span<byte> bytes)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        point.X.Encode(bytes);
        point.Y.Encode(bytes[TField.EncodedSize..]);
    }

    /// <summary>Whether a point of the second curve is in the group of order r: ψ multiplies it by 6·x².</summary>
    /// <remarks>
    /// ψ² − t·ψ + p = 0 on the whole curve, with t = 6·x² + 1. So ψ(Q) = (t − 1)·Q gives (p + 1 − t)·Q = 0, and p + 1 − t is the order r;
    /// in the group, ψ is the multiplication by p, and p ≡ t − 1 modulo r.
    /// </remarks>
    public static bool IsInSubgroup(in G2 point)
    {
        UInt128 eigenvalue = 6 * ((UInt128)Parameter * Parameter);
        G2Jacobian q = point.ToJacobian();
        G2Jacobian multiple = LinearCombination.Multiply(q, [(ulong)eigenvalue, (ulong)(eigenvalue >> 64)]);
        return multiple.Equals(Psi(point).ToJacobian());
    }

    /// <summary>Frobenius seen through the twist (x, y) → (x·w², y·w³); in the group the multiplication by p.</summary>
    internal static G2 Psi(in G2 point) => new(point.X.Conjugate() * Twist[2], point.Y.Conjugate() * Twist[3]);

    private static bool TryDecodeOnCurve<TField, TCurve>(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        point = default;
        fault = PointFault.None;
        if (bytes.Length != 2 * TField.EncodedSize)
            fault = PointFault.Length;
        else if (!TField.TryDecode(bytes[..TField.EncodedSize], out TField x) || !TField.TryDecode(bytes[TField.EncodedSize..], out TField y))
            fault = PointFault.CoordinateNotReduced;
        else if (new AffinePoint<TField, TCurve>(x, y) is { IsOnCurve: true } found)
            point = found;
        else
            fault = PointFault.NotOnCurve;
        return fault == PointFault.None;
    }
}
