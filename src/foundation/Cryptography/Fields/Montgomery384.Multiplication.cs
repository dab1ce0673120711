using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery384<TModulus>
{
    /// <summary>Montgomery's product a·b/2^384: the whole product, then its reduction. For six limbs this beats weaving the two together.</summary>
    /// <remarks><paramref name="b"/> may be any six limbs; the result is below p all the same.</remarks>
    [SkipLocalsInit] // the unrolled rows have many temporaries, all written before they are read
    public static Montgomery384<TModulus> operator *(in Montgomery384<TModulus> a, in Montgomery384<TModulus> b)
    {
        ulong r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0, carry;
        MultiplyRow(a, b._0, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, out ulong r6);
        MultiplyRow(a, b._1, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, out ulong r7);
        MultiplyRow(a, b._2, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, out ulong r8);
        MultiplyRow(a, b._3, ref r3, ref r4, ref r5, ref r6, ref r7, ref r8, out ulong r9);
        MultiplyRow(a, b._4, ref r4, ref r5, ref r6, ref r7, ref r8, ref r9, out ulong r10);
        MultiplyRow(a, b._5, ref r5, ref r6, ref r7, ref r8, ref r9, ref r10, out ulong r11);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        carry = 0;
        r0 = WideMath.AddCarry(r0, r6, ref carry);
        r1 = WideMath.AddCarry(r1, r7, ref carry);
        r2 = WideMath.AddCarry(r2, r8, ref carry);
        r3 = WideMath.AddCarry(r3, r9, ref carry);
        r4 = WideMath.AddCarry(r4, r10, ref carry);
        r5 += r11 + carry;
        return SubtractModulusOnce(r0, r1, r2, r3, r4, r5);
    }

    /// <inheritdoc/>
    /// <remarks>One reduction for both products. Their sum stays below twice p², so the top limbs take two carries each.</remarks>
    [SkipLocalsInit] // as above
    public static Montgomery384<TModulus> SumOfProducts(
        in Montgomery384<TModulus> a, in Montgomery384<TModulus> b, in Montgomery384<TModulus> c, in Montgomery384<TModulus> d)
    {
        ulong r0 = 0, r1 = 0, r2 = 0, r3 = 0, r4 = 0, r5 = 0, carry;
        MultiplyRow(a, b._0, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, out ulong r6);
        MultiplyRow(c, d._0, ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, out carry);
        r6 += carry;
        MultiplyRow(a, b._1, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, out ulong r7);
        MultiplyRow(c, d._1, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, out carry);
        r7 += carry;
        MultiplyRow(a, b._2, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, out ulong r8);
        MultiplyRow(c, d._2, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7, out carry);
        r8 += carry;
        MultiplyRow(a, b._3, ref r3, ref r4, ref r5, ref r6, ref r7, ref r8, out ulong r9);
        MultiplyRow(c, d._3, ref r3, ref r4, ref r5, ref r6, ref r7, ref r8, out carry);
        r9 += carry;
        MultiplyRow(a, b._4, ref r4, ref r5, ref r6, ref r7, ref r8, ref r9, out ulong r10);
        MultiplyRow(c, d._4, ref r4, ref r5, ref r6, ref r7, ref r8, ref r9, out carry);
        r10 += carry;
        MultiplyRow(a, b._5, ref r5, ref r6, ref r7, ref r8, ref r9, ref r10, out ulong r11);
        MultiplyRow(c, d._5, ref r5, ref r6, ref r7, ref r8, ref r9, ref r10, out carry);
        r11 += carry;
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        carry = 0;
        r0 = WideMath.AddCarry(r0, r6, ref carry);
        r1 = WideMath.AddCarry(r1, r7, ref carry);
        r2 = WideMath.AddCarry(r2, r8, ref carry);
        r3 = WideMath.AddCarry(r3, r9, ref carry);
        r4 = WideMath.AddCarry(r4, r10, ref carry);
        r5 += r11 + carry;
        return SubtractModulusOnce(r0, r1, r2, r3, r4, r5);
    }

    /// <inheritdoc/>
    /// <remarks>The products off the diagonal are computed once and doubled.</remarks>
    [SkipLocalsInit] // as above
    public static Montgomery384<TModulus> Square(in Montgomery384<TModulus> a)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4, a5 = a._5;
        ulong carry = 0;
        ulong r1 = WideMath.MultiplyAdd(a0, a1, carry, out carry);
        ulong r2 = WideMath.MultiplyAdd(a0, a2, carry, out carry);
        ulong r3 = WideMath.MultiplyAdd(a0, a3, carry, out carry);
        ulong r4 = WideMath.MultiplyAdd(a0, a4, carry, out carry);
        ulong r5 = WideMath.MultiplyAdd(a0, a5, carry, out carry);
        ulong r6 = carry;
        carry = 0;
        r3 = WideMath.MultiplyAdd(a1, a2, r3, carry, out carry);
        r4 = WideMath.MultiplyAdd(a1, a3, r4, carry, out carry);
        r5 = WideMath.MultiplyAdd(a1, a4, r5, carry, out carry);
        r6 = WideMath.MultiplyAdd(a1, a5, r6, carry, out carry);
        ulong r7 = carry;
        carry = 0;
        r5 = WideMath.MultiplyAdd(a2, a3, r5, carry, out carry);
        r6 = WideMath.MultiplyAdd(a2, a4, r6, carry, out carry);
        r7 = WideMath.MultiplyAdd(a2, a5, r7, carry, out carry);
        ulong r8 = carry;
        carry = 0;
        r7 = WideMath.MultiplyAdd(a3, a4, r7, carry, out carry);
        r8 = WideMath.MultiplyAdd(a3, a5, r8, carry, out carry);
        ulong r9 = carry;
        carry = 0;
        r9 = WideMath.MultiplyAdd(a4, a5, r9, carry, out carry);
        ulong r10 = carry;
        carry = 0;

        ulong r11 = r10 >> 63;
        r10 = (r10 << 1) | (r9 >> 63);
        r9 = (r9 << 1) | (r8 >> 63);
        r8 = (r8 << 1) | (r7 >> 63);
        r7 = (r7 << 1) | (r6 >> 63);
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
        r7 = WideMath.AddCarry(r7, WideMath.MultiplyHigh(a3, a3), ref carry);
        r8 = WideMath.AddCarry(r8, a4 * a4, ref carry);
        r9 = WideMath.AddCarry(r9, WideMath.MultiplyHigh(a4, a4), ref carry);
        r10 = WideMath.AddCarry(r10, a5 * a5, ref carry);
        r11 += WideMath.MultiplyHigh(a5, a5) + carry;

        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        carry = 0;
        r0 = WideMath.AddCarry(r0, r6, ref carry);
        r1 = WideMath.AddCarry(r1, r7, ref carry);
        r2 = WideMath.AddCarry(r2, r8, ref carry);
        r3 = WideMath.AddCarry(r3, r9, ref carry);
        r4 = WideMath.AddCarry(r4, r10, ref carry);
        r5 += r11 + carry;
        return SubtractModulusOnce(r0, r1, r2, r3, r4, r5);
    }

    /// <summary>r = r + a·b over six limbs; the carry becomes the seventh.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyRow(
        in Montgomery384<TModulus> a, ulong b,
        ref ulong r0, ref ulong r1, ref ulong r2, ref ulong r3, ref ulong r4, ref ulong r5, out ulong r6)
    {
        ulong carry = 0;
        r0 = WideMath.MultiplyAdd(a._0, b, r0, carry, out carry);
        r1 = WideMath.MultiplyAdd(a._1, b, r1, carry, out carry);
        r2 = WideMath.MultiplyAdd(a._2, b, r2, carry, out carry);
        r3 = WideMath.MultiplyAdd(a._3, b, r3, carry, out carry);
        r4 = WideMath.MultiplyAdd(a._4, b, r4, carry, out carry);
        r5 = WideMath.MultiplyAdd(a._5, b, r5, carry, out carry);
        r6 = carry;
    }

    /// <summary>t = (t + m·p)/2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceRow(ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        ulong m = t0 * MontgomeryConstant.NegatedInverse(TModulus.P0);
        ulong carry = WideMath.MultiplyHigh(m, TModulus.P0) + (t0 != 0 ? 1UL : 0UL);
        t0 = WideMath.MultiplyAdd(m, TModulus.P1, t1, carry, out carry);
        t1 = WideMath.MultiplyAdd(m, TModulus.P2, t2, carry, out carry);
        t2 = WideMath.MultiplyAdd(m, TModulus.P3, t3, carry, out carry);
        t3 = WideMath.MultiplyAdd(m, TModulus.P4, t4, carry, out carry);
        t4 = WideMath.MultiplyAdd(m, TModulus.P5, t5, carry, out carry);
        t5 = carry;
    }
}
