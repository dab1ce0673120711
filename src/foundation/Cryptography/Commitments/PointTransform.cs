using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Polynomials;

namespace Flashback.Cryptography;

/// <summary>The number-theoretic transform with points of G1 in place of field elements, for a few hundred points.</summary>
internal static class PointTransform
{
    /// <summary>Replaces "coefficients" by "values" at ω^0, ω^1, …; the same passes as <see cref="Butterflies{TField}"/>, over the cores.</summary>
    public static void Forward(G1Point[] points)
    {
        for (int half = points.Length / 2, blocks = 1; half > 0; half /= 2, blocks *= 2)
        {
            int length = half;
            Parallel.For(0, points.Length / 2, i =>
            {
                (int block, int column) = Math.DivRem(i, length);
                ref G1Point first = ref points[2 * block * length + column], second = ref points[(2 * block + 1) * length + column];
                G1Point product = block == 0 || second.IsInfinity ? second : G1.Multiply(second, RootsOfUnity<Fr>.Factor(block));
                second = first - product;
                first += product;
            });
        }
        BitReversal.Permute<G1Point>(points);
    }

    /// <summary>Replaces "values" by "coefficients" times the number of points: the caller has divided its scalars.</summary>
    public static void InverseUnscaled(G1Point[] points)
    {
        Forward(points);
        Array.Reverse(points, 1, points.Length - 1);
    }
}
