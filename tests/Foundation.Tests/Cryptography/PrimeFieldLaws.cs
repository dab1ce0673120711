using System.Numerics;
using Flashback.Cryptography.Fields;

namespace Flashback.Foundation.Tests.Cryptography;

/// <summary>What holds in every prime field: its arithmetic is that of integers modulo p.</summary>
public abstract class PrimeFieldLaws<TField> : FieldLaws<TField>
    where TField : struct, IPrimeField<TField>
{
    private const int Rounds = 1000;

    private readonly Randomness _random = Randomness.Fresh();
    private readonly BigInteger _p = Integers.Modulus<TField>();

    private protected override TField Element(Randomness random) => random.Element<TField>();

    [Fact]
    public void Arithmetic_is_that_of_integers_modulo_p()
    {
        for (int i = 0; i < Rounds; i++)
        {
            BigInteger x = _random.Integer(_p), y = _random.Integer(_p), z = _random.Integer(_p), w = _random.Integer(_p);
            TField a = Integers.ToField<TField>(x), b = Integers.ToField<TField>(y);
            TField c = Integers.ToField<TField>(z), d = Integers.ToField<TField>(w);
            Assert.Equal((x + y) % _p, Integers.Of(a + b));
            Assert.Equal((x - y + _p) % _p, Integers.Of(a - b));
            Assert.Equal((_p - x) % _p, Integers.Of(-a));
            Assert.Equal(x * y % _p, Integers.Of(a * b));
            Assert.Equal(x * x % _p, Integers.Of(a.Square()));
            Assert.Equal((x * y + z * w) % _p, Integers.Of(TField.SumOfProducts(a, b, c, d)));
            Assert.Equal(BigInteger.ModPow(x, _p - 2, _p), Integers.Of(a.Inverse()));
            Assert.Equal((int)(x & 1), a.Sign);
        }
    }

    [Fact]
    public void The_extreme_elements_do_not_overflow()
    {
        TField top = Integers.ToField<TField>(_p - 1);
        Assert.Equal(TField.One, top * top);
        Assert.Equal(TField.One, top.Square());
        Assert.Equal(TField.One + TField.One, TField.SumOfProducts(top, top, top, top));
        Assert.Equal(_p - 2, Integers.Of(top + top));
        Assert.Equal(top, top.Inverse());
        Assert.Equal(_p.GetBitLength(), TField.Bits);
    }

    [Fact]
    public void Legendre_and_square_roots_follow_Euler()
    {
        Assert.Equal(-1, FieldPowers.Legendre(TField.Generator));
        Assert.Equal(0, FieldPowers.Legendre(TField.Zero));
        for (int i = 0; i < 40; i++)
        {
            BigInteger x = _random.Integer(_p);
            TField a = Integers.ToField<TField>(x);
            BigInteger euler = BigInteger.ModPow(x, (_p - 1) / 2, _p);
            Assert.Equal(euler.IsZero ? 0 : euler.IsOne ? 1 : -1, FieldPowers.Legendre(a));
            Assert.Equal(euler.IsZero || euler.IsOne, a.TrySquareRoot(out TField root));
            Assert.True(euler.IsZero || euler.IsOne || root.IsZero);
        }
    }

    [Fact]
    public void Rejects_integers_from_the_modulus_up()
    {
        int size = TField.EncodedSize;
        foreach (BigInteger value in new[] { _p, _p + 1, (BigInteger.One << (8 * size)) - 1 })
        {
            byte[] bytes = new byte[size];
            value.ToByteArray(isUnsigned: true, isBigEndian: false).CopyTo(bytes, 0);
            Assert.False(TField.TryDecodeLittleEndian(bytes, out _));
            Array.Reverse(bytes);
            Assert.False(TField.TryDecode(bytes, out _));
            Assert.False(TField.TryFromLimbs(Integers.ToLimbs(value, TField.LimbCount), out _));
        }
        Assert.False(TField.TryFromLimbs(new ulong[TField.LimbCount - 1], out _));
        Assert.False(TField.TryDecodeLittleEndian(new byte[size + 1], out _));
    }

    [Fact]
    public void Both_byte_orders_hold_the_integer()
    {
        byte[] big = new byte[TField.EncodedSize], little = new byte[TField.EncodedSize];
        for (int i = 0; i < 100; i++)
        {
            BigInteger x = _random.Integer(_p);
            TField a = Integers.ToField<TField>(x);
            a.Encode(big);
            a.EncodeLittleEndian(little);
            Assert.Equal(x, new BigInteger(big, isUnsigned: true, isBigEndian: true));
            Assert.Equal(x, new BigInteger(little, isUnsigned: true));
            Assert.True(TField.TryDecodeLittleEndian(little, out TField back));
            Assert.Equal(a, back);
        }
    }

    [Fact]
    public void Reduces_integers_of_up_to_two_elements()
    {
        for (int length = 0; length <= 2 * TField.EncodedSize; length++)
        {
            byte[] bytes = length % 5 == 0 ? [.. Enumerable.Repeat((byte)0xff, length)] : _random.Bytes(length);
            Assert.Equal(new BigInteger(bytes, isUnsigned: true, isBigEndian: true) % _p, Integers.Of(TField.Reduce(bytes)));
        }
        Assert.Throws<ArgumentException>(() => TField.Reduce(new byte[2 * TField.EncodedSize + 1]));
        Assert.Equal(ulong.MaxValue, Integers.Of(TField.From(ulong.MaxValue)));
    }
}

/// <summary>The base field of BLS12-381.</summary>
public sealed class FpTests : PrimeFieldLaws<Fp>;

/// <summary>The scalar field of BLS12-381: 255 bits, p − 1 divisible by 2^32.</summary>
public sealed class FrTests : PrimeFieldLaws<Fr>;

/// <summary>A prime with its top bit set, so that sums and rows carry out of four limbs: 2^256 − 189.</summary>
public sealed class FullWidthFieldTests : PrimeFieldLaws<Montgomery256<FullWidthFieldTests.Modulus>>
{
    public readonly struct Modulus : IModulus256
    {
        public static ulong P0 => ulong.MaxValue - 188;
        public static ulong P1 => ulong.MaxValue;
        public static ulong P2 => ulong.MaxValue;
        public static ulong P3 => ulong.MaxValue;
        public static ulong Generator => 2;
    }
}

/// <summary>A prime of 254 bits, where sums of two products share a reduction in four limbs: the base field of BN254.</summary>
public sealed class NarrowFieldTests : PrimeFieldLaws<Montgomery256<NarrowFieldTests.Modulus>>
{
    public readonly struct Modulus : IModulus256
    {
        public static ulong P0 => 0x3c208c16d87cfd47;
        public static ulong P1 => 0x97816a916871ca8d;
        public static ulong P2 => 0xb85045b68181585d;
        public static ulong P3 => 0x30644e72e131a029;
        public static ulong Generator => 3;
    }
}
