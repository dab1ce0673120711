using System.Numerics;
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
        Words8 quotient = default;
        Words9 numerator = Words9.Of(dividend);
        DivideWords(ref numerator, 4, divisor, ref quotient);
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
        Words8 quotient = default;
        Words9 numerator = Words9.Of(dividend);
        return DivideWords(ref numerator, 4, divisor, ref quotient);
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
    public static UInt256 AddModulo(in UInt256 left, in UInt256 right, in UInt256 modulus)
    {
        if (modulus.IsZero)
            return Zero;
        bool overflows = AddOverflows(left, right, out UInt256 sum);
        if (!overflows)
            return Modulo(sum, modulus);
        if (left < modulus && right < modulus)
            return sum - modulus; // the true sum is below twice the modulus: one subtraction, wrapping like the sum did
        Words8 quotient = default;
        Words9 numerator = Words9.Of(sum);
        numerator[4] = 1;
        return DivideWords(ref numerator, 5, modulus, ref quotient);
    }

    /// <summary>The product, which may have 512 bits, modulo <paramref name="modulus"/>; 0 when that is 0. spec: EVM MULMOD</summary>
    public static UInt256 MultiplyModulo(in UInt256 left, in UInt256 right, in UInt256 modulus)
    {
        if (modulus.IsZero)
            return Zero;
        Words8 product = MultiplyFull(left, right);
        Words9 numerator = default;
        int length = 0;
        for (int i = 0; i < 8; i++)
        {
            numerator[i] = product[i];
            if (product[i] != 0)
                length = i + 1;
        }
        Words8 quotient = default;
        return length < 4 && new UInt256(product[0], product[1], product[2], product[3]) is var small && small < modulus
            ? small
            : DivideWords(ref numerator, Math.Max(length, 4), modulus, ref quotient);
    }

    private static UInt256 Magnitude(in UInt256 value) => value.IsNegative ? -value : value;

    /// <summary>
    /// Knuth's algorithm D with the reciprocal of the divisor's two highest words: writes the quotient, returns the remainder.
    /// </summary>
    /// <param name="numerator">The dividend in its low <paramref name="length"/> words, 4 to 8; the word above is 0. It is overwritten.</param>
    /// <param name="length">How many words of the numerator count.</param>
    /// <param name="divisor">Not 0.</param>
    /// <param name="quotient">Zeros on entry.</param>
    private static UInt256 DivideWords(ref Words9 numerator, int length, in UInt256 divisor, ref Words8 quotient)
    {
        int shift = BitOperations.LeadingZeroCount(
            divisor._u3 != 0 ? divisor._u3 : divisor._u2 != 0 ? divisor._u2 : divisor._u1 != 0 ? divisor._u1 : divisor._u0);
        UInt256 d = divisor << shift;
        ShiftLeft(ref numerator, length, shift);

        UInt256 remainder =
            d._u3 != 0 ? DivideBy4(ref numerator, length, d, ref quotient)
            : d._u2 != 0 ? DivideBy3(ref numerator, length, d, ref quotient)
            : d._u1 != 0 ? DivideBy2(ref numerator, length, d, ref quotient)
            : DivideBy1(ref numerator, length, d._u0, ref quotient);
        return remainder >> shift;
    }

    private static void ShiftLeft(ref Words9 words, int length, int shift)
    {
        if (shift == 0)
            return;
        for (int i = length; i > 0; i--)
            words[i] = words[i] << shift | words[i - 1] >> (64 - shift);
        words[0] <<= shift;
    }

    private static UInt256 DivideBy1(ref Words9 u, int length, ulong d, ref Words8 quotient)
    {
        ulong reciprocal = Reciprocal.Of(d);
        ulong remainder = u[length];
        for (int j = length - 1; j >= 0; j--)
            quotient[j] = Reciprocal.Divide(remainder, u[j], d, reciprocal, out remainder);
        return remainder;
    }

    private static UInt256 DivideBy2(ref Words9 u, int length, in UInt256 d, ref Words8 quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u1, d._u0);
        ulong r1 = u[length];
        ulong r0 = u[length - 1];
        for (int j = length - 2; j >= 0; j--)
            quotient[j] = Reciprocal.Divide(r1, r0, u[j], d._u1, d._u0, reciprocal, out r1, out r0);
        return new UInt256(r0, r1);
    }

    private static UInt256 DivideBy3(ref Words9 u, int length, in UInt256 d, ref Words8 quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u2, d._u1);
        for (int j = length - 3; j >= 0; j--)
        {
            ulong digit = TrialDigit(u[j + 3], u[j + 2], u[j + 1], d._u2, d._u1, reciprocal);
            ulong borrow = 0;
            u[j] = SubtractProduct(u[j], digit, d._u0, ref borrow);
            u[j + 1] = SubtractProduct(u[j + 1], digit, d._u1, ref borrow);
            u[j + 2] = SubtractProduct(u[j + 2], digit, d._u2, ref borrow);
            if (u[j + 3] < borrow) // the trial digit is one too large: rare
            {
                digit--;
                ulong carry = 0;
                u[j] = WideMath.AddCarry(u[j], d._u0, ref carry);
                u[j + 1] = WideMath.AddCarry(u[j + 1], d._u1, ref carry);
                u[j + 2] = WideMath.AddCarry(u[j + 2], d._u2, ref carry);
            }
            quotient[j] = digit;
        }
        return new UInt256(u[0], u[1], u[2]);
    }

    private static UInt256 DivideBy4(ref Words9 u, int length, in UInt256 d, ref Words8 quotient)
    {
        ulong reciprocal = Reciprocal.Of(d._u3, d._u2);
        for (int j = length - 4; j >= 0; j--)
        {
            ulong digit = TrialDigit(u[j + 4], u[j + 3], u[j + 2], d._u3, d._u2, reciprocal);
            ulong borrow = 0;
            u[j] = SubtractProduct(u[j], digit, d._u0, ref borrow);
            u[j + 1] = SubtractProduct(u[j + 1], digit, d._u1, ref borrow);
            u[j + 2] = SubtractProduct(u[j + 2], digit, d._u2, ref borrow);
            u[j + 3] = SubtractProduct(u[j + 3], digit, d._u3, ref borrow);
            if (u[j + 4] < borrow) // the trial digit is one too large: rare
            {
                digit--;
                ulong carry = 0;
                u[j] = WideMath.AddCarry(u[j], d._u0, ref carry);
                u[j + 1] = WideMath.AddCarry(u[j + 1], d._u1, ref carry);
                u[j + 2] = WideMath.AddCarry(u[j + 2], d._u2, ref carry);
                u[j + 3] = WideMath.AddCarry(u[j + 3], d._u3, ref carry);
            }
            quotient[j] = digit;
        }
        return new UInt256(u[0], u[1], u[2], u[3]);
    }

    /// <summary>The quotient's next digit, or one more than it, from the three leading words of what is left and two of the divisor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong TrialDigit(ulong u2, ulong u1, ulong u0, ulong d1, ulong d0, ulong reciprocal) =>
        u2 == d1 && u1 == d0 ? ulong.MaxValue : Reciprocal.Divide(u2, u1, u0, d1, d0, reciprocal, out _, out _);

    /// <summary>One word of <c>u − digit × d − borrow</c>; what is owed to the next word goes to <paramref name="borrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static ulong SubtractProduct(ulong u, ulong digit, ulong d, ref ulong borrow)
    {
        ulong low = WideMath.MultiplyAdd(digit, d, borrow, out ulong high);
        borrow = high + (u < low ? 1UL : 0UL);
        return u - low;
    }

    /// <summary>A dividend of up to eight words, the least significant first, and the word that normalising shifts into.</summary>
    [InlineArray(9)]
    private struct Words9
    {
        private ulong _first;

        public static Words9 Of(in UInt256 value)
        {
            Words9 words = default;
            words[0] = value._u0;
            words[1] = value._u1;
            words[2] = value._u2;
            words[3] = value._u3;
            return words;
        }
    }
}
