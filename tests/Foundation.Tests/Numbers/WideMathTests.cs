using Flashback.Foundation.Tests.Cryptography;
using Flashback.Primitives;

namespace Flashback.Foundation.Tests;

public class WideMathTests
{
    private static readonly ulong[] Edges = [0, 1, 2, 1UL << 31, 1UL << 32, 1UL << 63, ulong.MaxValue - 1, ulong.MaxValue];

    [Fact]
    public void The_high_half_of_a_product_is_the_same_with_and_without_BMI2()
    {
        Randomness random = Randomness.Fresh();
        for (int i = 0; i < 10_000; i++)
        {
            ulong a = i < 64 ? Edges[i / 8] : random.Limb(), b = i < 64 ? Edges[i % 8] : random.Limb();
            ulong expected = (ulong)(((UInt128)a * b) >> 64);
            Assert.Equal(expected, WideMath.MultiplyHighPortable(a, b));
            Assert.Equal(expected, WideMath.MultiplyHigh(a, b));
        }
    }

    [Fact]
    public void Carries_and_borrows_hold_at_the_edges()
    {
        foreach (ulong a in Edges)
        foreach (ulong b in Edges)
        foreach (ulong t in Edges)
        foreach (ulong c in Edges)
        {
            ulong carry = c & 1;
            UInt128 sum = (UInt128)a + b + carry;
            Assert.Equal((ulong)sum, WideMath.AddCarry(a, b, ref carry));
            Assert.Equal((ulong)(sum >> 64), carry);

            ulong borrow = c & 1;
            UInt128 difference = (UInt128)a - b - borrow;
            Assert.Equal((ulong)difference, WideMath.SubtractBorrow(a, b, ref borrow));
            Assert.Equal((ulong)(difference >> 64) & 1, borrow);

            UInt128 product = (UInt128)a * b + t + c;
            Assert.Equal((ulong)product, WideMath.MultiplyAdd(a, b, t, c, out ulong high));
            Assert.Equal((ulong)(product >> 64), high);
            Assert.Equal((ulong)((UInt128)a * b + t), WideMath.MultiplyAdd(a, b, t, out high));
            Assert.Equal((ulong)(((UInt128)a * b + t) >> 64), high);
        }
    }
}
