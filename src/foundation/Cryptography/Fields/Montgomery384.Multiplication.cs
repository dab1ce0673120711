using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

public readonly partial struct Montgomery384<TModulus>
{
    /// <summary>Montgomery's product a·b/2^384: one row of the product and one reduction step for each limb of <paramref name="b"/>.</summary>
    /// <remarks><paramref name="b"/> may be any six limbs; the result is below p all the same.</remarks>
    [SkipLocalsInit] // the unrolled rows have many temporaries, all written before they are read
    public static Montgomery384<TModulus> operator *(in Montgomery384<TModulus> a, in Montgomery384<TModulus> b)
    {
        ulong a0 = a._0, a1 = a._1, a2 = a._2, a3 = a._3, a4 = a._4, a5 = a._5;
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0;
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._0, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._1, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._2, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._3, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._4, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        MultiplyRow(a0, a1, a2, a3, a4, a5, b._5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        return SubtractModulusOnce(t0, t1, t2, t3, t4, t5);
    }

    /// <inheritdoc/>
    /// <remarks>Both products of a limb go in before its reduction step, so that two products cost one reduction.</remarks>
    [SkipLocalsInit] // as above
    public static Montgomery384<TModulus> SumOfProducts(in Montgomery384<TModulus> a, in Montgomery384<TModulus> b, in Montgomery384<TModulus> c, in Montgomery384<TModulus> d)
    {
        ulong t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0;
        SumRow(a, b._0, c, d._0, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        SumRow(a, b._1, c, d._1, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        SumRow(a, b._2, c, d._2, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        SumRow(a, b._3, c, d._3, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        SumRow(a, b._4, c, d._4, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        SumRow(a, b._5, c, d._5, ref t0, ref t1, ref t2, ref t3, ref t4, ref t5);
        return SubtractModulusOnce(t0, t1, t2, t3, t4, t5);
    }

    /// <inheritdoc/>
    /// <remarks>The products off the diagonal are computed once and doubled; then the lower half is reduced and the upper half added.</remarks>
    [SkipLocalsInit] // as above
    public Montgomery384<TModulus> Square()
    {
        ulong a0 = _0, a1 = _1, a2 = _2, a3 = _3, a4 = _4, a5 = _5;
        ulong carry = 0;
        ulong r1 = Limb.Multiply(a0, a1, ref carry);
        ulong r2 = Limb.Multiply(a0, a2, ref carry);
        ulong r3 = Limb.Multiply(a0, a3, ref carry);
        ulong r4 = Limb.Multiply(a0, a4, ref carry);
        ulong r5 = Limb.Multiply(a0, a5, ref carry);
        ulong r6 = carry;
        carry = 0;
        r3 = Limb.MultiplyAdd(r3, a1, a2, ref carry);
        r4 = Limb.MultiplyAdd(r4, a1, a3, ref carry);
        r5 = Limb.MultiplyAdd(r5, a1, a4, ref carry);
        r6 = Limb.MultiplyAdd(r6, a1, a5, ref carry);
        ulong r7 = carry;
        carry = 0;
        r5 = Limb.MultiplyAdd(r5, a2, a3, ref carry);
        r6 = Limb.MultiplyAdd(r6, a2, a4, ref carry);
        r7 = Limb.MultiplyAdd(r7, a2, a5, ref carry);
        ulong r8 = carry;
        carry = 0;
        r7 = Limb.MultiplyAdd(r7, a3, a4, ref carry);
        r8 = Limb.MultiplyAdd(r8, a3, a5, ref carry);
        ulong r9 = carry;
        carry = 0;
        r9 = Limb.MultiplyAdd(r9, a4, a5, ref carry);
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
        r1 = Limb.Add(r1, Limb.High(a0, a0), ref carry);
        r2 = Limb.Add(r2, a1 * a1, ref carry);
        r3 = Limb.Add(r3, Limb.High(a1, a1), ref carry);
        r4 = Limb.Add(r4, a2 * a2, ref carry);
        r5 = Limb.Add(r5, Limb.High(a2, a2), ref carry);
        r6 = Limb.Add(r6, a3 * a3, ref carry);
        r7 = Limb.Add(r7, Limb.High(a3, a3), ref carry);
        r8 = Limb.Add(r8, a4 * a4, ref carry);
        r9 = Limb.Add(r9, Limb.High(a4, a4), ref carry);
        r10 = Limb.Add(r10, a5 * a5, ref carry);
        r11 += Limb.High(a5, a5) + carry;

        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        ReduceRow(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5);
        carry = 0;
        r0 = Limb.Add(r0, r6, ref carry);
        r1 = Limb.Add(r1, r7, ref carry);
        r2 = Limb.Add(r2, r8, ref carry);
        r3 = Limb.Add(r3, r9, ref carry);
        r4 = Limb.Add(r4, r10, ref carry);
        r5 += r11 + carry;
        return SubtractModulusOnce(r0, r1, r2, r3, r4, r5);
    }

    /// <summary>t = (t + a·b + m·p)/2^64 with the m that makes the division exact. The top limb takes both carries: the top bit of p is clear.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MultiplyRow(
        ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5, ulong b,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        ulong upper = 0;
        ulong s = Limb.MultiplyAdd(t0, a0, b, ref upper);
        ulong m = s * Limb.NegatedInverse(TModulus.P0);
        ulong lower = Limb.High(m, TModulus.P0) + (s != 0 ? 1UL : 0UL); // the low limb becomes zero
        s = Limb.MultiplyAdd(t1, a1, b, ref upper);
        t0 = Limb.MultiplyAdd(s, m, TModulus.P1, ref lower);
        s = Limb.MultiplyAdd(t2, a2, b, ref upper);
        t1 = Limb.MultiplyAdd(s, m, TModulus.P2, ref lower);
        s = Limb.MultiplyAdd(t3, a3, b, ref upper);
        t2 = Limb.MultiplyAdd(s, m, TModulus.P3, ref lower);
        s = Limb.MultiplyAdd(t4, a4, b, ref upper);
        t3 = Limb.MultiplyAdd(s, m, TModulus.P4, ref lower);
        s = Limb.MultiplyAdd(t5, a5, b, ref upper);
        t4 = Limb.MultiplyAdd(s, m, TModulus.P5, ref lower);
        t5 = upper + lower;
    }

    /// <summary>t = (t + a·b + c·d + m·p)/2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SumRow(
        in Montgomery384<TModulus> a, ulong b, in Montgomery384<TModulus> c, ulong d,
        ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        ulong upper = 0, middle = 0;
        ulong s = Limb.MultiplyAdd(t0, a._0, b, ref upper);
        s = Limb.MultiplyAdd(s, c._0, d, ref middle);
        ulong m = s * Limb.NegatedInverse(TModulus.P0);
        ulong lower = Limb.High(m, TModulus.P0) + (s != 0 ? 1UL : 0UL);
        s = Limb.MultiplyAdd(t1, a._1, b, ref upper);
        s = Limb.MultiplyAdd(s, c._1, d, ref middle);
        t0 = Limb.MultiplyAdd(s, m, TModulus.P1, ref lower);
        s = Limb.MultiplyAdd(t2, a._2, b, ref upper);
        s = Limb.MultiplyAdd(s, c._2, d, ref middle);
        t1 = Limb.MultiplyAdd(s, m, TModulus.P2, ref lower);
        s = Limb.MultiplyAdd(t3, a._3, b, ref upper);
        s = Limb.MultiplyAdd(s, c._3, d, ref middle);
        t2 = Limb.MultiplyAdd(s, m, TModulus.P3, ref lower);
        s = Limb.MultiplyAdd(t4, a._4, b, ref upper);
        s = Limb.MultiplyAdd(s, c._4, d, ref middle);
        t3 = Limb.MultiplyAdd(s, m, TModulus.P4, ref lower);
        s = Limb.MultiplyAdd(t5, a._5, b, ref upper);
        s = Limb.MultiplyAdd(s, c._5, d, ref middle);
        t4 = Limb.MultiplyAdd(s, m, TModulus.P5, ref lower);
        t5 = upper + middle + lower;
    }

    /// <summary>t = (t + m·p)/2^64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ReduceRow(ref ulong t0, ref ulong t1, ref ulong t2, ref ulong t3, ref ulong t4, ref ulong t5)
    {
        ulong m = t0 * Limb.NegatedInverse(TModulus.P0);
        ulong carry = Limb.High(m, TModulus.P0) + (t0 != 0 ? 1UL : 0UL);
        t0 = Limb.MultiplyAdd(t1, m, TModulus.P1, ref carry);
        t1 = Limb.MultiplyAdd(t2, m, TModulus.P2, ref carry);
        t2 = Limb.MultiplyAdd(t3, m, TModulus.P3, ref carry);
        t3 = Limb.MultiplyAdd(t4, m, TModulus.P4, ref carry);
        t4 = Limb.MultiplyAdd(t5, m, TModulus.P5, ref carry);
        t5 = carry;
    }
}
