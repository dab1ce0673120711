using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>What code for both groups needs of a group beyond its curve: how points stand in a file, which are in the group, and multiples.</summary>
internal interface IPointFormat<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    static abstract int Size { get; }

    static abstract void Encode(in AffinePoint<TField, TCurve> point, Span<byte> bytes);

    static abstract bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault);

    static abstract bool IsInSubgroup(in AffinePoint<TField, TCurve> point);

    static abstract JacobianPoint<TField, TCurve> Multiply(in JacobianPoint<TField, TCurve> point, in Fr scalar);
}

internal readonly struct G1Format : IPointFormat<Fp, G1Curve>
{
    public static int Size => G1.UncompressedSize;

    public static void Encode(in G1Affine point, Span<byte> bytes) => G1.EncodeUncompressed(point, bytes);

    public static bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out G1Affine point, out PointFault fault) =>
        G1.TryDecodeUncompressedUnchecked(bytes, out point, out fault);

    public static bool IsInSubgroup(in G1Affine point) => G1.IsInSubgroup(point);

    public static G1Point Multiply(in G1Point point, in Fr scalar) => G1.Multiply(point, scalar);
}

internal readonly struct G2Format : IPointFormat<Fp2, G2Curve>
{
    public static int Size => G2.UncompressedSize;

    public static void Encode(in G2Affine point, Span<byte> bytes) => G2.EncodeUncompressed(point, bytes);

    public static bool TryDecodeUnchecked(ReadOnlySpan<byte> bytes, out G2Affine point, out PointFault fault) =>
        G2.TryDecodeUncompressedUnchecked(bytes, out point, out fault);

    public static bool IsInSubgroup(in G2Affine point) => G2.IsInSubgroup(point);

    public static G2Point Multiply(in G2Point point, in Fr scalar) => G2.Multiply(point, scalar);
}
