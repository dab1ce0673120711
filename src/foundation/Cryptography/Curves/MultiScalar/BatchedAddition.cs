using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Additions of affine points in two steps, so that many share one inversion: six products each instead of eleven or more.</summary>
internal static class BatchedAddition
{
    /// <summary>What must be inverted for a + b; zero when nothing needs to be.</summary>
    public static TField Denominator<TField, TCurve>(in AffinePoint<TField, TCurve> a, in AffinePoint<TField, TCurve> b)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        if (a.IsInfinity || b.IsInfinity)
            return default;
        TField difference = b.X - a.X;
        return !difference.IsZero ? difference : a.Y.Equals(b.Y) ? a.Y.Double() : default;
    }

    /// <summary>a + b, given the inverse of <see cref="Denominator"/>.</summary>
    public static AffinePoint<TField, TCurve> Sum<TField, TCurve>(in AffinePoint<TField, TCurve> a, in AffinePoint<TField, TCurve> b, in TField inverse)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        if (inverse.IsZero)
            return a.IsInfinity ? b : b.IsInfinity ? a : default; // else the two are opposite
        TField x1 = a.X, y1 = a.Y, x2 = b.X;
        TField slope = (x1.Equals(x2) ? TangentNumerator<TField, TCurve>(x1) : b.Y - y1) * inverse;
        TField x = slope.Square() - x1 - x2;
        return new(x, slope * (x1 - x) - y1);
    }

    private static TField TangentNumerator<TField, TCurve>(in TField x)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        TField square = x.Square(), triple = square.Double() + square;
        return TCurve.AIsZero ? triple : triple + TCurve.A;
    }
}
