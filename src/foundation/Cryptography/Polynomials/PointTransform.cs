using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Polynomials;

/// <summary>The number-theoretic transform with points of a group in place of field elements.</summary>
internal static class PointTransform<TField, TCurve, TFormat>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TFormat : struct, IPointFormat<TField, TCurve>
{
    /// <summary>Replaces "coefficients" by "values" at ω^0, ω^1, …; the same passes as <see cref="Butterflies{TField}"/>, over the cores.</summary>
    public static void Forward(JacobianPoint<TField, TCurve>[] points)
    {
        for (int half = points.Length / 2, blocks = 1; half > 0; half /= 2, blocks *= 2)
        {
            int length = half;
            Parallel.For(0, points.Length / 2, AllCores.Options, i =>
            {
                (int block, int column) = Math.DivRem(i, length);
                ref JacobianPoint<TField, TCurve> first = ref points[2 * block * length + column], second = ref points[(2 * block + 1) * length + column];
                JacobianPoint<TField, TCurve> product = block == 0 || second.IsInfinity ? second : TFormat.Multiply(second, RootsOfUnity<Fr>.Factor(block));
                second = first - product;
                first += product;
            });
        }
        BitReversal.Permute<JacobianPoint<TField, TCurve>>(points);
    }

    /// <summary>Replaces "values" by "coefficients" times the number of points: the caller has divided its scalars.</summary>
    public static void InverseUnscaled(JacobianPoint<TField, TCurve>[] points)
    {
        Forward(points);
        Array.Reverse(points, 1, points.Length - 1);
    }
}
