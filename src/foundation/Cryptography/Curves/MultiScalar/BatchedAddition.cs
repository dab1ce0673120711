using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Additions of affine points in two steps, so that many share one inversion: six products each instead of eleven or more.</summary>
internal static class BatchedAddition
{
    /// <summary>Adds every pair: left[Left] + right[Right] goes to left[Sum].</summary>
    /// <param name="left">Left points, and sums; no pair may be in need of the sum of an earlier one.</param>
    /// <param name="right">Right points; they may be the same.</param>
    /// <param name="pairs">The pairs.</param>
    /// <param name="denominators">Room for as many elements.</param>
    /// <param name="scratch">Likewise.</param>
    public static void Add<TField, TCurve>(
        Span<AffinePoint<TField, TCurve>> left, ReadOnlySpan<AffinePoint<TField, TCurve>> right, ReadOnlySpan<PointPair> pairs, Span<TField> denominators, Span<TField> scratch)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        denominators = denominators[..pairs.Length];
        for (int i = 0; i < pairs.Length; i++)
            denominators[i] = Denominator(left[pairs[i].Left], right[pairs[i].Right]);
        BatchInversion.InvertInPlace(denominators, scratch);
        int done = 0;
        if (typeof(TField) == typeof(Fp) && NarrowLanes.IsSupported)
        {
            done = WideLanes.IsSupported
                ? AdditionLanes.Add<WideLanes, TField, TCurve>(left, right, pairs, denominators)
                : AdditionLanes.Add<NarrowLanes, TField, TCurve>(left, right, pairs, denominators);
        }
        for (int i = done; i < pairs.Length; i++)
            left[pairs[i].Sum] = Sum(left[pairs[i].Left], right[pairs[i].Right], denominators[i]);
    }

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
