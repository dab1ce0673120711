using System.Numerics;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Numbers;

/// <summary>Every operation against BigInteger, over edge cases, all pairs of them, and random values of every shape.</summary>
public class UInt256Tests
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    public static TheoryData<string> Binary => [.. BinaryOperations.Keys];

    private static readonly Dictionary<string, (Func<UInt256, UInt256, UInt256> Ours, Func<BigInteger, BigInteger, BigInteger> Theirs)> BinaryOperations = new()
    {
        ["add"] = ((a, b) => a + b, (a, b) => a + b),
        ["sub"] = ((a, b) => a - b, (a, b) => a - b),
        ["mul"] = ((a, b) => a * b, (a, b) => a * b),
        ["div"] = ((a, b) => UInt256.Divide(a, b), (a, b) => b.IsZero ? 0 : a / b),
        ["mod"] = ((a, b) => UInt256.Modulo(a, b), (a, b) => b.IsZero ? 0 : a % b),
        ["sdiv"] = ((a, b) => UInt256.SignedDivide(a, b), (a, b) => b.IsZero ? 0 : BigInteger.Divide(Signed(a), Signed(b))),
        ["smod"] = ((a, b) => UInt256.SignedModulo(a, b), (a, b) => b.IsZero ? 0 : BigInteger.Remainder(Signed(a), Signed(b))),
        ["exp"] = ((a, b) => UInt256.Power(a, b), (a, b) => BigInteger.ModPow(a, b, Modulus)),
        ["and"] = ((a, b) => a & b, (a, b) => a & b),
        ["or"] = ((a, b) => a | b, (a, b) => a | b),
        ["xor"] = ((a, b) => a ^ b, (a, b) => a ^ b),
        ["lt"] = ((a, b) => a < b ? 1UL : 0, (a, b) => a < b ? 1 : 0),
        ["le"] = ((a, b) => a <= b ? 1UL : 0, (a, b) => a <= b ? 1 : 0),
        ["gt"] = ((a, b) => a > b ? 1UL : 0, (a, b) => a > b ? 1 : 0),
        ["ge"] = ((a, b) => a >= b ? 1UL : 0, (a, b) => a >= b ? 1 : 0),
        ["eq"] = ((a, b) => a == b ? 1UL : 0, (a, b) => a == b ? 1 : 0),
        ["slt"] = ((a, b) => UInt256.SignedLessThan(a, b) ? 1UL : 0, (a, b) => Signed(a) < Signed(b) ? 1 : 0),
        ["compare"] = ((a, b) => (ulong)(a.CompareTo(b) + 1), (a, b) => a.CompareTo(b) + 1),
        ["shl"] = ((a, b) => UInt256.ShiftLeft(a, b), (a, b) => b >= 256 ? 0 : a << (int)b),
        ["shr"] = ((a, b) => UInt256.ShiftRight(a, b), (a, b) => b >= 256 ? 0 : a >> (int)b),
        ["sar"] = ((a, b) => UInt256.ShiftRightSigned(a, b), (a, b) => Signed(a) >> (int)BigInteger.Min(b, 256)),
        ["byte"] = ((a, b) => UInt256.ByteAt(b, a), (a, b) => b >= 32 ? 0 : a >> (8 * (31 - (int)b)) & 0xff),
        ["signextend"] = ((a, b) => UInt256.SignExtend(b, a), (a, b) => b >= 31 ? a : Extended(a, (int)b)),
        ["add overflows"] = ((a, b) => UInt256.AddOverflows(a, b, out _) ? 1UL : 0, (a, b) => a + b >= Modulus ? 1 : 0),
        ["sub underflows"] = ((a, b) => UInt256.SubtractUnderflows(a, b, out _) ? 1UL : 0, (a, b) => a < b ? 1 : 0),
        ["mul overflows"] = ((a, b) => UInt256.MultiplyOverflows(a, b, out _) ? 1UL : 0, (a, b) => a * b >= Modulus ? 1 : 0),
        ["mul overflows product"] = ((a, b) => { UInt256.MultiplyOverflows(a, b, out UInt256 p); return p; }, (a, b) => a * b),
    };

    [Theory]
    [MemberData(nameof(Binary))]
    public void Agrees_with_BigInteger_on_two_operands(string name)
    {
        var (ours, theirs) = BinaryOperations[name];
        foreach (UInt256 a in Edges())
        {
            foreach (UInt256 b in Edges())
                AssertEqual(ours, theirs, a, b);
        }
        Seeds.Check(random =>
        {
            for (int i = 0; i < 20_000; i++)
                AssertEqual(ours, theirs, Any(random), i % 3 == 0 ? (ulong)random.Next(300) : Any(random));
        });
    }

    [Fact]
    public void Agrees_with_BigInteger_on_addmod_and_mulmod()
    {
        UInt256[] edges = [.. Edges()];
        Seeds.Check(random =>
        {
            for (int i = 0; i < 300_000; i++)
            {
                UInt256 a = Pick(random, edges), b = Pick(random, edges), m = Pick(random, edges);
                BigInteger wideA = (BigInteger)a, wideB = (BigInteger)b, wideM = (BigInteger)m;
                Assert.Equal(m.IsZero ? 0 : (wideA + wideB) % wideM, (BigInteger)UInt256.AddModulo(a, b, m));
                Assert.Equal(m.IsZero ? 0 : wideA * wideB % wideM, (BigInteger)UInt256.MultiplyModulo(a, b, m));
            }
        });
    }

    [Fact]
    public void Division_corrects_a_trial_digit_that_is_one_too_large()
    {
        // Dividends just below a multiple of the divisor, with full low words: the rare branch of Knuth's step D6.
        Seeds.Check(random =>
        {
            for (int i = 0; i < 100_000; i++)
            {
                BigInteger divisor = (BigInteger)Any(random) | 1;
                BigInteger dividend = ((BigInteger)Any(random) + 1) * divisor - 1;
                if (dividend >= Modulus)
                    dividend %= Modulus;
                UInt256 a = (UInt256)dividend, b = (UInt256)divisor;
                Assert.Equal(dividend / divisor, (BigInteger)UInt256.Divide(a, b));
                Assert.Equal(dividend % divisor, (BigInteger)UInt256.Modulo(a, b));
            }
        });
    }

    [Fact]
    public void Counts_bits_and_bytes()
    {
        foreach (UInt256 a in Edges())
        {
            int bits = (int)((BigInteger)a).GetBitLength();
            Assert.Equal(bits, a.BitLength);
            Assert.Equal(256 - bits, a.LeadingZeroCount);
            Assert.Equal((bits + 7) / 8, a.ByteLength);
            Assert.Equal(bits <= 64, a.FitsUInt64);
            Assert.Equal(((BigInteger)a).IsZero, a.IsZero);
            Assert.Equal(bits == 256, a.IsNegative);
            Assert.Equal(~a, UInt256.MaxValue - a);
            Assert.Equal(UInt256.Zero - a, -a);
        }
    }

    [Fact]
    public void Reads_what_it_writes_in_both_orders() => Seeds.Check(random =>
    {
        Span<byte> bytes = stackalloc byte[32];
        for (int i = 0; i < 1_000; i++)
        {
            UInt256 value = Any(random);
            value.WriteBigEndian(bytes);
            Assert.Equal(value, UInt256.ReadBigEndian(bytes));
            Assert.Equal(value, UInt256.ReadBigEndian(bytes[(32 - value.ByteLength)..]));
            Assert.Equal((BigInteger)value, new BigInteger(bytes, isUnsigned: true, isBigEndian: true));
            Assert.Equal(Hash32.Read(bytes), value.ToHash32());
            Assert.Equal(Address.Read(bytes[12..]), value.ToAddress());
            value.WriteLittleEndian(bytes);
            Assert.Equal(value, UInt256.ReadLittleEndian(bytes));
        }
    });

    [Fact]
    public void Fewer_bytes_are_those_with_zeros_before_them()
    {
        byte[] bytes = [.. Enumerable.Range(1, 32).Select(i => (byte)(i * 37))];
        for (int length = 0; length <= 32; length++)
            Assert.Equal(UInt256.ReadBigEndian([.. new byte[32 - length], .. bytes.AsSpan(32 - length)]), UInt256.ReadBigEndian(bytes.AsSpan(32 - length)));
    }

    [Fact]
    public void Rejects_more_than_32_bytes() => Assert.Throws<ArgumentException>(() => UInt256.ReadBigEndian(new byte[33]));

    [Theory]
    [InlineData(0UL, "0x0")]
    [InlineData(31UL, "0x1f")]
    [InlineData(0x1000UL, "0x1000")]
    public void Writes_hexadecimal_without_leading_zeros(ulong value, string text) => Assert.Equal(text, new UInt256(value).ToString());

    private static BigInteger Signed(BigInteger value) => value >= Modulus / 2 ? value - Modulus : value;

    private static BigInteger Extended(BigInteger value, int byteIndex)
    {
        BigInteger low = value & ((BigInteger.One << (8 * (byteIndex + 1))) - 1);
        return low >> (8 * byteIndex + 7) == 0 ? low : low - (BigInteger.One << (8 * (byteIndex + 1)));
    }

    private static void AssertEqual(
        Func<UInt256, UInt256, UInt256> ours, Func<BigInteger, BigInteger, BigInteger> theirs, UInt256 a, UInt256 b)
    {
        BigInteger expected = theirs((BigInteger)a, (BigInteger)b);
        UInt256 actual = ours(a, b);
        Assert.True((UInt256)expected == actual, $"of {a} and {b}: expected {(UInt256)expected}, came {actual}");
    }

    private static UInt256 Pick(Random random, UInt256[] edges) => random.Next(3) == 0 ? edges[random.Next(edges.Length)] : Any(random);

    /// <summary>A value whose words are random, all zeros or all ones, of any length: the shapes where carries and trial digits go wrong.</summary>
    private static UInt256 Any(Random random)
    {
        ulong Word() => random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue) };
        return new UInt256(Word(), Word(), Word(), Word()) >> random.Next(256);
    }

    private static IEnumerable<UInt256> Edges()
    {
        yield return UInt256.Zero;
        for (int bit = 0; bit < 256; bit += bit % 64 is 0 or 63 or 62 ? 1 : 15)
        {
            UInt256 power = UInt256.One << bit;
            yield return power;
            yield return power - UInt256.One;
            yield return power + UInt256.One;
            yield return -power;
        }
        yield return UInt256.MaxValue;
        yield return UInt256.MaxValue - UInt256.One;
        yield return new UInt256(0, ulong.MaxValue, 0, ulong.MaxValue);
    }
}
