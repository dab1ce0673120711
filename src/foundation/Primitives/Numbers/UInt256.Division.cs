using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

public readonly partial struct UInt256
{
    /// <summary>The quotient rounded down; 0 when the divisor is 0. spec: EVM DIV</summary>
    public static UInt256 Divide(in UInt256 dividend, in UInt256 divisor)
    {
        if (divisor > dividend || divisor.IsZero)
            return Zero;
        if (dividend.FitsUInt64)
            return dividend._u0 / divisor._u0;
        Quotient quotient = default;
        Dividend wide = Dividend.Of(dividend, Zero);
        DivideWords(wide, 4, divisor, ref quotient);
        return new UInt256(quotient[0], quotient[1], quotient[2], quotient[3]);
    }

    /// <summary>The remainder; 0 when the divisor is 0. spec: EVM MOD</summary>
    public static UInt256 Modulo(in UInt256 dividend, in UInt256 divisor)
    {
        if (divisor.IsZero)
            return Zero;
        if (dividend < divisor)
            return dividend;
        if (dividend.FitsUInt64)
            return dividend._u0 % divisor._u0;
        Quotient quotient = default;
        return DivideWords(Dividend.Of(dividend, Zero), 4, divisor, ref quotient);
    }

    /// <summary>The quotient of two's complements, rounded towards zero; 0 when the divisor is 0. spec: EVM SDIV</summary>
    public static UInt256 SignedDivide(in UInt256 dividend, in UInt256 divisor)
    {
        UInt256 quotient = Divide(Magnitude(dividend), Magnitude(divisor));
        return dividend.IsNegative == divisor.IsNegative ? quotient : -quotient;
    }

    /// <summary>The remainder of two's complements with the dividend's sign; 0 when the divisor is 0. spec: EVM SMOD</summary>
    public static UInt256 SignedModulo(in UInt256 dividend, in UInt256 divisor)
    {
        UInt256 remainder = Modulo(Magnitude(dividend), Magnitude(divisor));
        return dividend.IsNegative ? -remainder : remainder;
    }

    /// <summary>The sum, which may have 257 bits, modulo <paramref name="modulus"/>; 0 when that is 0. spec: EVM ADDMOD</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // UInt256Benchmarks.MultiplyModulo: what tiers learn of branches costs a third
    public static UInt256 AddModulo(in UInt256 left, in UInt256 right, in UInt256 modulus)
    {
        if (modulus.IsZero)
            return Zero;
        bool overflows = AddOverflows(left, right, out UInt256 sum);
        if (!overflows)
            return Modulo(sum, modulus);
        if (left < modulus && right < modulus)
            return sum - modulus; // the true sum is below twice the modulus: one subtraction, wrapping like the sum did
        Quotient quotient = default;
        return DivideWords(Dividend.Of(sum, One), 5, modulus, ref quotient);
    }

    /// <summary>The product, which may have 512 bits, modulo <paramref name="modulus"/>; 0 when that is 0. spec: EVM MULMOD</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // UInt256Benchmarks.MultiplyModulo: what tiers learn of branches costs a third
    public static UInt256 MultiplyModulo(in UInt256 left, in UInt256 right, in UInt256 modulus)
    {
        if (modulus.IsZero)
            return Zero;
        MultiplyFull(left, right, out UInt256 high, out UInt256 low);
        if (high.IsZero)
            return Modulo(low, modulus);
        if (modulus._u3 != 0)
            return ModuloBy4(high < modulus ? high : Modulo(high, modulus), low, modulus);
        int length = 4 + (high.BitLength + 63) / 64;
        Quotient quotient = default;
        return DivideWords(Dividend.Of(low, high), length, modulus, ref quotient);
    }

    private static UInt256 Magnitude(in UInt256 value) => value.IsNegative ? -value : value;

    /// <summary>
    /// Knuth's algorithm D with the reciprocal of the divisor's two highest words: writes the quotient, returns the remainder.
    /// </summary>
    /// <param name="dividend">The dividend in its low <paramref name="length"/> words.</param>
    /// <param name="length">How many words count, 4 to 8.</param>
    /// <param name="divisor">Not 0.</param>
    /// <param name="quotient">Zeros on entry.</param>
    private static UInt256 DivideWords(in Dividend dividend, int length, in UInt256 divisor, ref Quotient quotient)
    {
        int shift = divisor.LeadingZeroCount & 63;
        UInt256 d = divisor << shift;
        UInt256 remainder =
            d._u3 != 0 ? DivideBy4(dividend, length, shift, d, ref quotient)
            : d._u2 != 0 ? DivideBy3(dividend, length, shift, d, ref quotient)
            : d._u1 != 0 ? DivideBy2(dividend, length, shift, d, ref quotient)
            : DivideBy1(dividend, length, shift, d._u0, ref quotient);
        return remainder >> shift;
    }

    private static UInt256 DivideBy1(in Dividend u, int length, int shift, ulong d, ref Quotient quotient)
    {
        ulong reciprocal = Reciprocal.Of(d);
        ulong remainder = u.Shifted(length, shift);
        for (int j = length - 1; j >= 0; j--)
            quotient[j] = Reciprocal.Divide(remainder, u.Shifted(j, shift), d, reciprocal, out remainder);
        return remainder;
    }

    private static UInt256 DivideBy2(in Dividend u, int length, int shift, in UInt256 d, ref Quotient quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u1, d._u0);
        ulong r1 = u.Shifted(length, shift);
        ulong r0 = u.Shifted(length - 1, shift);
        for (int j = length - 2; j >= 0; j--)
            quotient[j] = Reciprocal.Divide(r1, r0, u.Shifted(j, shift), d._u1, d._u0, reciprocal, out r1, out r0);
        return new UInt256(r0, r1);
    }

    private static UInt256 DivideBy3(in Dividend u, int length, int shift, in UInt256 d, ref Quotient quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u2, d._u1);
        ulong d0 = d._u0, d1 = d._u1, d2 = d._u2;
        ulong r2 = u.Shifted(length, shift), r1 = u.Shifted(length - 1, shift), r0 = u.Shifted(length - 2, shift);
        for (int j = length - 3; j >= 0; j--)
        {
            ulong borrow = 0;
            ulong digit = TrialDigit(r2, r1, r0, d2, d1, reciprocal, out ulong excess, out r2, out r1);
            r0 = SubtractProduct(u.Shifted(j, shift), digit, d0, ref borrow);
            r1 = SubtractBorrow(r1, ref borrow);
            r2 = SubtractBorrow(r2, ref borrow);
            if (borrow > excess) // the trial digit was one too large: rare
            {
                digit--;
                ulong carry = 0;
                r0 = WideMath.AddCarry(r0, d0, ref carry);
                r1 = WideMath.AddCarry(r1, d1, ref carry);
                r2 = WideMath.AddCarry(r2, d2, ref carry);
            }
            quotient[j] = digit;
        }
        return new UInt256(r0, r1, r2);
    }

    private static UInt256 DivideBy4(in Dividend u, int length, int shift, in UInt256 d, ref Quotient quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u3, d._u2);
        ulong d0 = d._u0, d1 = d._u1, d2 = d._u2, d3 = d._u3;
        ulong r3 = u.Shifted(length, shift), r2 = u.Shifted(length - 1, shift), r1 = u.Shifted(length - 2, shift), r0 = u.Shifted(length - 3, shift);
        for (int j = length - 4; j >= 0; j--)
            quotient[j] = DivideDigit(ref r3, ref r2, ref r1, ref r0, u.Shifted(j, shift), d3, d2, d1, d0, reciprocal);
        return new UInt256(r0, r1, r2, r3);
    }

    /// <summary>The remainder of <c>high·2^256 + low</c>, where high is below the modulus and the modulus has four words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // UInt256Benchmarks.MultiplyModulo: what tiers learn of branches costs a third
    private static UInt256 ModuloBy4(in UInt256 high, in UInt256 low, in UInt256 modulus)
    {
        int shift = modulus.LeadingZeroCount;
        UInt256 d = modulus << shift;
        ulong reciprocal = Reciprocal.Of(d._u3, d._u2);
        // The words of the dividend, shifted as the divisor is; the bits that cross a word go in two steps since a shift by 64 is one by 0.
        ulong r3 = high._u3 << shift | high._u2 >> 1 >> (63 - shift), r2 = high._u2 << shift | high._u1 >> 1 >> (63 - shift);
        ulong r1 = high._u1 << shift | high._u0 >> 1 >> (63 - shift), r0 = high._u0 << shift | low._u3 >> 1 >> (63 - shift);
        ulong d0 = d._u0, d1 = d._u1, d2 = d._u2, d3 = d._u3;
        UInt256 rest = low << shift;
        ulong next3 = rest._u3, next2 = rest._u2, next1 = rest._u1, next0 = rest._u0;
        for (int digits = 4; digits > 0; digits--)
        {
            DivideDigit(ref r3, ref r2, ref r1, ref r0, next3, d3, d2, d1, d0, reciprocal);
            (next3, next2, next1) = (next2, next1, next0);
        }
        return new UInt256(r0, r1, r2, r3) >> shift;
    }

    /// <summary>One step of algorithm D by four words: takes the next word of the dividend in, leaves the remainder, returns the quotient's digit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong DivideDigit(
        ref ulong r3, ref ulong r2, ref ulong r1, ref ulong r0, ulong next, ulong d3, ulong d2, ulong d1, ulong d0, ulong reciprocal)
    {
        ulong borrow = 0;
        ulong digit = TrialDigit(r3, r2, r1, d3, d2, reciprocal, out ulong excess, out r3, out r2);
        r1 = r0;
        r0 = SubtractProduct(next, digit, d0, ref borrow);
        r1 = SubtractProduct(r1, digit, d1, ref borrow);
        r2 = SubtractBorrow(r2, ref borrow);
        r3 = SubtractBorrow(r3, ref borrow);
        if (borrow > excess) // the trial digit was one too large: rare
        {
            digit--;
            ulong carry = 0;
            r0 = WideMath.AddCarry(r0, d0, ref carry);
            r1 = WideMath.AddCarry(r1, d1, ref carry);
            r2 = WideMath.AddCarry(r2, d2, ref carry);
            r3 = WideMath.AddCarry(r3, d3, ref carry);
        }
        return digit;
    }

    /// <summary>
    /// The quotient's next digit, or one more than it, from the three leading words of what is left and two of the divisor; and what is left of
    /// those three words, in two words and an excess of 0 or 1, once the digit's product with the two is taken away.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong TrialDigit(ulong u2, ulong u1, ulong u0, ulong d1, ulong d0, ulong reciprocal, out ulong excess, out ulong r1, out ulong r0)
    {
        excess = 0;
        if (u2 != d1 || u1 != d0)
            return Reciprocal.Divide(u2, u1, u0, d1, d0, reciprocal, out r1, out r0);
        // The digit would be 2^64; the largest one leaves (d1, d0, u0) − (2^64 − 1) × (d1, d0) = (d1, d0) + u0.
        r0 = WideMath.AddCarry(u0, d0, ref excess);
        r1 = WideMath.AddCarry(d1, 0, ref excess);
        return ulong.MaxValue;
    }

    /// <summary><c>value − borrow</c> for any word owed; whether more is owed then goes to <paramref name="borrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong SubtractBorrow(ulong value, ref ulong borrow)
    {
        ulong difference = value - borrow;
        borrow = value < borrow ? 1UL : 0UL;
        return difference;
    }

    /// <summary>One word of <c>u − digit × d − borrow</c>; what is owed to the next word goes to <paramref name="borrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong SubtractProduct(ulong u, ulong digit, ulong d, ref ulong borrow)
    {
        ulong low = WideMath.MultiplyAdd(digit, d, borrow, out ulong high);
        borrow = high + (u < low ? 1UL : 0UL);
        return u - low;
    }

    /// <summary>A quotient of up to eight words, the least significant first.</summary>
    [InlineArray(8)]
    private struct Quotient
    {
        private ulong _first;
    }

    /// <summary>A dividend of up to eight words, the least significant first, between two words of zeros that shifting reads.</summary>
    [InlineArray(10)]
    private struct Dividend
    {
        private ulong _first;

        /// <summary>The number <c>high·2^256 + low</c>.</summary>
        public static Dividend Of(in UInt256 low, in UInt256 high)
        {
            Dividend words = default;
            words[1] = low._u0;
            words[2] = low._u1;
            words[3] = low._u2;
            words[4] = low._u3;
            words[5] = high._u0;
            words[6] = high._u1;
            words[7] = high._u2;
            words[8] = high._u3;
            return words;
        }

        /// <summary>Word <paramref name="index"/>, 0 to 8, of the number shifted left by less than a word.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
        public readonly ulong Shifted(int index, int shift) => this[index + 1] << shift | this[index] >> 1 >> (63 - shift);
    }
}
