using System.Numerics;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>What holds in every group of points of prime order.</summary>
/// <typeparam name="TField">The field of the coordinates.</typeparam>
/// <typeparam name="TCurve">The curve.</typeparam>
/// <typeparam name="TScalar">The integers modulo the order.</typeparam>
public abstract class GroupLaws<TField, TCurve, TScalar>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
    where TScalar : struct, IPrimeField<TScalar>
{
    private const int Rounds = 20;

    private protected Randomness Random { get; } = Randomness.Fresh();

    private protected static BigInteger Order => Integers.Modulus<TScalar>();

    private protected static JacobianPoint<TField, TCurve> Generator => JacobianPoint<TField, TCurve>.Generator;

    private protected JacobianPoint<TField, TCurve> Any() => DoubleAndAdd(Generator, Random.Integer(Order));

    /// <summary>The slow twin of every multiplication.</summary>
    private protected static JacobianPoint<TField, TCurve> DoubleAndAdd(JacobianPoint<TField, TCurve> point, BigInteger scalar)
    {
        JacobianPoint<TField, TCurve> sum = default;
        for (long bit = scalar.GetBitLength() - 1; bit >= 0; bit--)
        {
            sum += sum;
            if (!((scalar >> (int)bit) & 1).IsZero)
                sum += point;
        }
        return sum;
    }

    [Fact]
    public void Addition_is_a_commutative_group()
    {
        Assert.True(JacobianPoint<TField, TCurve>.Infinity.ToAffine().IsInfinity);
        Assert.True(AffinePoint<TField, TCurve>.Infinity.IsOnCurve);
        for (int i = 0; i < Rounds; i++)
        {
            JacobianPoint<TField, TCurve> p = Any(), q = Any(), r = Any();
            Assert.True(p.ToAffine().IsOnCurve);
            Assert.Equal(p + q, q + p);
            Assert.Equal(p + q + r, p + (q + r));
            Assert.Equal(p, p + JacobianPoint<TField, TCurve>.Infinity);
            Assert.Equal(p, JacobianPoint<TField, TCurve>.Infinity + p);
            Assert.True((p - p).IsInfinity);
            Assert.Equal(p.Double(), p + p);
            Assert.Equal(p - q, p + -q);
        }
    }

    [Fact]
    public void Mixed_addition_equals_addition_in_all_special_cases()
    {
        JacobianPoint<TField, TCurve> p = Any() + Generator.Double(), q = Any() + Generator, none = default;
        foreach (JacobianPoint<TField, TCurve> a in new[] { p, q, none, p.Double() })
        {
            foreach (JacobianPoint<TField, TCurve> b in new[] { p, -p, q, none, p.Double() })
            {
                Assert.Equal(a + b, a + b.ToAffine());
                Assert.Equal(a - b, a - b.ToAffine());
            }
        }
    }

    [Fact]
    public void Batch_normalisation_equals_single_ones()
    {
        JacobianPoint<TField, TCurve>[] points = [Any(), default, Any().Double(), Generator, default];
        AffinePoint<TField, TCurve>[] affine = new AffinePoint<TField, TCurve>[points.Length];
        JacobianPoint<TField, TCurve>.ToAffine(points, affine);
        for (int i = 0; i < points.Length; i++)
        {
            Assert.Equal(points[i].ToAffine(), affine[i]);
            Assert.Equal(points[i], affine[i].ToJacobian());
        }
    }

    [Fact]
    public void The_generator_is_on_the_curve_and_has_the_order()
    {
        Assert.True(AffinePoint<TField, TCurve>.Generator.IsOnCurve);
        Assert.False(Generator.IsInfinity);
        Assert.True(DoubleAndAdd(Generator, Order).IsInfinity);
    }

    [Fact]
    public void Multiplications_agree_with_doubling_and_adding()
    {
        for (int i = 0; i < Rounds; i++)
        {
            BigInteger scalar = i switch { 0 => 0, 1 => 1, 2 => Order - 1, 3 => 15, 4 => 16, 5 => BigInteger.One << 64, _ => Random.Integer(Order) };
            ulong[] limbs = Integers.ToLimbs(scalar, TScalar.LimbCount);
            JacobianPoint<TField, TCurve> p = Any(), expected = DoubleAndAdd(p, scalar);
            Assert.Equal(expected, LinearCombination.Multiply(p, limbs));
            if (!p.IsInfinity)
                Assert.Equal(expected, SecretMultiplication.Multiply(p.ToAffine(), limbs));
        }
        ulong[] ones = [.. Enumerable.Repeat(ulong.MaxValue, TScalar.LimbCount)];
        Assert.Equal(DoubleAndAdd(Generator, Integers.FromLimbs(ones)), LinearCombination.Multiply(Generator, ones));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Sums_of_multiples_agree_with_single_multiples(int limbs)
    {
        JacobianPoint<TField, TCurve>[] points = [Any(), Any(), default, Generator, Generator];
        ulong[] scalars = [.. Enumerable.Range(0, points.Length * limbs).Select(_ => Random.Limb())];
        JacobianPoint<TField, TCurve> expected = default;
        for (int i = 0; i < points.Length; i++)
            expected += DoubleAndAdd(points[i], Integers.FromLimbs(scalars.AsSpan(i * limbs, limbs)));
        Assert.Equal(expected, LinearCombination.Sum<TField, TCurve>(points, scalars));
        Assert.Throws<ArgumentException>(() => LinearCombination.Sum<TField, TCurve>(points, new ulong[points.Length + 1]));
    }
}
