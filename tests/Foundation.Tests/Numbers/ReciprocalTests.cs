using System.Numerics;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Numbers;

public class ReciprocalTests
{
    private const ulong HighestBit = 1UL << 63;

    [Fact]
    public void Of_one_word_is_the_floor_both_by_the_processor_and_by_Newton() => Seeds.Check(random =>
    {
        ulong[] edges = [HighestBit, HighestBit + 1, ulong.MaxValue, ulong.MaxValue - 1, 0xC000000000000000, HighestBit | 0xffffffff];
        foreach (ulong divisor in edges.Concat(Enumerable.Range(0, 100_000).Select(_ => (ulong)random.NextInt64() | HighestBit)))
        {
            ulong expected = (ulong)(((BigInteger.One << 128) - 1) / divisor - (BigInteger.One << 64));
            Assert.Equal(expected, Reciprocal.Of(divisor));
            Assert.Equal(expected, Reciprocal.ByNewton(divisor));
        }
    });

    [Fact]
    public void Of_two_words_is_the_floor() => Seeds.Check(random =>
    {
        ulong[] lows = [0, 1, ulong.MaxValue, HighestBit];
        for (int i = 0; i < 100_000; i++)
        {
            ulong high = i % 5 == 0 ? ulong.MaxValue : (ulong)random.NextInt64() | HighestBit;
            ulong low = i % 3 == 0 ? lows[i % 4] : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            BigInteger divisor = ((BigInteger)high << 64) + low;
            Assert.Equal((ulong)(((BigInteger.One << 192) - 1) / divisor - (BigInteger.One << 64)), Reciprocal.Of(high, low));
        }
    });
}
