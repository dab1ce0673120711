using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery256<TModulus>
{
    /// <summary>Σ a[i]·b[i], reduced once: for long sums half the work of as many products.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    [SkipLocalsInit] // the unrolled columns have many temporaries, all written before they are read
    public static Montgomery256<TModulus> DotProduct(ReadOnlySpan<Montgomery256<TModulus>> a, ReadOnlySpan<Montgomery256<TModulus>> b)
    {
        if (a.Length != b.Length)
            throw new ArgumentException($"{a.Length} elements have no dot product with {b.Length}");
        if (IsFullWidth)
            return SumProducts(a, b);
        Montgomery256<TModulus> sum = default;
        for (int i = 0; i < a.Length; i += LongestSum)
        {
            int count = Math.Min(LongestSum, a.Length - i);
            sum += SumAndReduce(a.Slice(i, count), b.Slice(i, count));
        }
        return sum;
    }

    /// <summary>So many products stay below 16·p·2^256, the most that four bits above the modulus leave room for.</summary>
    private const int LongestSum = 16;

    private static Montgomery256<TModulus> SumProducts(ReadOnlySpan<Montgomery256<TModulus>> a, ReadOnlySpan<Montgomery256<TModulus>> b)
    {
        Montgomery256<TModulus> sum = default;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    /// <summary>The sum column by column: all products that end up in one limb are added in three registers before the next limb is begun.</summary>
    [SkipLocalsInit] // as above
    private static Montgomery256<TModulus> SumAndReduce(ReadOnlySpan<Montgomery256<TModulus>> a, ReadOnlySpan<Montgomery256<TModulus>> b)
    {
        b = b[..a.Length];
        ulong low = 0, middle = 0, high = 0;
        for (int i = 0; i < a.Length; i++)
            Accumulate(a[i]._0, b[i]._0, ref low, ref middle, ref high);
        ulong t0 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
        {
            Accumulate(a[i]._0, b[i]._1, ref low, ref middle, ref high);
            Accumulate(a[i]._1, b[i]._0, ref low, ref middle, ref high);
        }
        ulong t1 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
        {
            Accumulate(a[i]._0, b[i]._2, ref low, ref middle, ref high);
            Accumulate(a[i]._1, b[i]._1, ref low, ref middle, ref high);
            Accumulate(a[i]._2, b[i]._0, ref low, ref middle, ref high);
        }
        ulong t2 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
        {
            Accumulate(a[i]._0, b[i]._3, ref low, ref middle, ref high);
            Accumulate(a[i]._1, b[i]._2, ref low, ref middle, ref high);
            Accumulate(a[i]._2, b[i]._1, ref low, ref middle, ref high);
            Accumulate(a[i]._3, b[i]._0, ref low, ref middle, ref high);
        }
        ulong t3 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
        {
            Accumulate(a[i]._1, b[i]._3, ref low, ref middle, ref high);
            Accumulate(a[i]._2, b[i]._2, ref low, ref middle, ref high);
            Accumulate(a[i]._3, b[i]._1, ref low, ref middle, ref high);
        }
        ulong t4 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
        {
            Accumulate(a[i]._2, b[i]._3, ref low, ref middle, ref high);
            Accumulate(a[i]._3, b[i]._2, ref low, ref middle, ref high);
        }
        ulong t5 = Shift(ref low, ref middle, ref high);
        for (int i = 0; i < a.Length; i++)
            Accumulate(a[i]._3, b[i]._3, ref low, ref middle, ref high);

        // The lower half becomes zero modulo 2^256 and what it carries is below p; the upper half, low and middle on top, is below 16·p.
        ReduceRow(ref t0, ref t1, ref t2, ref t3);
        ReduceRow(ref t0, ref t1, ref t2, ref t3);
        ReduceRow(ref t0, ref t1, ref t2, ref t3);
        ReduceRow(ref t0, ref t1, ref t2, ref t3);
        ulong carry = 0;
        t0 = WideMath.AddCarry(t0, t4, ref carry);
        t1 = WideMath.AddCarry(t1, t5, ref carry);
        t2 = WideMath.AddCarry(t2, low, ref carry);
        t3 = WideMath.AddCarry(t3, middle, ref carry);
        return SubtractMultiple(t0, t1, t2, t3, high + carry);
    }

    /// <summary>(high, middle, low) += x·y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks
    private static void Accumulate(ulong x, ulong y, ref ulong low, ref ulong middle, ref ulong high)
    {
        ulong product = x * y;
        low += product;
        ulong upper = WideMath.MultiplyHigh(x, y) + (low < product ? 1UL : 0UL); // the upper half of a product is never all ones
        middle += upper;
        high += middle < upper ? 1UL : 0UL;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks
    private static ulong Shift(ref ulong low, ref ulong middle, ref ulong high)
    {
        ulong limb = low;
        (low, middle, high) = (middle, high, 0);
        return limb;
    }

    /// <summary>Takes off the modulus as often as it goes into five limbs of at most 17·p.</summary>
    /// <remarks>
    /// With s bits in p and the quotient by 2^s as an estimate, what remains is below 2^s + 17·(2^s − p); only for a p just above half of 2^s
    /// is that more than twice p, so the loop runs once or twice for the fields here.
    /// </remarks>
    private static Montgomery256<TModulus> SubtractMultiple(ulong t0, ulong t1, ulong t2, ulong t3, ulong t4)
    {
        int spare = 256 - Bits;
        while (true)
        {
            ulong quotient = (t4 << spare) | (t3 >> (64 - spare));
            if (quotient == 0)
                return SubtractModulusOnce(t0, t1, t2, t3, 0);
            ulong upper = 0, borrow = 0;
            ulong m0 = WideMath.MultiplyAdd(TModulus.P0, quotient, upper, out upper);
            ulong m1 = WideMath.MultiplyAdd(TModulus.P1, quotient, upper, out upper);
            ulong m2 = WideMath.MultiplyAdd(TModulus.P2, quotient, upper, out upper);
            ulong m3 = WideMath.MultiplyAdd(TModulus.P3, quotient, upper, out upper);
            t0 = WideMath.SubtractBorrow(t0, m0, ref borrow);
            t1 = WideMath.SubtractBorrow(t1, m1, ref borrow);
            t2 = WideMath.SubtractBorrow(t2, m2, ref borrow);
            t3 = WideMath.SubtractBorrow(t3, m3, ref borrow);
            t4 -= upper + borrow;
        }
    }
}
