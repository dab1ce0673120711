using System.Numerics;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;

namespace Flashback.Foundation.Tests.Cryptography;

public sealed class G1Tests : GroupLaws<Fp, G1Curve, Fr>
{
    [Fact]
    public void Multiplication_by_halves_agrees_with_doubling_and_adding()
    {
        for (int i = 0; i < 20; i++)
        {
            BigInteger scalar = Random.Integer(Order);
            G1Point p = Any();
            Assert.Equal(DoubleAndAdd(p, scalar), G1.Multiply(p, Integers.ToField<Fr>(scalar)));
        }
    }

    [Fact]
    public void The_subgroup_check_finds_exactly_the_points_of_order_r()
    {
        int outside = 0;
        for (int i = 0; i < 10; i++)
        {
            G1Affine candidate = PointsOnCurve.Any<Fp, G1Curve>(() => Random.Element<Fp>());
            bool inside = DoubleAndAdd(candidate.ToJacobian(), Order).IsInfinity;
            Assert.Equal(inside, G1.IsInSubgroup(candidate));
            outside += inside ? 0 : 1;
            G1Affine cleared = G1.ClearCofactor(candidate.ToJacobian()).ToAffine();
            Assert.True(cleared.IsOnCurve && G1.IsInSubgroup(cleared) && DoubleAndAdd(cleared.ToJacobian(), Order).IsInfinity);
        }
        Assert.True(outside > 5);
        Assert.True(G1.IsInSubgroup(default));
        // (0, 2) is of order three.
        Assert.False(G1.IsInSubgroup(new(Fp.Zero, Fp.From(2))));
    }
}

public sealed class G2Tests : GroupLaws<Fp2, G2Curve, Fr>
{
    [Fact]
    public void Multiplication_by_quarters_agrees_with_doubling_and_adding()
    {
        for (int i = 0; i < 20; i++)
        {
            BigInteger scalar = Random.Integer(Order);
            G2Point p = Any();
            Assert.Equal(DoubleAndAdd(p, scalar), G2.Multiply(p, Integers.ToField<Fr>(scalar)));
        }
    }

    [Fact]
    public void The_subgroup_check_finds_exactly_the_points_of_order_r()
    {
        int outside = 0;
        for (int i = 0; i < 10; i++)
        {
            G2Affine candidate = PointsOnCurve.Any<Fp2, G2Curve>(() => new Fp2(Random.Element<Fp>(), Random.Element<Fp>()));
            bool inside = DoubleAndAdd(candidate.ToJacobian(), Order).IsInfinity;
            Assert.Equal(inside, G2.IsInSubgroup(candidate));
            outside += inside ? 0 : 1;
            G2Affine cleared = G2.ClearCofactor(candidate.ToJacobian()).ToAffine();
            Assert.True(cleared.IsOnCurve && G2.IsInSubgroup(cleared) && DoubleAndAdd(cleared.ToJacobian(), Order).IsInfinity);
        }
        Assert.True(outside > 5);
        Assert.True(G2.IsInSubgroup(default));
    }
}

/// <summary>Points of a curve, nearly never in the subgroup.</summary>
internal static class PointsOnCurve
{
    public static AffinePoint<TField, TCurve> Any<TField, TCurve>(Func<TField> abscissa)
        where TField : struct, Flashback.Cryptography.Fields.IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        while (true)
        {
            TField x = abscissa();
            if (AffinePoint<TField, TCurve>.RightHandSide(x).TrySquareRoot(out TField y))
                return new(x, y);
        }
    }
}
