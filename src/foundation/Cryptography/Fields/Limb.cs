using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Cryptography.Fields;

/// <summary>Steps on 64-bit limbs with carries. All are inlined into unrolled chains (benchmark: FieldBenchmarks).</summary>
internal static class Limb
{
    /// <summary>The high half of a product.</summary>
    /// <remarks>Math.BigMul hands its low half back through memory; asking for the two halves apart keeps both in registers.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(ulong a, ulong b) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : HighPortable(a, b);

    /// <summary><see cref="High"/> where BMI2 is absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong HighPortable(ulong a, ulong b) => Math.BigMul(a, b, out _);

    /// <summary>The low limb of a + b + carry; the carry out replaces the carry in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong a, ulong b, ref ulong carry)
    {
        ulong partial = a + b;
        ulong sum = partial + carry;
        carry = (partial < a ? 1UL : 0UL) + (sum < partial ? 1UL : 0UL);
        return sum;
    }

    /// <summary>The low limb of a − b − borrow; the borrow out replaces the borrow in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract(ulong a, ulong b, ref ulong borrow)
    {
        ulong partial = a - b;
        ulong difference = partial - borrow;
        borrow = (a < b ? 1UL : 0UL) + (partial < borrow ? 1UL : 0UL);
        return difference;
    }

    /// <summary>The low limb of a·b + carry; the high limb replaces the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply(ulong a, ulong b, ref ulong carry)
    {
        ulong sum = a * b + carry;
        carry = High(a, b) + (sum < carry ? 1UL : 0UL);
        return sum;
    }

    /// <summary>The low limb of t + a·b + carry, which always fits two limbs; the high limb replaces the carry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd(ulong t, ulong a, ulong b, ref ulong carry)
    {
        ulong partial = a * b + t;
        ulong high = High(a, b) + (partial < t ? 1UL : 0UL);
        ulong sum = partial + carry;
        carry = high + (sum < carry ? 1UL : 0UL);
        return sum;
    }

    /// <summary>−1/p modulo 2^64 for an odd p; folds to a constant where p is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong NegatedInverse(ulong p)
    {
        ulong x = (3 * p) ^ 2; // right to 5 bits, then Newton: 10, 20, 40, 80
        x *= 2 - p * x;
        x *= 2 - p * x;
        x *= 2 - p * x;
        x *= 2 - p * x;
        return 0 - x;
    }
}
