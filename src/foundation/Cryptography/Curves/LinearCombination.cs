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
        int limbs = scalars.Length / points.Length;
        int width = limbs > 1 ? 5 : 4;
        int tableSize = 1 << (width - 2), stride = SignedDigits.Count(limbs);
        AffinePoint<TField, TCurve>[] tables = OddMultiples(points, tableSize);
        sbyte[] digits = new sbyte[points.Length * stride];
        int used = 0;
        for (int i = 0; i < points.Length; i++)
            used = Math.Max(used, SignedDigits.Recode(scalars.Slice(i * limbs, limbs), width, digits.AsSpan(i * stride, stride)));

        JacobianPoint<TField, TCurve> sum = default;
        for (int position = used - 1; position >= 0; position--)
        {
            sum = sum.Double();
            for (int i = 0; i < points.Length; i++)
            {
                int digit = digits[i * stride + position];
                if (digit > 0)
                    sum += tables[i * tableSize + (digit >> 1)];
                else if (digit < 0)
                    sum -= tables[i * tableSize + (-digit >> 1)];
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
