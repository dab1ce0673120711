using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Primitives;

/// <summary>Division of words by a multiplication with the divisor's reciprocal.</summary>
/// <remarks>
/// paper: Möller and Granlund, "Improved division by invariant integers" (2011), algorithms 2 to 6. Divisors are normalised: their highest
/// bit is set. Only the reciprocal itself is left to the processor's 128-by-64 division, where there is one.
/// </remarks>
internal static class Reciprocal
{
    /// <summary>⌊(2^19 − 3·2^8) / d⌋ for the nine leading bits d = 256 … 511 of a divisor.</summary>
    private static readonly ushort[] Seeds = [.. Enumerable.Range(256, 256).Select(d => (ushort)(((1 << 19) - (3 << 8)) / d))];

    /// <summary>⌊(2^128 − 1) / divisor⌋ − 2^64.</summary>
    public static ulong Of(ulong divisor) =>
#pragma warning disable SYSLIB5004 // the instruction is marked experimental in .NET 10; if it goes, the other line stays: UInt256Benchmarks.Divide
        X86Base.X64.IsSupported ? X86Base.X64.DivRem(ulong.MaxValue, ~divisor, divisor).Quotient : ByNewton(divisor);
#pragma warning restore SYSLIB5004

    /// <summary>As <see cref="Of(ulong)"/>, by a table look-up and three Newton steps: algorithm 3 of the paper.</summary>
    internal static ulong ByNewton(ulong divisor)
    {
        ulong lowBit = divisor & 1;
        ulong leading40 = (divisor >> 24) + 1;
        ulong ceilHalf = (divisor >> 1) + lowBit;
        ulong v0 = Seeds[(int)(divisor >> 55) - 256];
        ulong v1 = (v0 << 11) - (v0 * v0 * leading40 >> 40) - 1;
        ulong v2 = (v1 << 13) + (v1 * ((1UL << 60) - v1 * leading40) >> 47);
        ulong error = ((v2 >> 1) & (0 - lowBit)) - v2 * ceilHalf;
        ulong v3 = (WideMath.MultiplyHigh(v2, error) >> 1) + (v2 << 31);
        WideMath.MultiplyAdd(v3, divisor, divisor, out ulong high);
        return v3 - high - divisor;
    }

    /// <summary>⌊(2^192 − 1) / (high·2^64 + low)⌋ − 2^64.</summary>
    public static ulong Of(ulong high, ulong low)
    {
        ulong v = Of(high);
        ulong p = high * v + low;
        if (p < low)
        {
            v--;
            if (p >= high)
            {
                v--;
                p -= high;
            }
            p -= high;
        }
        ulong productHigh = WideMath.MultiplyHigh(v, low);
        p += productHigh;
        if (p < productHigh)
        {
            v--;
            if (p > high || (p == high && v * low + low >= low))
                v--;
        }
        return v;
    }

    /// <summary>Divides <c>u1·2^64 + u0</c> by <paramref name="divisor"/>, where u1 is below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong u1, ulong u0, ulong divisor, ulong reciprocal, out ulong remainder)
    {
        ulong quotientLow = WideMath.MultiplyAdd(reciprocal, u1, u0, out ulong quotient);
        quotient += u1 + 1;
        ulong r = u0 - quotient * divisor;
        if (r > quotientLow)
        {
            quotient--;
            r += divisor;
        }
        if (r >= divisor)
        {
            quotient++;
            r -= divisor;
        }
        remainder = r;
        return quotient;
    }

    /// <summary>Divides <c>u2·2^128 + u1·2^64 + u0</c> by <c>d1·2^64 + d0</c>, where (u2, u1) is below (d1, d0).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong u2, ulong u1, ulong u0, ulong d1, ulong d0, ulong reciprocal, out ulong r1, out ulong r0)
    {
        ulong quotientLow = WideMath.MultiplyAdd(reciprocal, u2, u1, out ulong quotient);
        quotient += u2;
        ulong high = u1 - quotient * d1;
        ulong borrow = 0;
        r0 = WideMath.SubtractBorrow(u0, quotient * d0, ref borrow);
        r1 = high - WideMath.MultiplyHigh(quotient, d0) - borrow;
        borrow = 0;
        r0 = WideMath.SubtractBorrow(r0, d0, ref borrow);
        r1 = r1 - d1 - borrow;
        quotient++;
        if (r1 >= quotientLow)
        {
            quotient--;
            ulong carry = 0;
            r0 = WideMath.AddCarry(r0, d0, ref carry);
            r1 += d1 + carry;
        }
        if (r1 > d1 || (r1 == d1 && r0 >= d0))
        {
            quotient++;
            borrow = 0;
            r0 = WideMath.SubtractBorrow(r0, d0, ref borrow);
            r1 -= d1 + borrow;
        }
        return quotient;
    }
}
