using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Primitives;

/// <summary>Steps of multi-word arithmetic on 64-bit words: products with both halves, sums with carries.</summary>
/// <remarks>
/// Everything here is inlined into its callers (benchmark: UInt256Benchmarks) and free of branches that depend on the values.
/// The high half comes from MULX by itself: asked for both halves, .NET passes the low one through memory.
/// </remarks>
public static class WideMath
{
    /// <summary>The high 64 bits of a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHigh(ulong a, ulong b) =>
        Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : MultiplyHighPortable(a, b);

    /// <summary><see cref="MultiplyHigh"/> where BMI2 is absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHighPortable(ulong a, ulong b) => Math.BigMul(a, b, out _);

    /// <summary>The low 64 bits of <c>a × b + addend</c>; the high ones go to <paramref name="high"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong addend, out ulong high)
    {
        ulong sum = a * b + addend;
        high = MultiplyHigh(a, b) + (sum < addend ? 1UL : 0UL);
        return sum;
    }

    /// <summary>The low 64 bits of <c>a × b + addend + carry</c>; the high ones go to <paramref name="high"/>. It cannot overflow 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong a, ulong b, ulong addend, ulong carry, out ulong high)
    {
        // Comparing with what was added lets the sum overwrite the product: a register and a copy less.
        ulong once = a * b + addend;
        ulong twice = once + carry;
        high = MultiplyHigh(a, b) + (once < addend ? 1UL : 0UL) + (twice < carry ? 1UL : 0UL);
        return twice;
    }

    /// <summary><c>a + b + carry</c> modulo 2^64; <paramref name="carry"/> is 0 or 1, before and after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddCarry(ulong a, ulong b, ref ulong carry)
    {
        ulong once = a + b;
        ulong twice = once + carry;
        carry = (once < a ? 1UL : 0UL) | (twice < once ? 1UL : 0UL);
        return twice;
    }

    /// <summary><c>a − b − borrow</c> modulo 2^64; <paramref name="borrow"/> is 0 or 1, before and after.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SubtractBorrow(ulong a, ulong b, ref ulong borrow)
    {
        ulong once = a - b;
        ulong twice = once - borrow;
        borrow = (a < b ? 1UL : 0UL) | (once < borrow ? 1UL : 0UL);
        return twice;
    }
}
