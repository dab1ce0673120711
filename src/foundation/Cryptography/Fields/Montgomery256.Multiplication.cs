using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery256<TModulus>
{
    /// <summary>Montgomery's product a·b/2^256: one row of the product and one reduction step for each limb of <paramref name="b"/>.</summary>
    /// <remarks><paramref name="b"/> may be any four limbs; the result is below p all the same.</remarks>
    [SkipLocalsInit] // the unrolled rows have many temporaries, all written before they are read
    public static Montgomery256<TModulus> operator *(in Montgomery256<TModulus> a, in Montgomery256<TModulus> b)
    {
        if (IsFullWidth)
            return MultiplyFullWidth(a, b);
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        MultiplyRow(a0, a1, a2, a3, b._0, ref t0, ref t1, ref t2, ref t3);
        MultiplyRow(a0, a1, a2, a3, b._1, ref t0, ref t1, ref t2, ref t3);
        MultiplyRow(a0, a1, a2, a3, b._2, ref t0, ref t1, ref t2, ref t3);
        MultiplyRow(a0, a1, a2, a3, b._3, ref t0, ref t1, ref t2, ref t3);
        return SubtractModulusOnce(t0, t1, t2, t3, 0);
    }

    /// <inheritdoc/>
    /// <remarks>Both products of a limb go in before its reduction step, so that two products cost one reduction.</remarks>
    [SkipLocalsInit] // as above
    public static Montgomery256<TModulus> SumOfProducts(in Montgomery256<TModulus> a, in Montgomery256<TModulus> b, in Montgomery256<TModulus> c, in Montgomery256<TModulus> d)
    {
        if (TModulus.P3 >> 62 != 0)
            return a * b + c * d; // three times p does not fit four limbs
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0;
        SumRow(a, b._0, c, d._0, ref t0, ref t1, ref t2, ref t3);
        SumRow(a, b._1, c, d._1, ref t0, ref t1, ref t2, ref t3);
        SumRow(a, b._2, c, d._2, ref t0, ref t1, ref t2, ref t3);
        SumRow(a, b._3, c, d._3, ref t0, ref t1, ref t2, ref t3);
        return SubtractModulusOnce(t0, t1, t2, t3, 0);
    }

    /// <inheritdoc/>
    /// <remarks>The products off the diagonal are computed once and doubled; then the lower half is reduced and the upper half added.</remarks>
    [SkipLocalsInit] // as above
    public static Montgomery256<TModulus> Square(in Montgomery256<TModulus> a)
    {
        if (IsFullWidth)
            return MultiplyFullWidth(a, a);
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3;
        ulong carry = 0;
        ulong r1 = WideMath.MultiplyAdd(a0, a1, carry, out carry);
        ulong r2 = WideMath.MultiplyAdd(a0, a2, carry, out carry);
        ulong r3 = WideMath.MultiplyAdd(a0, a3, carry, out carry);
        ulong r4 = carry;
        carry = 0;
        r3 = WideMath.MultiplyAdd(a1, a2, r3, carry, out carry);
        r4 = WideMath.MultiplyAdd(a1, a3, r4, carry, out carry);
        ulong r5 = carry;
        carry = 0;
        r5 = WideMath.MultiplyAdd(a2, a3, r5, carry, out carry);
        ulong r6 = carry;
        carry = 0;

        ulong r7 = r6 >> 63;
        r6 = (r6 << 1) | (r5 >> 63);
        r5 = (r5 << 1) | (r4 >> 63);
        r4 = (r4 << 1) | (r3 >> 63);
        r3 = (r3 << 1) | (r2 >> 63);
        r2 = (r2 << 1) | (r1 >> 63);
        r1 <<= 1;

        ulong r0 = a0 * a0;
        r1 = WideMath.AddCarry(r1, WideMath.MultiplyHigh(a0, a0), ref carry);
        r2 = WideMath.AddCarry(r2, a1 * a1, ref carry);
        r3 = WideMath.AddCarry(r3, WideMath.MultiplyHigh(a1, a1), ref carry);
        r4 = WideMath.AddCarry(r4, a2 * a2, ref carry);
        r5 = WideMath.AddCarry(r5, WideMath.MultiplyHigh(a2, a2), ref carry);
        r6 = WideMath.AddCarry(r6, a3 * a3, ref carry);
        r7 += WideMath.MultiplyHigh(a3, a3) + carry;

        ReduceRow(ref r0, ref r1, ref r2, ref r3);
        ReduceRow(ref r0, ref r1, ref r2, ref r3);
        ReduceRow(ref r0, ref r1, ref r2, ref r3);
        ReduceRow(ref r0, ref r1, ref r2, ref r3);
        carry = 0;
        r0 = WideMath.AddCarry(r0, r4, ref carry);
        r1 = WideMath.AddCarry(r1, r5, ref carry);
        r2 = WideMath.AddCarry(r2, r6, ref carry);
        r3 += r7 + carry;
        return SubtractModulusOnce(r0, r1, r2, r3, 0);
    }

    /// <summary>t = (t + a·b + m·p)/2^64 with the m that makes the division exact. The top limb takes both carries: the top bit of p is clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyRow(
        ulong a0, ulong a1, ulong a2, ulong a3, ulong b,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong upper = 0;
        ulong s = WideMath.MultiplyAdd(a0, b, t0, upper, out upper);
        ulong m = s * MontgomeryConstant.NegatedInverse(TModulus.P0);
        ulong lower = WideMath.MultiplyHigh(m, TModulus.P0) + (s != 0 ? 1UL : 0UL); // the low limb becomes zero
        s = WideMath.MultiplyAdd(a1, b, t1, upper, out upper);
        t0 = WideMath.MultiplyAdd(m, TModulus.P1, s, lower, out lower);
        s = WideMath.MultiplyAdd(a2, b, t2, upper, out upper);
        t1 = WideMath.MultiplyAdd(m, TModulus.P2, s, lower, out lower);
        s = WideMath.MultiplyAdd(a3, b, t3, upper, out upper);
        t2 = WideMath.MultiplyAdd(m, TModulus.P3, s, lower, out lower);
        t3 = upper + lower;
    }

    /// <summary>t = (t + a·b + c·d + m·p)/2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumRow(
        in Montgomery256<TModulus> a, ulong b, in Montgomery256<TModulus> c, ulong d,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong upper = 0, middle = 0;
        ulong s = WideMath.MultiplyAdd(a._0, b, t0, upper, out upper);
        s = WideMath.MultiplyAdd(c._0, d, s, middle, out middle);
        ulong m = s * MontgomeryConstant.NegatedInverse(TModulus.P0);
        ulong lower = WideMath.MultiplyHigh(m, TModulus.P0) + (s != 0 ? 1UL : 0UL);
        s = WideMath.MultiplyAdd(a._1, b, t1, upper, out upper);
        s = WideMath.MultiplyAdd(c._1, d, s, middle, out middle);
        t0 = WideMath.MultiplyAdd(m, TModulus.P1, s, lower, out lower);
        s = WideMath.MultiplyAdd(a._2, b, t2, upper, out upper);
        s = WideMath.MultiplyAdd(c._2, d, s, middle, out middle);
        t1 = WideMath.MultiplyAdd(m, TModulus.P2, s, lower, out lower);
        s = WideMath.MultiplyAdd(a._3, b, t3, upper, out upper);
        s = WideMath.MultiplyAdd(c._3, d, s, middle, out middle);
        t2 = WideMath.MultiplyAdd(m, TModulus.P3, s, lower, out lower);
        t3 = upper + middle + lower;
    }

    /// <summary>t = (t + m·p)/2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceRow(ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3)
    {
        ulong m = t0 * MontgomeryConstant.NegatedInverse(TModulus.P0);
        ulong carry = WideMath.MultiplyHigh(m, TModulus.P0) + (t0 != 0 ? 1UL : 0UL);
        t0 = WideMath.MultiplyAdd(m, TModulus.P1, t1, carry, out carry);
        t1 = WideMath.MultiplyAdd(m, TModulus.P2, t2, carry, out carry);
        t2 = WideMath.MultiplyAdd(m, TModulus.P3, t3, carry, out carry);
        t3 = carry;
    }

    /// <summary>The product for primes of 256 bits: the rows carry into a fifth limb.</summary>
    [SkipLocalsInit] // as above
    private static Montgomery256<TModulus> MultiplyFullWidth(in Montgomery256<TModulus> a, in Montgomery256<TModulus> b)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0;
        FullWidthRow(a, b._0, ref t0, ref t1, ref t2, ref t3, ref t4);
        FullWidthRow(a, b._1, ref t0, ref t1, ref t2, ref t3, ref t4);
        FullWidthRow(a, b._2, ref t0, ref t1, ref t2, ref t3, ref t4);
        FullWidthRow(a, b._3, ref t0, ref t1, ref t2, ref t3, ref t4);
        return SubtractModulusOnce(t0, t1, t2, t3, t4);
    }

    /// <summary>t = (t + a·b + m·p)/2^64, five limbs with a top limb of 0 or 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FullWidthRow(
        in Montgomery256<TModulus> a, ulong b, ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4)
    {
        ulong upper = 0;
        ulong s = WideMath.MultiplyAdd(a._0, b, t0, upper, out upper);
        ulong m = s * MontgomeryConstant.NegatedInverse(TModulus.P0);
        ulong lower = WideMath.MultiplyHigh(m, TModulus.P0) + (s != 0 ? 1UL : 0UL);
        s = WideMath.MultiplyAdd(a._1, b, t1, upper, out upper);
        t0 = WideMath.MultiplyAdd(m, TModulus.P1, s, lower, out lower);
        s = WideMath.MultiplyAdd(a._2, b, t2, upper, out upper);
        t1 = WideMath.MultiplyAdd(m, TModulus.P2, s, lower, out lower);
        s = WideMath.MultiplyAdd(a._3, b, t3, upper, out upper);
        t2 = WideMath.MultiplyAdd(m, TModulus.P3, s, lower, out lower);
        ulong carry = 0;
        ulong sum = WideMath.AddCarry(t4, upper, ref carry);
        t3 = sum + lower;
        t4 = carry + (t3 < sum ? 1UL : 0UL);
    }
}
