using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

public readonly partial struct UInt256
{
    /// <summary>The sum modulo 2^256. spec: EVM ADD</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.Add
    public static UInt256 operator +(in UInt256 left, in UInt256 right)
    {
        AddOverflows(left, right, out UInt256 sum);
        return sum;
    }

    /// <summary>The difference modulo 2^256. spec: EVM SUB</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.Add
    public static UInt256 operator -(in UInt256 left, in UInt256 right)
    {
        SubtractUnderflows(left, right, out UInt256 difference);
        return difference;
    }

    /// <summary>The two's complement: <c>0 − value</c> modulo 2^256.</summary>
    public static UInt256 operator -(in UInt256 value) => Zero - value;

    /// <summary>Adds modulo 2^256 and says whether the true sum is larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.Add
    public static bool AddOverflows(in UInt256 left, in UInt256 right, out UInt256 sum)
    {
        ulong carry = 0;
        ulong s0 = WideMath.AddCarry(left._u0, right._u0, ref carry);
        ulong s1 = WideMath.AddCarry(left._u1, right._u1, ref carry);
        ulong s2 = WideMath.AddCarry(left._u2, right._u2, ref carry);
        ulong s3 = WideMath.AddCarry(left._u3, right._u3, ref carry);
        sum = new UInt256(s0, s1, s2, s3);
        return carry != 0;
    }

    /// <summary>Subtracts modulo 2^256 and says whether the true difference is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.Add
    public static bool SubtractUnderflows(in UInt256 left, in UInt256 right, out UInt256 difference)
    {
        ulong borrow = 0;
        ulong d0 = WideMath.SubtractBorrow(left._u0, right._u0, ref borrow);
        ulong d1 = WideMath.SubtractBorrow(left._u1, right._u1, ref borrow);
        ulong d2 = WideMath.SubtractBorrow(left._u2, right._u2, ref borrow);
        ulong d3 = WideMath.SubtractBorrow(left._u3, right._u3, ref borrow);
        difference = new UInt256(d0, d1, d2, d3);
        return borrow != 0;
    }

    /// <summary>The product modulo 2^256. spec: EVM MUL</summary>
    public static UInt256 operator *(in UInt256 left, in UInt256 right)
    {
        ulong p0 = WideMath.MultiplyAdd(left._u0, right._u0, 0, out ulong carry);
        ulong p1 = WideMath.MultiplyAdd(left._u0, right._u1, carry, out carry);
        ulong p2 = WideMath.MultiplyAdd(left._u0, right._u2, carry, out carry);
        ulong p3 = left._u0 * right._u3 + carry;

        p1 = WideMath.MultiplyAdd(left._u1, right._u0, p1, out carry);
        p2 = WideMath.MultiplyAdd(left._u1, right._u1, p2, carry, out carry);
        p3 += left._u1 * right._u2 + carry;

        p2 = WideMath.MultiplyAdd(left._u2, right._u0, p2, out carry);
        p3 += left._u2 * right._u1 + carry;
        p3 += left._u3 * right._u0;
        return new UInt256(p0, p1, p2, p3);
    }

    /// <summary>Multiplies modulo 2^256 and says whether the true product is larger.</summary>
    public static bool MultiplyOverflows(in UInt256 left, in UInt256 right, out UInt256 product)
    {
        MultiplyFull(left, right, out UInt256 high, out product);
        return !high.IsZero;
    }

    /// <summary>Raises to a power modulo 2^256; anything to the power 0 is 1. spec: EVM EXP</summary>
    public static UInt256 Power(in UInt256 @base, in UInt256 exponent)
    {
        UInt256 result = One;
        for (int bit = exponent.BitLength - 1; bit >= 0; bit--)
        {
            result *= result;
            if (exponent.IsBitSet(bit))
                result *= @base;
        }
        return result;
    }

    private bool IsBitSet(int bit)
    {
        ulong word = (bit >> 6) switch { 0 => _u0, 1 => _u1, 2 => _u2, _ => _u3 };
        return (word >> (bit & 63) & 1) != 0;
    }

    /// <summary>All 512 bits of a product.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // UInt256Benchmarks.MultiplyModulo
    private static void MultiplyFull(in UInt256 left, in UInt256 right, out UInt256 high, out UInt256 low)
    {
        ulong a = left._u0, b0 = right._u0, b1 = right._u1, b2 = right._u2, b3 = right._u3;
        ulong p0 = WideMath.MultiplyAdd(a, b0, 0, out ulong carry);
        ulong p1 = WideMath.MultiplyAdd(a, b1, carry, out carry);
        ulong p2 = WideMath.MultiplyAdd(a, b2, carry, out carry);
        ulong p3 = WideMath.MultiplyAdd(a, b3, carry, out ulong p4);
        a = left._u1;
        p1 = WideMath.MultiplyAdd(a, b0, p1, out carry);
        p2 = WideMath.MultiplyAdd(a, b1, p2, carry, out carry);
        p3 = WideMath.MultiplyAdd(a, b2, p3, carry, out carry);
        p4 = WideMath.MultiplyAdd(a, b3, p4, carry, out ulong p5);
        a = left._u2;
        p2 = WideMath.MultiplyAdd(a, b0, p2, out carry);
        p3 = WideMath.MultiplyAdd(a, b1, p3, carry, out carry);
        p4 = WideMath.MultiplyAdd(a, b2, p4, carry, out carry);
        p5 = WideMath.MultiplyAdd(a, b3, p5, carry, out ulong p6);
        a = left._u3;
        p3 = WideMath.MultiplyAdd(a, b0, p3, out carry);
        p4 = WideMath.MultiplyAdd(a, b1, p4, carry, out carry);
        p5 = WideMath.MultiplyAdd(a, b2, p5, carry, out carry);
        p6 = WideMath.MultiplyAdd(a, b3, p6, carry, out carry);
        low = new UInt256(p0, p1, p2, p3);
        high = new UInt256(p4, p5, p6, carry);
    }
}
