using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>Vectors of a ceremony's points, multiplied and compared.</summary>
/// <typeparam name="TField">The curve's field.</typeparam>
/// <typeparam name="TCurve">The curve.</typeparam>
/// <typeparam name="TFormat">The group.</typeparam>
internal static class PointScaling<TField, TCurve, TFormat>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TFormat : struct, IPointFormat<TField, TCurve>
{
    private const int PointsAtOnce = 1 << 16;
    private const int CoefficientBytes = 16;

    /// <summary>The points of a vector, the one of number i times first·ratio^i.</summary>
    /// <remarks>Every point read is checked: multiples of one outside the group would give part of the factor away.</remarks>
    public static VectorSource<TField, TCurve> Multiplied(PointVector vector, Fr first, Fr ratio) => new(vector.Count, (from, points) =>
    {
        vector.ReadFew<TField, TCurve, TFormat>(from, points, checkSubgroup: true);
        JacobianPoint<TField, TCurve>[] multiples = new JacobianPoint<TField, TCurve>[points.Length];
        Fr factor = first * FieldPowers.Power(ratio, [(ulong)from]);
        for (int i = 0; i < multiples.Length; i++, factor *= ratio)
            multiples[i] = TFormat.Multiply(points[i].ToJacobian(), factor);
        JacobianPoint<TField, TCurve>.ToAffine(multiples, points);
    });

    /// <summary>All points of a vector times one number.</summary>
    public static JacobianPoint<TField, TCurve>[] ReadMultiplied(PointVector vector, Fr factor)
    {
        JacobianPoint<TField, TCurve>[] multiples = new JacobianPoint<TField, TCurve>[vector.Count];
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(vector.Count, PointsAtOnce)];
        for (int done = 0; done < multiples.Length;)
        {
            int first = done, count = Math.Min(points.Length, multiples.Length - done);
            vector.Read<TField, TCurve, TFormat>(first, points.AsMemory(0, count));
            Parallel.For(0, count, AllCores.Options, i => multiples[first + i] = TFormat.Multiply(points[i].ToJacobian(), factor));
            done += count;
        }
        return multiples;
    }

    /// <summary>Σ z_i·P_i and Σ z_i·P_(i+1) over a vector's neighbours with random z_i of 128 bits: the second is τ times the first for powers of τ, and hardly ever else.</summary>
    public static (AffinePoint<TField, TCurve> Lower, AffinePoint<TField, TCurve> Upper) SumNeighbours(PointVector vector)
    {
        JacobianPoint<TField, TCurve> lower = default, upper = default;
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(vector.Count, PointsAtOnce)];
        for (int done = 0; done < vector.Count - 1;)
        {
            int pairs = Math.Min(points.Length - 1, vector.Count - 1 - done);
            vector.Read<TField, TCurve, TFormat>(done, points.AsMemory(0, pairs + 1), checkSubgroup: true);
            Fr[] coefficients = RandomCoefficients(pairs);
            lower += MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points.AsMemory(0, pairs), coefficients);
            upper += MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points.AsMemory(1, pairs), coefficients);
            done += pairs;
        }
        return (lower.ToAffine(), upper.ToAffine());
    }

    /// <summary>Σ z_i·P_i and Σ z_i·Q_i over two vectors of one length with random z_i of 128 bits.</summary>
    public static (AffinePoint<TField, TCurve> First, AffinePoint<TField, TCurve> Second) SumBoth(PointVector first, PointVector second)
    {
        JacobianPoint<TField, TCurve> sum = default, otherSum = default;
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(first.Count, PointsAtOnce)];
        for (int done = 0; done < first.Count;)
        {
            int count = Math.Min(points.Length, first.Count - done);
            Fr[] coefficients = RandomCoefficients(count);
            first.Read<TField, TCurve, TFormat>(done, points.AsMemory(0, count), checkSubgroup: true);
            sum += MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points.AsMemory(0, count), coefficients);
            second.Read<TField, TCurve, TFormat>(done, points.AsMemory(0, count), checkSubgroup: true);
            otherSum += MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points.AsMemory(0, count), coefficients);
            done += count;
        }
        return (sum.ToAffine(), otherSum.ToAffine());
    }

    /// <summary>One point of a vector.</summary>
    public static AffinePoint<TField, TCurve> ReadOne(PointVector vector, long number)
    {
        AffinePoint<TField, TCurve>[] point = new AffinePoint<TField, TCurve>[1];
        vector.Read<TField, TCurve, TFormat>(number, point, checkSubgroup: true);
        return point[0];
    }

    private static Fr[] RandomCoefficients(int count)
    {
        byte[] bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(count * CoefficientBytes);
        Fr[] coefficients = new Fr[count];
        for (int i = 0; i < count; i++)
            coefficients[i] = Fr.Reduce(bytes.AsSpan(i * CoefficientBytes, CoefficientBytes));
        return coefficients;
    }
}
