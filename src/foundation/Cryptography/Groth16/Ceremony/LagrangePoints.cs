using System.Numerics;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Cryptography.R1cs;

namespace Flashback.Cryptography.Groth16;

/// <summary>The domain's Lagrange polynomials at τ as points of a group, perhaps times α or β, and sums of them by a circuit's columns.</summary>
internal sealed class LagrangePoints<TField, TCurve, TFormat>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TFormat : struct, IPointFormat<TField, TCurve>
{
    private readonly AffinePoint<TField, TCurve>[] _points;

    /// <param name="powers">τ^0, τ^1, … as points, perhaps times α or β; as many as the domain has points.</param>
    /// <param name="inverseSize">One by their number.</param>
    public LagrangePoints(PointVector powers, in Fr inverseSize)
    {
        JacobianPoint<TField, TCurve>[] points = PointScaling<TField, TCurve, TFormat>.ReadMultiplied(powers, inverseSize);
        PointTransform<TField, TCurve, TFormat>.InverseUnscaled(points);
        _points = new AffinePoint<TField, TCurve>[points.Length];
        JacobianPoint<TField, TCurve>.ToAffine(points, _points);
    }

    /// <summary>L_row(τ).</summary>
    public ref readonly AffinePoint<TField, TCurve> this[int row] => ref _points[row];

    /// <summary>Σ coefficient·L_row(τ) over a column's terms.</summary>
    public JacobianPoint<TField, TCurve> Sum(SparseColumns columns, int column)
    {
        ReadOnlySpan<int> rows = columns.Rows(column), numbers = columns.Numbers(column);
        JacobianPoint<TField, TCurve> sum = default;
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly AffinePoint<TField, TCurve> point = ref _points[rows[i]];
            sum = numbers[i] switch
            {
                CoefficientTable.One => sum + point,
                CoefficientTable.MinusOne => sum - point,
                _ => sum + Multiply(point.ToJacobian(), columns[numbers[i]]),
            };
        }
        return sum;
    }

    /// <summary>Powers of two, which packing multiplies by, take a doubling for each bit.</summary>
    private static JacobianPoint<TField, TCurve> Multiply(JacobianPoint<TField, TCurve> point, in Fr coefficient)
    {
        Span<ulong> limbs = stackalloc ulong[Fr.LimbCount];
        coefficient.CopyTo(limbs);
        int ones = 0, bits = 0;
        for (int i = 0; i < limbs.Length; i++)
        {
            ones += BitOperations.PopCount(limbs[i]);
            if (limbs[i] != 0)
                bits = (i * 64) + BitOperations.Log2(limbs[i]);
        }
        if (ones != 1)
            return TFormat.Multiply(point, coefficient);
        for (; bits > 0; bits--)
            point = point.Double();
        return point;
    }
}
