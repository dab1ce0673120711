using System.Runtime.CompilerServices;
using Flashback.Cryptography.Bls12381;

namespace Flashback.Cryptography.Fields;

/// <summary>Products in BLS12-381's base field, one in each lane.</summary>
/// <remarks>
/// An element x is fourteen limbs of 28 bits that stand for x·2^392 modulo p: 256 times what <see cref="Fp"/> keeps, so that reading is cutting at
/// other places, and writing a division by 256. Limbs of factors may be as large as 3 · 2^28: then 14 products of each kind stay below 2^64
/// (14 · (3·3 + 1) · 2^56), and differences need no carries. A product is below (1 + ab/2520p²)·p; everything stays below 2520·p = 2^392.
/// </remarks>
internal static unsafe class FpLanes
{
    /// <summary>Limbs of an element.</summary>
    public const int Limbs = 14;

    /// <summary>Words of an element as <see cref="Fp"/> keeps it.</summary>
    public const int Words = 6;

    /// <summary>Vectors of a scratch space: the constants below, and how often a reduction adds the modulus at each limb.</summary>
    public const int ScratchLength = Inverse + 2;

    private const int LimbBits = 28;
    private const ulong LimbMask = (1UL << LimbBits) - 1;
    private const int Half = Limbs / 2;
    private const int QuotientShift = 50;

    // Where in the scratch space they begin.
    private const int Modulus = 0;
    private const int Multiples = Limbs;
    private const int Spare = 2 * Limbs;
    private const int TwiceSpare = 3 * Limbs;
    private const int Complement = 4 * Limbs;
    private const int Inverse = 5 * Limbs;
    private const int Reciprocal = Inverse + 1;

    /// <summary>Writes the constants where all others look for them.</summary>
    public static void Prepare<TLanes>(TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Span<ulong> limbs = stackalloc ulong[Limbs];
        Multiple(512, 1, limbs); // more than any element that is subtracted, limb by limb
        Fill(scratch + Spare, limbs);
        Multiple(1024, 2, limbs);
        Fill(scratch + TwiceSpare, limbs);
        Multiple(256, 0, limbs);
        scratch[Reciprocal] = TLanes.Same((1UL << QuotientShift) / (limbs[^1] + 1));
        for (int i = 0; i < Limbs; i++)
            limbs[i] = LimbMask - limbs[i];
        limbs[0]++;
        Fill(scratch + Complement, limbs);
        Multiple(1, 0, limbs);
        Fill(scratch + Modulus, limbs);
        scratch[Inverse] = TLanes.Same(MontgomeryConstant.NegatedInverse(Fp.Modulus[0]) & LimbMask);
    }

    /// <summary>result = a · b, and with an addend a · b + addend.</summary>
    /// <remarks>The result may be a factor or the addend; its limbs are below 2^28, whatever those of the addend are.</remarks>
    public static void Multiply<TLanes>(TLanes* a, TLanes* b, TLanes* addend, TLanes* result, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes carry = default;
        SumBlock(a, b, 0, null, scratch + Multiples, scratch, ref carry);
        SumBlock(a, b, 1, null, scratch + Multiples + Half, scratch, ref carry);
        SumBlock(a, b, 2, addend, result, scratch, ref carry); // the last block looks at upper halves only
        SumBlock(a, b, 3, addend == null ? null : addend + Half, result + Half, scratch, ref carry);
    }

    /// <summary>result = a − b, with limbs below 3 · 2^28.</summary>
    public static void Subtract<TLanes>(TLanes* a, TLanes* b, TLanes* result, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i < Limbs; i++)
            result[i] = a[i] + (scratch[Spare + i] - b[i]);
    }

    /// <summary>result = −a − b, for an addend only.</summary>
    public static void NegateSum<TLanes>(TLanes* a, TLanes* b, TLanes* result, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i < Limbs; i++)
            result[i] = scratch[TwiceSpare + i] - a[i] - b[i];
    }

    /// <summary>result = −a, for an addend only.</summary>
    public static void Negate<TLanes>(TLanes* a, TLanes* result, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i < Limbs; i++)
            result[i] = scratch[Spare + i] - a[i];
    }

    /// <summary>Makes an element a multiple of 256 below 256·p: what can be written. Once in many millions it comes out not below, but next to it.</summary>
    /// <remarks>Adds the multiple of p that clears the last eight bits, and takes off as many times 256·p as the leading limbs tell.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // MultiScalarBenchmarks.InG1
    public static void Settle<TLanes>(TLanes* element, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mask = TLanes.Same(LimbMask), carry = default;
        TLanes multiple = TLanes.Product(element[0], scratch[Inverse]) & TLanes.Same(255);
        TLanes top = TLanes.MultiplyAdd(scratch + Modulus + 12, multiple, element[12]) >>> LimbBits;
        top += TLanes.MultiplyAdd(scratch + Modulus + 13, multiple, element[13]);
        TLanes quotient = TLanes.Product(top, scratch[Reciprocal]) >>> QuotientShift;
        for (int i = 0; i < Limbs; i++)
        {
            carry = TLanes.MultiplyAdd(scratch + Modulus + i, multiple, element[i] + carry);
            carry = TLanes.MultiplyAdd(scratch + Complement + i, quotient, carry);
            element[i] = carry & mask; // what goes over the last limb is quotient · 2^392
            carry = carry >>> LimbBits;
        }
    }

    /// <summary>Puts an element's words into a lane, for <see cref="Read"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static void Put<TLanes>(in Fp element, TLanes* words, int lane)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        ref ulong from = ref Unsafe.As<Fp, ulong>(ref Unsafe.AsRef(in element));
        ulong* to = (ulong*)words + lane;
        for (int i = 0; i < Words; i++)
            to[i * TLanes.Count] = Unsafe.Add(ref from, i);
    }

    /// <summary>Takes an element out of a lane of words that <see cref="Write"/> wrote.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
    public static void Take<TLanes>(TLanes* words, int lane, out Fp element)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        Unsafe.SkipInit(out element);
        ref ulong to = ref Unsafe.As<Fp, ulong>(ref element);
        ulong* from = (ulong*)words + lane;
        for (int i = 0; i < Words; i++)
            Unsafe.Add(ref to, i) = from[i * TLanes.Count];
        if (from[(Words - 1) * TLanes.Count] >= FpModulus.P5)
            element += Fp.Zero; // addition takes the modulus off once
    }

    /// <summary>The limbs of 256 times what the words say.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // MultiScalarBenchmarks.InG1
    public static void Read<TLanes>(TLanes* words, TLanes* element)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mask = TLanes.Same(LimbMask);
        TLanes w0 = words[0], w1 = words[1], w2 = words[2], w3 = words[3], w4 = words[4], w5 = words[5];
        element[0] = (w0 << 8) & mask;
        element[1] = (w0 >>> 20) & mask;
        element[2] = ((w0 >>> 48) | (w1 << 16)) & mask;
        element[3] = (w1 >>> 12) & mask;
        element[4] = ((w1 >>> 40) | (w2 << 24)) & mask;
        element[5] = (w2 >>> 4) & mask;
        element[6] = (w2 >>> 32) & mask;
        element[7] = ((w2 >>> 60) | (w3 << 4)) & mask;
        element[8] = (w3 >>> 24) & mask;
        element[9] = ((w3 >>> 52) | (w4 << 12)) & mask;
        element[10] = (w4 >>> 16) & mask;
        element[11] = ((w4 >>> 44) | (w5 << 20)) & mask;
        element[12] = (w5 >>> 8) & mask;
        element[13] = w5 >>> 36;
    }

    /// <summary>The words of a 256th of what the limbs say. The element must be settled.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // MultiScalarBenchmarks.InG1
    public static void Write<TLanes>(TLanes* element, TLanes* words)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        words[0] = (element[0] >>> 8) | (element[1] << 20) | (element[2] << 48);
        words[1] = (element[2] >>> 16) | (element[3] << 12) | (element[4] << 40);
        words[2] = (element[4] >>> 24) | (element[5] << 4) | (element[6] << 32) | (element[7] << 60);
        words[3] = (element[7] >>> 4) | (element[8] << 24) | (element[9] << 52);
        words[4] = (element[9] >>> 12) | (element[10] << 16) | (element[11] << 44);
        words[5] = (element[11] >>> 20) | (element[12] << 8) | (element[13] << 36);
    }

    /// <summary>Seven of the 27 columns of a product and its reduction: a quarter of the columns, at a time, fits sixteen registers.</summary>
    /// <param name="a">A factor of two halves.</param>
    /// <param name="b">The other.</param>
    /// <param name="block">0 and 1 find the multiples of the modulus that clear their columns; 2 and 3 are the result.</param>
    /// <param name="addend">What is added to a result, or null.</param>
    /// <param name="target">Where the multiples or the limbs go.</param>
    /// <param name="scratch">The scratch space.</param>
    /// <param name="rest">From the block before, and for the next.</param>
    /// <remarks>
    /// Of two halves, the pair with indices i and j adds the lower columns of its product to block i + j, and the upper ones to the next.
    /// Each part is unrolled in place, where the compiler keeps the columns in registers.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // MultiScalarBenchmarks.InG1
    private static void SumBlock<TLanes>(TLanes* a, TLanes* b, int block, TLanes* addend, TLanes* target, TLanes* scratch, ref TLanes rest)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mask = TLanes.Same(LimbMask), inverse = scratch[Inverse], v;
        TLanes c0 = rest, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default;
        TLanes* p = scratch + Modulus, x, y;
        for (int product = 0; product < 2; product++)
        {
            TLanes* left = product == 0 ? a : scratch + Multiples, right = product == 0 ? b : p;
            int known = product == 0 ? 2 : Math.Min(block, 2);
            for (int half = Math.Max(0, block - 1); half < known && half <= block; half++)
            {
                x = left + half * Half;
                y = right + (block - half) * Half;
                v = y[0];
                c0 = TLanes.MultiplyAdd(x, v, c0);
                c1 = TLanes.MultiplyAdd(x + 1, v, c1);
                c2 = TLanes.MultiplyAdd(x + 2, v, c2);
                c3 = TLanes.MultiplyAdd(x + 3, v, c3);
                c4 = TLanes.MultiplyAdd(x + 4, v, c4);
                c5 = TLanes.MultiplyAdd(x + 5, v, c5);
                c6 = TLanes.MultiplyAdd(x + 6, v, c6);
                v = y[1];
                c1 = TLanes.MultiplyAdd(x, v, c1);
                c2 = TLanes.MultiplyAdd(x + 1, v, c2);
                c3 = TLanes.MultiplyAdd(x + 2, v, c3);
                c4 = TLanes.MultiplyAdd(x + 3, v, c4);
                c5 = TLanes.MultiplyAdd(x + 4, v, c5);
                c6 = TLanes.MultiplyAdd(x + 5, v, c6);
                v = y[2];
                c2 = TLanes.MultiplyAdd(x, v, c2);
                c3 = TLanes.MultiplyAdd(x + 1, v, c3);
                c4 = TLanes.MultiplyAdd(x + 2, v, c4);
                c5 = TLanes.MultiplyAdd(x + 3, v, c5);
                c6 = TLanes.MultiplyAdd(x + 4, v, c6);
                v = y[3];
                c3 = TLanes.MultiplyAdd(x, v, c3);
                c4 = TLanes.MultiplyAdd(x + 1, v, c4);
                c5 = TLanes.MultiplyAdd(x + 2, v, c5);
                c6 = TLanes.MultiplyAdd(x + 3, v, c6);
                v = y[4];
                c4 = TLanes.MultiplyAdd(x, v, c4);
                c5 = TLanes.MultiplyAdd(x + 1, v, c5);
                c6 = TLanes.MultiplyAdd(x + 2, v, c6);
                v = y[5];
                c5 = TLanes.MultiplyAdd(x, v, c5);
                c6 = TLanes.MultiplyAdd(x + 1, v, c6);
                v = y[6];
                c6 = TLanes.MultiplyAdd(x, v, c6);
            }
            for (int half = Math.Max(0, block - 2); half < known && half < block; half++)
            {
                x = left + half * Half;
                y = right + (block - 1 - half) * Half;
                v = y[1];
                c0 = TLanes.MultiplyAdd(x + 6, v, c0);
                v = y[2];
                c0 = TLanes.MultiplyAdd(x + 5, v, c0);
                c1 = TLanes.MultiplyAdd(x + 6, v, c1);
                v = y[3];
                c0 = TLanes.MultiplyAdd(x + 4, v, c0);
                c1 = TLanes.MultiplyAdd(x + 5, v, c1);
                c2 = TLanes.MultiplyAdd(x + 6, v, c2);
                v = y[4];
                c0 = TLanes.MultiplyAdd(x + 3, v, c0);
                c1 = TLanes.MultiplyAdd(x + 4, v, c1);
                c2 = TLanes.MultiplyAdd(x + 5, v, c2);
                c3 = TLanes.MultiplyAdd(x + 6, v, c3);
                v = y[5];
                c0 = TLanes.MultiplyAdd(x + 2, v, c0);
                c1 = TLanes.MultiplyAdd(x + 3, v, c1);
                c2 = TLanes.MultiplyAdd(x + 4, v, c2);
                c3 = TLanes.MultiplyAdd(x + 5, v, c3);
                c4 = TLanes.MultiplyAdd(x + 6, v, c4);
                v = y[6];
                c0 = TLanes.MultiplyAdd(x + 1, v, c0);
                c1 = TLanes.MultiplyAdd(x + 2, v, c1);
                c2 = TLanes.MultiplyAdd(x + 3, v, c2);
                c3 = TLanes.MultiplyAdd(x + 4, v, c3);
                c4 = TLanes.MultiplyAdd(x + 5, v, c4);
                c5 = TLanes.MultiplyAdd(x + 6, v, c5);
            }
        }
        if (block < 2)
        {
            target[0] = v = TLanes.Product(c0, inverse) & mask;
            c0 = TLanes.MultiplyAdd(p, v, c0);
            c1 = TLanes.MultiplyAdd(p + 1, v, c1);
            c2 = TLanes.MultiplyAdd(p + 2, v, c2);
            c3 = TLanes.MultiplyAdd(p + 3, v, c3);
            c4 = TLanes.MultiplyAdd(p + 4, v, c4);
            c5 = TLanes.MultiplyAdd(p + 5, v, c5);
            c6 = TLanes.MultiplyAdd(p + 6, v, c6);
            c1 += c0 >>> LimbBits;
            target[1] = v = TLanes.Product(c1, inverse) & mask;
            c1 = TLanes.MultiplyAdd(p, v, c1);
            c2 = TLanes.MultiplyAdd(p + 1, v, c2);
            c3 = TLanes.MultiplyAdd(p + 2, v, c3);
            c4 = TLanes.MultiplyAdd(p + 3, v, c4);
            c5 = TLanes.MultiplyAdd(p + 4, v, c5);
            c6 = TLanes.MultiplyAdd(p + 5, v, c6);
            c2 += c1 >>> LimbBits;
            target[2] = v = TLanes.Product(c2, inverse) & mask;
            c2 = TLanes.MultiplyAdd(p, v, c2);
            c3 = TLanes.MultiplyAdd(p + 1, v, c3);
            c4 = TLanes.MultiplyAdd(p + 2, v, c4);
            c5 = TLanes.MultiplyAdd(p + 3, v, c5);
            c6 = TLanes.MultiplyAdd(p + 4, v, c6);
            c3 += c2 >>> LimbBits;
            target[3] = v = TLanes.Product(c3, inverse) & mask;
            c3 = TLanes.MultiplyAdd(p, v, c3);
            c4 = TLanes.MultiplyAdd(p + 1, v, c4);
            c5 = TLanes.MultiplyAdd(p + 2, v, c5);
            c6 = TLanes.MultiplyAdd(p + 3, v, c6);
            c4 += c3 >>> LimbBits;
            target[4] = v = TLanes.Product(c4, inverse) & mask;
            c4 = TLanes.MultiplyAdd(p, v, c4);
            c5 = TLanes.MultiplyAdd(p + 1, v, c5);
            c6 = TLanes.MultiplyAdd(p + 2, v, c6);
            c5 += c4 >>> LimbBits;
            target[5] = v = TLanes.Product(c5, inverse) & mask;
            c5 = TLanes.MultiplyAdd(p, v, c5);
            c6 = TLanes.MultiplyAdd(p + 1, v, c6);
            c6 += c5 >>> LimbBits;
            target[6] = v = TLanes.Product(c6, inverse) & mask;
            c6 = TLanes.MultiplyAdd(p, v, c6);
            rest = c6 >>> LimbBits;
            return;
        }
        if (addend != null)
        {
            c0 += addend[0];
            c1 += addend[1];
            c2 += addend[2];
            c3 += addend[3];
            c4 += addend[4];
            c5 += addend[5];
            c6 += addend[6];
        }
        target[0] = c0 & mask;
        c1 += c0 >>> LimbBits;
        target[1] = c1 & mask;
        c2 += c1 >>> LimbBits;
        target[2] = c2 & mask;
        c3 += c2 >>> LimbBits;
        target[3] = c3 & mask;
        c4 += c3 >>> LimbBits;
        target[4] = c4 & mask;
        c5 += c4 >>> LimbBits;
        target[5] = c5 & mask;
        c6 += c5 >>> LimbBits;
        target[6] = c6 & mask;
        rest = c6 >>> LimbBits;
    }

    /// <summary>The limbs of factor · p, of which all but the last take as many units of 2^28 as said from the one above.</summary>
    private static void Multiple(ulong factor, ulong taken, Span<ulong> limbs)
    {
        LimbCodec.Cut(Fp.Modulus, LimbBits, limbs);
        ulong carry = 0;
        for (int i = 0; i < Limbs; i++)
        {
            carry += limbs[i] * factor;
            limbs[i] = carry & LimbMask;
            carry >>= LimbBits;
        }
        for (int i = 0; i + 1 < Limbs; i++)
        {
            limbs[i] += taken << LimbBits;
            limbs[i + 1] -= taken;
        }
    }

    private static void Fill<TLanes>(TLanes* vectors, ReadOnlySpan<ulong> limbs)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int i = 0; i < limbs.Length; i++)
            vectors[i] = TLanes.Same(limbs[i]);
    }
}
