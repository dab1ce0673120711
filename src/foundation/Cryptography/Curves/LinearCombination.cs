using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>Sums of multiples of a few public points by public scalars, all sharing the doublings. The time depends on the scalars.</summary>
/// <remarks>Straus's method over windowed non-adjacent forms; the tables of odd multiples are made affine with one inversion for all.</remarks>
public static class LinearCombination
{
    /// <summary>The multiple of one point.</summary>
    /// <param name="point">The point.</param>
    /// <param name="scalar">Any integer, least significant limb first.</param>
    public static JacobianPoint<TField, TCurve> Multiply<TField, TCurve>(in JacobianPoint<TField, TCurve> point, ReadOnlySpan<ulong> scalar)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField> => Sum([point], scalar);

    /// <summary>The sum of scalar·point.</summary>
    /// <param name="points">The points.</param>
    /// <param name="scalars">One integer after the other, each as long as the others, least significant limb first.</param>
    /// <exception cref="ArgumentException">The limbs do not divide evenly among the points.</exception>
    public static JacobianPoint<TField, TCurve> Sum<TField, TCurve>(ReadOnlySpan<JacobianPoint<TField, TCurve>> points, ReadOnlySpan<ulong> scalars)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        if (points.IsEmpty)
            return default;
        if (scalars.Length % points.Length != 0)
            throw new ArgumentException($"{scalars.Length} limbs of scalars do not divide evenly among {points.Length} points", nameof(scalars));
        return Sum([Prepare(points, scalars.Length / points.Length > 1 ? 5 : 4)], scalars);
    }

    /// <summary>Odd multiples of points, for sums over the same points again and again.</summary>
    /// <param name="points">The points.</param>
    /// <param name="width">From 2 to 15; 2^(width − 2) multiples of each point are kept.</param>
    internal static Tables<TField, TCurve> Prepare<TField, TCurve>(ReadOnlySpan<JacobianPoint<TField, TCurve>> points, int width)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField> => new(OddMultiples(points, 1 << (width - 2)), points.Length, width);

    /// <summary>The odd multiples of points up to 2^(width − 1), each point's one after the other.</summary>
    internal readonly record struct Tables<TField, TCurve>(AffinePoint<TField, TCurve>[] Multiples, int Points, int Width)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>;

    /// <summary>The sum of scalar·point over prepared points.</summary>
    /// <param name="tables">The points, in groups that may have different widths.</param>
    /// <param name="scalars">As many integers, one after the other, least significant limb first.</param>
    /// <param name="negative">Of each integer, whether it counts as negative; empty when none does.</param>
    internal static JacobianPoint<TField, TCurve> Sum<TField, TCurve>(ReadOnlySpan<Tables<TField, TCurve>> tables, ReadOnlySpan<ulong> scalars, ReadOnlySpan<bool> negative = default)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        int points = 0, used = 0;
        foreach (Tables<TField, TCurve> group in tables)
            points += group.Points;
        int limbs = scalars.Length / points, stride = SignedDigits.Count(limbs), point = 0;
        short[] digits = new short[points * stride];
        foreach (Tables<TField, TCurve> group in tables)
        {
            for (int end = point + group.Points; point < end; point++)
            {
                bool isNegative = !negative.IsEmpty && negative[point];
                Span<short> row = digits.AsSpan(point * stride, stride);
                used = Math.Max(used, SignedDigits.Recode(scalars.Slice(point * limbs, limbs), group.Width, row, isNegative));
            }
        }

        JacobianPoint<TField, TCurve> sum = default;
        for (int position = used - 1; position >= 0; position--)
        {
            sum = sum.Double();
            point = 0;
            foreach (Tables<TField, TCurve> group in tables)
            {
                int each = 1 << (group.Width - 2);
                for (int i = 0; i < group.Points; i++, point++)
                {
                    int digit = digits[point * stride + position];
                    if (digit > 0)
                        sum += group.Multiples[i * each + (digit >> 1)];
                    else if (digit < 0)
                        sum -= group.Multiples[i * each + (-digit >> 1)];
                }
            }
        }
        return sum;
    }

    /// <summary>P, 3P, 5P, … of every point, in affine coordinates.</summary>
    private static AffinePoint<TField, TCurve>[] OddMultiples<TField, TCurve>(ReadOnlySpan<JacobianPoint<TField, TCurve>> points, int each)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        JacobianPoint<TField, TCurve>[] multiples = new JacobianPoint<TField, TCurve>[points.Length * each];
        for (int i = 0; i < points.Length; i++)
        {
            JacobianPoint<TField, TCurve> twice = points[i].Double();
            multiples[i * each] = points[i];
            for (int j = 1; j < each; j++)
                multiples[i * each + j] = multiples[i * each + j - 1] + twice;
        }
        AffinePoint<TField, TCurve>[] tables = new AffinePoint<TField, TCurve>[multiples.Length];
        JacobianPoint<TField, TCurve>.ToAffine(multiples, tables);
        return tables;
    }
}
