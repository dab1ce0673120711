using System.Numerics;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Pairings;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>What makes a pairing.</summary>
public class PairingTests
{
    private readonly Randomness _random = Randomness.Fresh();

    private static Fp12 E(G1Point p, G2Point q) => Pairing.Of(p.ToAffine(), q.ToAffine());

    [Fact]
    public void It_is_bilinear()
    {
        for (int i = 0; i < 4; i++)
        {
            Fr a = _random.Element<Fr>(), b = _random.Element<Fr>();
            G1Point p = G1.Multiply(G1Point.Generator, _random.Element<Fr>());
            G2Point q = G2.Multiply(G2Point.Generator, _random.Element<Fr>());
            Fp12 expected = TowerTests.Power(E(p, q), Integers.Of(a * b));
            Assert.Equal(expected, E(G1.Multiply(p, a), G2.Multiply(q, b)));
            Assert.Equal(expected, E(G1.Multiply(p, a * b), q));
            G1Point p2 = G1.Multiply(G1Point.Generator, a);
            Assert.Equal(E(p, q) * E(p2, q), E(p + p2, q));
        }
    }

    [Fact]
    public void It_is_not_degenerate_and_its_values_have_order_r()
    {
        Fp12 e = E(G1Point.Generator, G2Point.Generator);
        Assert.False(e.IsOne);
        Assert.True(TowerTests.Power(e, Integers.Modulus<Fr>()).IsOne);
        Assert.True(E(default, G2Point.Generator).IsOne);
        Assert.True(E(G1Point.Generator, default).IsOne);
    }

    [Fact]
    public void The_final_exponentiation_is_the_power_of_its_definition()
    {
        BigInteger p = Integers.Modulus<Fp>();
        Fp12 f = Pairing.Miller([G1Affine.Generator], [G2Affine.Generator]);
        BigInteger exponent = 3 * (BigInteger.Pow(p, 12) - 1) / Integers.Modulus<Fr>();
        Assert.Equal(TowerTests.Power(f, exponent), FinalExponentiation.Apply(f));
    }

    [Fact]
    public void Products_share_their_work_and_prepared_points_change_nothing()
    {
        Fr a = _random.Element<Fr>(), b = _random.Element<Fr>(), c = -(a * b + b);
        G1Affine[] p = [G1.Multiply(G1Point.Generator, a).ToAffine(), default, G1.Multiply(G1Point.Generator, b).ToAffine(), G1.Multiply(G1Point.Generator, c).ToAffine()];
        G2Affine[] q = [G2.Multiply(G2Point.Generator, b).ToAffine(), G2Affine.Generator, G2Affine.Generator, G2Affine.Generator];
        PreparedG2[] prepared = [.. q.Select(point => new PreparedG2(point))];
        Assert.True(Pairing.IsProductOne(p, q));
        Assert.True(Pairing.IsProductOne(p, prepared));
        p[0] = -p[0]; // which takes e(G, H)^(2ab) from the product
        Assert.Equal((a * b).IsZero, Pairing.IsProductOne(p, q));
        Assert.Equal((a * b).IsZero, Pairing.IsProductOne(p, prepared));
        Assert.True(Pairing.IsProductOne([], Array.Empty<G2Affine>()));
        Assert.Throws<ArgumentException>(() => Pairing.IsProductOne(p, q.AsSpan(1)));
    }
}
