using System.Numerics;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Pairings;
using Field = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>;
using Field2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>;
using FirstGroup = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using Scalar = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254OrderModulus>;
using SecondGroup = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;
using Target = Flashback.Cryptography.Fields.Fp12<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254Tower>;

namespace Flashback.Foundation.Tests.Cryptography;

public sealed class Bn254FieldTests : PrimeFieldLaws<Field>;

public sealed class Bn254OrderTests : PrimeFieldLaws<Scalar>;

public sealed class Bn254G1Tests : GroupLaws<Field, Bn254G1Curve, Scalar>;

public sealed class Bn254G2Tests : GroupLaws<Field2, Bn254G2Curve, Scalar>;

public class Bn254Tests
{
    private readonly Randomness _random = Randomness.Fresh();

    private static FirstGroup First(Scalar scalar) => Multiple(FirstGroup.Generator, scalar);

    private static SecondGroup Second(Scalar scalar) => Multiple(SecondGroup.Generator, scalar);

    private static AffinePoint<TField, TCurve> Multiple<TField, TCurve>(AffinePoint<TField, TCurve> point, Scalar scalar)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        ulong[] limbs = new ulong[4];
        scalar.CopyTo(limbs);
        return LinearCombination.Multiply(point.ToJacobian(), limbs).ToAffine();
    }

    private static Target Power(Target value, BigInteger exponent)
    {
        Target power = Target.One;
        for (long bit = exponent.GetBitLength() - 1; bit >= 0; bit--)
        {
            power = power.Square();
            if (!((exponent >> (int)bit) & 1).IsZero)
                power *= value;
        }
        return power;
    }

    [Fact]
    public void The_pairing_is_bilinear_and_not_degenerate()
    {
        Target e = Bn254Pairing.Product([FirstGroup.Generator], [SecondGroup.Generator]);
        Assert.False(e.IsOne);
        Assert.True(Power(e, Integers.Modulus<Scalar>()).IsOne);
        for (int i = 0; i < 3; i++)
        {
            Scalar a = _random.Element<Scalar>(), b = _random.Element<Scalar>();
            Assert.Equal(Power(e, Integers.Of(a * b)), Bn254Pairing.Product([First(a)], [Second(b)]));
            Assert.True(Bn254Pairing.IsProductOne([First(a), First(-a * b), default], [Second(b), SecondGroup.Generator, Second(a)]));
            Assert.False(Bn254Pairing.IsProductOne([First(a), First(Scalar.One - a * b)], [Second(b), SecondGroup.Generator]));
        }
        Assert.True(Bn254Pairing.IsProductOne([], []));
        Assert.True(Bn254Pairing.IsProductOne([FirstGroup.Generator], [default]));
        Assert.Throws<ArgumentException>(() => Bn254Pairing.IsProductOne([FirstGroup.Generator], []));
    }

    [Fact]
    public void The_final_exponentiation_is_the_power_of_its_definition()
    {
        BigInteger p = Integers.Modulus<Field>(), x = 0x44e992b44a6909f1;
        Target f = Bn254Pairing.Miller([FirstGroup.Generator], [SecondGroup.Generator]);
        BigInteger exponent = 2 * x * (6 * x * x + 3 * x + 1) * ((BigInteger.Pow(p, 12) - 1) / Integers.Modulus<Scalar>());
        Assert.Equal(Power(f, exponent), Bn254Pairing.FinalExponentiation(f));
    }

    [Fact]
    public void Membership_is_that_of_the_order()
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.True(Bn254Groups.IsInSubgroup(Second(_random.Element<Scalar>())));
            SecondGroup stranger = PointOfTheTwist();
            bool expected = LinearCombination.Multiply(stranger.ToJacobian(), Scalar.Modulus).IsInfinity;
            Assert.Equal(expected, Bn254Groups.IsInSubgroup(stranger));
            Assert.False(expected); // the cofactor is as large as the order
        }
        Assert.True(Bn254Groups.IsInSubgroup(default));
    }

    private SecondGroup PointOfTheTwist()
    {
        while (true)
        {
            Field2 x = new(_random.Element<Field>(), _random.Element<Field>());
            if (SecondGroup.RightHandSide(x).TrySquareRoot(out Field2 y))
                return new(x, y);
        }
    }

    [Fact]
    public void Encodings_round_trip_and_refuse_all_else()
    {
        byte[] first = new byte[64], second = new byte[128];
        Assert.True(Bn254Groups.TryDecode(first, out FirstGroup none, out _) && none.IsInfinity);
        Assert.True(Bn254Groups.TryDecode(second, out SecondGroup nothing, out _) && nothing.IsInfinity);
        FirstGroup p = First(_random.Element<Scalar>() + Scalar.From(3).Inverse());
        SecondGroup q = Second(_random.Element<Scalar>() + Scalar.From(3).Inverse());
        Bn254Groups.Encode(p, first);
        Bn254Groups.Encode(q, second);
        Assert.True(Bn254Groups.TryDecode(first, out FirstGroup p2, out _));
        Assert.True(Bn254Groups.TryDecode(second, out SecondGroup q2, out _));
        Assert.Equal(p, p2);
        Assert.Equal(q, q2);

        AssertFaults(PointFault.Length, first[1..], second[1..]);
        Bn254Groups.Encode(PointOfTheTwist(), second);
        Assert.False(Bn254Groups.TryDecode(second, out q2, out PointFault fault));
        Assert.Equal((PointFault.NotInSubgroup, default), (fault, q2));
        first[63] ^= 1;
        second[127] ^= 1;
        AssertFaults(PointFault.NotOnCurve, first, second);
        Integers.Modulus<Field>().ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(first, 0);
        Integers.Modulus<Field>().ToByteArray(isUnsigned: true, isBigEndian: true).CopyTo(second, 32);
        AssertFaults(PointFault.CoordinateNotReduced, first, second);
    }

    private static void AssertFaults(PointFault expected, byte[] first, byte[] second)
    {
        Assert.False(Bn254Groups.TryDecode(first, out FirstGroup p, out PointFault fault));
        Assert.Equal((expected, default), (fault, p));
        Assert.False(Bn254Groups.TryDecode(second, out SecondGroup q, out fault));
        Assert.Equal((expected, default), (fault, q));
    }
}
