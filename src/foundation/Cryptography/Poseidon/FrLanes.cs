using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography;

/// <summary>Sums of products in BLS12-381's scalar field, one sum in each lane.</summary>
/// <remarks>
/// The lower nine columns of a sum are done before the upper eight: nine columns and what is multiplied into them fit the sixteen registers of
/// 256 bits, and the other factor comes from memory as it is multiplied. Each half is unrolled in place, where the compiler keeps the columns in
/// registers: of helpers for rows it would inline only some.
/// </remarks>
internal static unsafe class FrLanes
{
    /// <summary>Limbs of an element.</summary>
    public const int Limbs = 9;

    /// <summary>Bits of a limb.</summary>
    public const int LimbBits = 29;

    /// <summary>The bits that a limb has.</summary>
    public const ulong LimbMask = (1UL << LimbBits) - 1;

    /// <summary>Vectors of a scratch space: the modulus, how often a reduction adds it at each limb, and −1/p modulo a limb.</summary>
    public const int ScratchLength = 2 * Limbs + 1;

    private const int TermsBeforeCarry = 4; // 4 · 9 products of 58 bits and those of the reduction stay below 2^64

    /// <summary>Writes the constants where <see cref="Sum"/> looks for them.</summary>
    public static void Prepare<TLanes>(TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<ulong> limbs = stackalloc ulong[Limbs];
        Split(Fr.Modulus, limbs);
        for (int limb = 0; limb < Limbs; limb++)
            scratch[limb] = TLanes.Same(limbs[limb]);
        scratch[2 * Limbs] = TLanes.Same(MontgomeryConstant.NegatedInverse(Fr.Modulus[0]) & LimbMask);
    }

    /// <summary>result = Σ a[k] · b[k] / 2^261 + addend.</summary>
    /// <remarks>The addend and the result may be the same memory, and the result may be one of the factors.</remarks>
    public static void Sum<TLanes, TFactor, TAddend>(TLanes* a, void* b, int terms, void* addend, TLanes* result, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
        where TFactor : struct, ILimbSource
        where TAddend : struct, ILimbSource
    {
        SumLower<TLanes, TFactor>(a, b, terms, scratch, out TLanes over);
        SumUpper<TLanes, TFactor, TAddend>(a, b, terms, addend, result, scratch + Limbs, scratch, over);
    }

    /// <summary>Columns 0 to 8 of a sum, and the multiples of p that clear them; what is left goes over into column 9.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    private static void SumLower<TLanes, TFactor>(TLanes* a, void* b, int terms, TLanes* scratch, out TLanes rest)
        where TLanes : unmanaged, ILanes<TLanes>
        where TFactor : struct, ILimbSource
    {
        TLanes* p = scratch, m = scratch + Limbs;
        TLanes mask = TLanes.Same(LimbMask), inverse = scratch[2 * Limbs], over = default, y;
        TLanes c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default, c8 = default;
        for (int k = 0; k < terms; k++, a += Limbs)
        {
            int at = k * Limbs;
            y = TFactor.Load<TLanes>(b, at);
            c0 = TLanes.MultiplyAdd(a, y, c0);
            c1 = TLanes.MultiplyAdd(a + 1, y, c1);
            c2 = TLanes.MultiplyAdd(a + 2, y, c2);
            c3 = TLanes.MultiplyAdd(a + 3, y, c3);
            c4 = TLanes.MultiplyAdd(a + 4, y, c4);
            c5 = TLanes.MultiplyAdd(a + 5, y, c5);
            c6 = TLanes.MultiplyAdd(a + 6, y, c6);
            c7 = TLanes.MultiplyAdd(a + 7, y, c7);
            c8 = TLanes.MultiplyAdd(a + 8, y, c8);
            y = TFactor.Load<TLanes>(b, at + 1);
            c1 = TLanes.MultiplyAdd(a, y, c1);
            c2 = TLanes.MultiplyAdd(a + 1, y, c2);
            c3 = TLanes.MultiplyAdd(a + 2, y, c3);
            c4 = TLanes.MultiplyAdd(a + 3, y, c4);
            c5 = TLanes.MultiplyAdd(a + 4, y, c5);
            c6 = TLanes.MultiplyAdd(a + 5, y, c6);
            c7 = TLanes.MultiplyAdd(a + 6, y, c7);
            c8 = TLanes.MultiplyAdd(a + 7, y, c8);
            y = TFactor.Load<TLanes>(b, at + 2);
            c2 = TLanes.MultiplyAdd(a, y, c2);
            c3 = TLanes.MultiplyAdd(a + 1, y, c3);
            c4 = TLanes.MultiplyAdd(a + 2, y, c4);
            c5 = TLanes.MultiplyAdd(a + 3, y, c5);
            c6 = TLanes.MultiplyAdd(a + 4, y, c6);
            c7 = TLanes.MultiplyAdd(a + 5, y, c7);
            c8 = TLanes.MultiplyAdd(a + 6, y, c8);
            y = TFactor.Load<TLanes>(b, at + 3);
            c3 = TLanes.MultiplyAdd(a, y, c3);
            c4 = TLanes.MultiplyAdd(a + 1, y, c4);
            c5 = TLanes.MultiplyAdd(a + 2, y, c5);
            c6 = TLanes.MultiplyAdd(a + 3, y, c6);
            c7 = TLanes.MultiplyAdd(a + 4, y, c7);
            c8 = TLanes.MultiplyAdd(a + 5, y, c8);
            y = TFactor.Load<TLanes>(b, at + 4);
            c4 = TLanes.MultiplyAdd(a, y, c4);
            c5 = TLanes.MultiplyAdd(a + 1, y, c5);
            c6 = TLanes.MultiplyAdd(a + 2, y, c6);
            c7 = TLanes.MultiplyAdd(a + 3, y, c7);
            c8 = TLanes.MultiplyAdd(a + 4, y, c8);
            y = TFactor.Load<TLanes>(b, at + 5);
            c5 = TLanes.MultiplyAdd(a, y, c5);
            c6 = TLanes.MultiplyAdd(a + 1, y, c6);
            c7 = TLanes.MultiplyAdd(a + 2, y, c7);
            c8 = TLanes.MultiplyAdd(a + 3, y, c8);
            y = TFactor.Load<TLanes>(b, at + 6);
            c6 = TLanes.MultiplyAdd(a, y, c6);
            c7 = TLanes.MultiplyAdd(a + 1, y, c7);
            c8 = TLanes.MultiplyAdd(a + 2, y, c8);
            y = TFactor.Load<TLanes>(b, at + 7);
            c7 = TLanes.MultiplyAdd(a, y, c7);
            c8 = TLanes.MultiplyAdd(a + 1, y, c8);
            y = TFactor.Load<TLanes>(b, at + 8);
            c8 = TLanes.MultiplyAdd(a, y, c8);
            if (k % TermsBeforeCarry != TermsBeforeCarry - 1)
                continue;
            Carry(ref c0, ref c1, mask);
            Carry(ref c1, ref c2, mask);
            Carry(ref c2, ref c3, mask);
            Carry(ref c3, ref c4, mask);
            Carry(ref c4, ref c5, mask);
            Carry(ref c5, ref c6, mask);
            Carry(ref c6, ref c7, mask);
            Carry(ref c7, ref c8, mask);
            Carry(ref c8, ref over, mask);
        }
        m[0] = y = TLanes.Product(c0, inverse) & mask;
        c0 = TLanes.MultiplyAdd(p, y, c0);
        c1 = TLanes.MultiplyAdd(p + 1, y, c1);
        c2 = TLanes.MultiplyAdd(p + 2, y, c2);
        c3 = TLanes.MultiplyAdd(p + 3, y, c3);
        c4 = TLanes.MultiplyAdd(p + 4, y, c4);
        c5 = TLanes.MultiplyAdd(p + 5, y, c5);
        c6 = TLanes.MultiplyAdd(p + 6, y, c6);
        c7 = TLanes.MultiplyAdd(p + 7, y, c7);
        c8 = TLanes.MultiplyAdd(p + 8, y, c8);
        c1 += c0 >>> LimbBits;
        m[1] = y = TLanes.Product(c1, inverse) & mask;
        c1 = TLanes.MultiplyAdd(p, y, c1);
        c2 = TLanes.MultiplyAdd(p + 1, y, c2);
        c3 = TLanes.MultiplyAdd(p + 2, y, c3);
        c4 = TLanes.MultiplyAdd(p + 3, y, c4);
        c5 = TLanes.MultiplyAdd(p + 4, y, c5);
        c6 = TLanes.MultiplyAdd(p + 5, y, c6);
        c7 = TLanes.MultiplyAdd(p + 6, y, c7);
        c8 = TLanes.MultiplyAdd(p + 7, y, c8);
        c2 += c1 >>> LimbBits;
        m[2] = y = TLanes.Product(c2, inverse) & mask;
        c2 = TLanes.MultiplyAdd(p, y, c2);
        c3 = TLanes.MultiplyAdd(p + 1, y, c3);
        c4 = TLanes.MultiplyAdd(p + 2, y, c4);
        c5 = TLanes.MultiplyAdd(p + 3, y, c5);
        c6 = TLanes.MultiplyAdd(p + 4, y, c6);
        c7 = TLanes.MultiplyAdd(p + 5, y, c7);
        c8 = TLanes.MultiplyAdd(p + 6, y, c8);
        c3 += c2 >>> LimbBits;
        m[3] = y = TLanes.Product(c3, inverse) & mask;
        c3 = TLanes.MultiplyAdd(p, y, c3);
        c4 = TLanes.MultiplyAdd(p + 1, y, c4);
        c5 = TLanes.MultiplyAdd(p + 2, y, c5);
        c6 = TLanes.MultiplyAdd(p + 3, y, c6);
        c7 = TLanes.MultiplyAdd(p + 4, y, c7);
        c8 = TLanes.MultiplyAdd(p + 5, y, c8);
        c4 += c3 >>> LimbBits;
        m[4] = y = TLanes.Product(c4, inverse) & mask;
        c4 = TLanes.MultiplyAdd(p, y, c4);
        c5 = TLanes.MultiplyAdd(p + 1, y, c5);
        c6 = TLanes.MultiplyAdd(p + 2, y, c6);
        c7 = TLanes.MultiplyAdd(p + 3, y, c7);
        c8 = TLanes.MultiplyAdd(p + 4, y, c8);
        c5 += c4 >>> LimbBits;
        m[5] = y = TLanes.Product(c5, inverse) & mask;
        c5 = TLanes.MultiplyAdd(p, y, c5);
        c6 = TLanes.MultiplyAdd(p + 1, y, c6);
        c7 = TLanes.MultiplyAdd(p + 2, y, c7);
        c8 = TLanes.MultiplyAdd(p + 3, y, c8);
        c6 += c5 >>> LimbBits;
        m[6] = y = TLanes.Product(c6, inverse) & mask;
        c6 = TLanes.MultiplyAdd(p, y, c6);
        c7 = TLanes.MultiplyAdd(p + 1, y, c7);
        c8 = TLanes.MultiplyAdd(p + 2, y, c8);
        c7 += c6 >>> LimbBits;
        m[7] = y = TLanes.Product(c7, inverse) & mask;
        c7 = TLanes.MultiplyAdd(p, y, c7);
        c8 = TLanes.MultiplyAdd(p + 1, y, c8);
        c8 += c7 >>> LimbBits;
        m[8] = y = TLanes.Product(c8, inverse) & mask;
        c8 = TLanes.MultiplyAdd(p, y, c8);
        over += c8 >>> LimbBits;
        rest = over;
    }

    /// <summary>Columns 9 to 16, which are the result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    private static void SumUpper<TLanes, TFactor, TAddend>(
        TLanes* a, void* b, int terms, void* addend, TLanes* result, TLanes* m, TLanes* p, TLanes over)
        where TLanes : unmanaged, ILanes<TLanes>
        where TFactor : struct, ILimbSource
        where TAddend : struct, ILimbSource
    {
        TLanes mask = TLanes.Same(LimbMask), y;
        TLanes c9 = over, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default, c16 = default;
        for (int k = 0; k < terms; k++, a += Limbs)
        {
            int at = k * Limbs;
            y = TFactor.Load<TLanes>(b, at + 1);
            c9 = TLanes.MultiplyAdd(a + 8, y, c9);
            y = TFactor.Load<TLanes>(b, at + 2);
            c9 = TLanes.MultiplyAdd(a + 7, y, c9);
            c10 = TLanes.MultiplyAdd(a + 8, y, c10);
            y = TFactor.Load<TLanes>(b, at + 3);
            c9 = TLanes.MultiplyAdd(a + 6, y, c9);
            c10 = TLanes.MultiplyAdd(a + 7, y, c10);
            c11 = TLanes.MultiplyAdd(a + 8, y, c11);
            y = TFactor.Load<TLanes>(b, at + 4);
            c9 = TLanes.MultiplyAdd(a + 5, y, c9);
            c10 = TLanes.MultiplyAdd(a + 6, y, c10);
            c11 = TLanes.MultiplyAdd(a + 7, y, c11);
            c12 = TLanes.MultiplyAdd(a + 8, y, c12);
            y = TFactor.Load<TLanes>(b, at + 5);
            c9 = TLanes.MultiplyAdd(a + 4, y, c9);
            c10 = TLanes.MultiplyAdd(a + 5, y, c10);
            c11 = TLanes.MultiplyAdd(a + 6, y, c11);
            c12 = TLanes.MultiplyAdd(a + 7, y, c12);
            c13 = TLanes.MultiplyAdd(a + 8, y, c13);
            y = TFactor.Load<TLanes>(b, at + 6);
            c9 = TLanes.MultiplyAdd(a + 3, y, c9);
            c10 = TLanes.MultiplyAdd(a + 4, y, c10);
            c11 = TLanes.MultiplyAdd(a + 5, y, c11);
            c12 = TLanes.MultiplyAdd(a + 6, y, c12);
            c13 = TLanes.MultiplyAdd(a + 7, y, c13);
            c14 = TLanes.MultiplyAdd(a + 8, y, c14);
            y = TFactor.Load<TLanes>(b, at + 7);
            c9 = TLanes.MultiplyAdd(a + 2, y, c9);
            c10 = TLanes.MultiplyAdd(a + 3, y, c10);
            c11 = TLanes.MultiplyAdd(a + 4, y, c11);
            c12 = TLanes.MultiplyAdd(a + 5, y, c12);
            c13 = TLanes.MultiplyAdd(a + 6, y, c13);
            c14 = TLanes.MultiplyAdd(a + 7, y, c14);
            c15 = TLanes.MultiplyAdd(a + 8, y, c15);
            y = TFactor.Load<TLanes>(b, at + 8);
            c9 = TLanes.MultiplyAdd(a + 1, y, c9);
            c10 = TLanes.MultiplyAdd(a + 2, y, c10);
            c11 = TLanes.MultiplyAdd(a + 3, y, c11);
            c12 = TLanes.MultiplyAdd(a + 4, y, c12);
            c13 = TLanes.MultiplyAdd(a + 5, y, c13);
            c14 = TLanes.MultiplyAdd(a + 6, y, c14);
            c15 = TLanes.MultiplyAdd(a + 7, y, c15);
            c16 = TLanes.MultiplyAdd(a + 8, y, c16);
            if (k % TermsBeforeCarry != TermsBeforeCarry - 1)
                continue;
            Carry(ref c9, ref c10, mask);
            Carry(ref c10, ref c11, mask);
            Carry(ref c11, ref c12, mask);
            Carry(ref c12, ref c13, mask);
            Carry(ref c13, ref c14, mask);
            Carry(ref c14, ref c15, mask);
            Carry(ref c15, ref c16, mask);
        }
        y = m[1];
        c9 = TLanes.MultiplyAdd(p + 8, y, c9);
        y = m[2];
        c9 = TLanes.MultiplyAdd(p + 7, y, c9);
        c10 = TLanes.MultiplyAdd(p + 8, y, c10);
        y = m[3];
        c9 = TLanes.MultiplyAdd(p + 6, y, c9);
        c10 = TLanes.MultiplyAdd(p + 7, y, c10);
        c11 = TLanes.MultiplyAdd(p + 8, y, c11);
        y = m[4];
        c9 = TLanes.MultiplyAdd(p + 5, y, c9);
        c10 = TLanes.MultiplyAdd(p + 6, y, c10);
        c11 = TLanes.MultiplyAdd(p + 7, y, c11);
        c12 = TLanes.MultiplyAdd(p + 8, y, c12);
        y = m[5];
        c9 = TLanes.MultiplyAdd(p + 4, y, c9);
        c10 = TLanes.MultiplyAdd(p + 5, y, c10);
        c11 = TLanes.MultiplyAdd(p + 6, y, c11);
        c12 = TLanes.MultiplyAdd(p + 7, y, c12);
        c13 = TLanes.MultiplyAdd(p + 8, y, c13);
        y = m[6];
        c9 = TLanes.MultiplyAdd(p + 3, y, c9);
        c10 = TLanes.MultiplyAdd(p + 4, y, c10);
        c11 = TLanes.MultiplyAdd(p + 5, y, c11);
        c12 = TLanes.MultiplyAdd(p + 6, y, c12);
        c13 = TLanes.MultiplyAdd(p + 7, y, c13);
        c14 = TLanes.MultiplyAdd(p + 8, y, c14);
        y = m[7];
        c9 = TLanes.MultiplyAdd(p + 2, y, c9);
        c10 = TLanes.MultiplyAdd(p + 3, y, c10);
        c11 = TLanes.MultiplyAdd(p + 4, y, c11);
        c12 = TLanes.MultiplyAdd(p + 5, y, c12);
        c13 = TLanes.MultiplyAdd(p + 6, y, c13);
        c14 = TLanes.MultiplyAdd(p + 7, y, c14);
        c15 = TLanes.MultiplyAdd(p + 8, y, c15);
        y = m[8];
        c9 = TLanes.MultiplyAdd(p + 1, y, c9);
        c10 = TLanes.MultiplyAdd(p + 2, y, c10);
        c11 = TLanes.MultiplyAdd(p + 3, y, c11);
        c12 = TLanes.MultiplyAdd(p + 4, y, c12);
        c13 = TLanes.MultiplyAdd(p + 5, y, c13);
        c14 = TLanes.MultiplyAdd(p + 6, y, c14);
        c15 = TLanes.MultiplyAdd(p + 7, y, c15);
        c16 = TLanes.MultiplyAdd(p + 8, y, c16);
        c9 += TAddend.Load<TLanes>(addend, 0);
        result[0] = c9 & mask;
        c10 += (c9 >>> LimbBits) + TAddend.Load<TLanes>(addend, 1);
        result[1] = c10 & mask;
        c11 += (c10 >>> LimbBits) + TAddend.Load<TLanes>(addend, 2);
        result[2] = c11 & mask;
        c12 += (c11 >>> LimbBits) + TAddend.Load<TLanes>(addend, 3);
        result[3] = c12 & mask;
        c13 += (c12 >>> LimbBits) + TAddend.Load<TLanes>(addend, 4);
        result[4] = c13 & mask;
        c14 += (c13 >>> LimbBits) + TAddend.Load<TLanes>(addend, 5);
        result[5] = c14 & mask;
        c15 += (c14 >>> LimbBits) + TAddend.Load<TLanes>(addend, 6);
        result[6] = c15 & mask;
        c16 += (c15 >>> LimbBits) + TAddend.Load<TLanes>(addend, 7);
        result[7] = c16 & mask;
        result[8] = (c16 >>> LimbBits) + TAddend.Load<TLanes>(addend, 8);
    }

    /// <summary>Leaves a limb in a column and takes the rest into the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static void Carry<TLanes>(ref TLanes column, ref TLanes next, TLanes mask)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        next += column >>> LimbBits;
        column &= mask;
    }

    /// <summary>The element whose Montgomery form is below twice the modulus and has these limbs.</summary>
    public static Fr Join(ReadOnlySpan<ulong> limbs)
    {
        Span<Fr> element = stackalloc Fr[1];
        Span<ulong> words = MemoryMarshal.Cast<Fr, ulong>(element);
        UInt128 window = 0;
        int bits = 0, word = 0;
        foreach (ulong limb in limbs)
        {
            window |= (UInt128)limb << bits;
            bits += LimbBits;
            if (bits >= 64 && word < words.Length)
            {
                words[word++] = (ulong)window;
                window >>= 64;
                bits -= 64;
            }
        }
        if (word < words.Length)
            words[word] = (ulong)window;
        return element[0] + Fr.Zero; // addition takes the modulus off once
    }

    /// <summary>The limbs of an integer below 2^256.</summary>
    public static void Split(ReadOnlySpan<ulong> words, Span<ulong> limbs) => LimbCodec.Cut(words, LimbBits, limbs);
}
