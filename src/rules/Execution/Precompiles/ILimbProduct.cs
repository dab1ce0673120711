using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>A product of numbers of equally many 64-bit limbs, least significant first, brought back to that length.</summary>
internal interface ILimbProduct
{
    /// <summary>Writes the product to <paramref name="result"/>, which is none of the factors.</summary>
    void Multiply(ulong[] a, ulong[] b, ulong[] result);
}

/// <summary>The product's low half: modulo 2^(64·limbs).</summary>
internal readonly struct CutProduct : ILimbProduct
{
    public void Multiply(ulong[] a, ulong[] b, ulong[] result)
    {
        unchecked
        {
            Array.Clear(result);
            for (int i = 0; i < a.Length; i++)
            {
                ulong carry = 0, factor = a[i];
                for (int j = 0; i + j < result.Length; j++)
                    result[i + j] = WideMath.MultiplyAdd(factor, b[j], result[i + j], carry, out carry);
            }
        }
    }
}

/// <summary><c>a · b · 2^(−64·limbs)</c> modulo an odd number, below it when one factor is.</summary>
internal readonly struct MontgomeryProduct : ILimbProduct
{
    private readonly ulong[] _modulus;
    private readonly ulong _inverse; // −1/modulus modulo 2^64

    public MontgomeryProduct(ulong[] modulus)
    {
        _modulus = modulus;
        ulong inverse = modulus[0]; // right in 3 bits: the square of an odd number is 1 modulo 8
        for (int bits = 3; bits < 64; bits *= 2)
            inverse = unchecked(inverse * (2 - modulus[0] * inverse));
        _inverse = unchecked(0 - inverse);
    }

    public void Multiply(ulong[] a, ulong[] b, ulong[] result)
    {
        unchecked
        {
            int length = _modulus.Length;
            Array.Clear(result);
            // All arrays have this length: references save the loop's four bounds checks per step (EvmBenchmarks, pre_modexp_2048bit_full).
            ref ulong q = ref MemoryMarshal.GetArrayDataReference(_modulus), factor = ref MemoryMarshal.GetArrayDataReference(b), t = ref MemoryMarshal.GetArrayDataReference(result);
            ulong high = 0;
            for (int i = 0; i < length; i++)
            {
                ulong ai = a[i];
                ulong low = WideMath.MultiplyAdd(ai, factor, t, out ulong carry);
                ulong m = low * _inverse;
                _ = WideMath.MultiplyAdd(m, q, low, out ulong reduced);
                for (int j = 1; j < length; j++)
                {
                    ulong sum = WideMath.MultiplyAdd(ai, Unsafe.Add(ref factor, j), Unsafe.Add(ref t, j), carry, out carry);
                    Unsafe.Add(ref t, j - 1) = WideMath.MultiplyAdd(m, Unsafe.Add(ref q, j), sum, reduced, out reduced);
                }
                ulong overflow = 0;
                ulong top = WideMath.AddCarry(high, carry, ref overflow);
                ulong more = 0;
                Unsafe.Add(ref t, length - 1) = WideMath.AddCarry(top, reduced, ref more);
                high = overflow + more;
            }
            if (high != 0 || !IsBelow(result, _modulus))
                Subtract(result, _modulus);
        }
    }

    private static bool IsBelow(ulong[] value, ulong[] limit)
    {
        for (int i = value.Length - 1; i >= 0; i--)
        {
            if (value[i] != limit[i])
                return value[i] < limit[i];
        }
        return false;
    }

    private static void Subtract(ulong[] value, ulong[] amount)
    {
        ulong borrow = 0;
        for (int i = 0; i < value.Length; i++)
            value[i] = WideMath.SubtractBorrow(value[i], amount[i], ref borrow);
    }
}
