using System.Numerics;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>The quadratic extension obeys the laws of fields.</summary>
public sealed class Fp2Tests : FieldLaws<Fp2>
{
    private protected override Fp2 Element(Randomness random) => random.Below(8) switch
    {
        0 => new(random.Element<Fp>(), Fp.Zero),
        1 => new(Fp.Zero, random.Element<Fp>()),
        _ => new(random.Element<Fp>(), random.Element<Fp>()),
    };

    [Fact]
    public void The_square_of_u_is_minus_one_and_conjugation_is_the_power_p()
    {
        Fp2 u = new(Fp.Zero, Fp.One);
        Assert.Equal(-Fp2.One, u.Square());
        Fp2 a = Element(Randomness.Fresh());
        Assert.Equal(FieldPowers.Power(a, Fp.Modulus), a.Conjugate());
        Assert.Equal(new Fp2(a.Norm(), Fp.Zero), a * a.Conjugate());
    }

    [Fact]
    public void Squares_are_told_by_their_norm()
    {
        Randomness random = Randomness.Fresh();
        for (int i = 0; i < 40; i++)
        {
            Fp2 a = Element(random);
            Assert.Equal(a.TrySquareRoot(out _), a.IsSquare);
        }
    }
}

public class TowerTests
{
    private readonly Randomness _random = Randomness.Fresh();

    private Fp2 Any2() => new(_random.Element<Fp>(), _random.Element<Fp>());

    private Fp6 Any6() => new(Any2(), Any2(), Any2());

    private Fp12 Any12() => new(Any6(), Any6());

    [Fact]
    public void The_generators_satisfy_their_equations()
    {
        Fp6 v = new(default, Fp2.One, default);
        Fp12 w = new(default, Fp6.One);
        Assert.Equal(new Fp6(Tower.NonResidue, default, default), v * v * v);
        Assert.Equal(new Fp12(v, default), w * w);
        Fp2 a = Any2();
        Assert.Equal(a * Tower.NonResidue, Tower.MultiplyByNonResidue(a));
    }

    [Fact]
    public void The_cubic_extension_is_a_field()
    {
        for (int i = 0; i < 50; i++)
        {
            Fp6 a = Any6(), b = Any6(), c = Any6();
            Assert.Equal(a * b, b * a);
            Assert.Equal(a * b * c, a * (b * c));
            Assert.Equal(a * (b + c), a * b + a * c);
            Assert.Equal(a - b, a + -b);
            Assert.Equal(Fp6.One, a * a.Inverse());
            Fp2 x = Any2(), y = Any2();
            Assert.Equal(a * new Fp6(x, y, default), a.MultiplyBySparse(x, y));
            Assert.Equal(a * new Fp6(default, y, default), a.MultiplyByV(y));
            Assert.Equal(a * new Fp6(default, Fp2.One, default), a.MultiplyByV());
            Assert.Equal(a * new Fp6(x, default, default), a * x);
        }
    }

    [Fact]
    public void The_extension_of_degree_twelve_is_a_field()
    {
        for (int i = 0; i < 50; i++)
        {
            Fp12 a = Any12(), b = Any12(), c = Any12();
            Assert.Equal(a * b, b * a);
            Assert.Equal(a * b * c, a * (b * c));
            Assert.Equal(a * a, a.Square());
            Assert.Equal(Fp12.One, a * a.Inverse());
            Fp2 l0 = Any2(), l1 = Any2(), l2 = Any2();
            Assert.Equal(a * new Fp12(new(l0, l1, default), new(default, l2, default)), a.MultiplyByLine(l0, l1, l2));
        }
    }

    [Fact]
    public void Frobenius_is_the_power_p()
    {
        Fp12 a = Any12();
        Assert.Equal(Power(a, Integers.Modulus<Fp>()), a.Frobenius());
        Fp12 six = a;
        for (int i = 0; i < 6; i++)
            six = six.Frobenius();
        Assert.Equal(a.Conjugate(), six);
    }

    [Fact]
    public void The_short_square_holds_in_the_cyclotomic_subgroup()
    {
        for (int i = 0; i < 20; i++)
        {
            Fp12 a = Any12(), b = a.Conjugate() * a.Inverse();
            Fp12 cyclotomic = b.Frobenius().Frobenius() * b;
            Assert.Equal(cyclotomic.Square(), cyclotomic.CyclotomicSquare());
            Assert.Equal(cyclotomic.Inverse(), cyclotomic.Conjugate());
        }
    }

    internal static Fp12 Power(Fp12 a, BigInteger exponent)
    {
        Fp12 result = Fp12.One;
        for (long bit = exponent.GetBitLength() - 1; bit >= 0; bit--)
        {
            result *= result;
            if (!((exponent >> (int)bit) & 1).IsZero)
                result *= a;
        }
        return result;
    }
}
