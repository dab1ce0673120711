using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Cryptography;

/// <summary>Eight hashes side by side, one in each lane of a 512-bit register.</summary>
/// <remarks>
/// An element is nine limbs of 29 bits, in Montgomery's form to the radix 2^261: the processor multiplies eight pairs of 32-bit numbers at once,
/// and nine products of 58 bits add up without a carry. Elements are below 62·p &lt; 2^261 and not made smaller until the end:
/// a product's reduction leaves less than (1 + 0.015·ab/p²)·p, so that the sums of sixty partial rounds, the matrix products over them and
/// the S-boxes over those stay in bounds. <see cref="MostPartialRounds"/> is what that reckons with.
/// </remarks>
internal sealed unsafe class PoseidonLanes
{
    /// <summary>Hashes side by side.</summary>
    public const int Count = 8;

    /// <summary>The other elements grow by a little more than p in each partial round.</summary>
    public const int MostPartialRounds = 60;

    private const int Limbs = 9;
    private const int LimbBits = 29;
    private const ulong LimbMask = (1UL << LimbBits) - 1;
    private const int TermsBeforeCarry = 4; // 4 · 9 products of 58 bits and those of the reduction stay below 2^64
    private const int Half = PoseidonConstants.FullRounds / 2;

    private static readonly ulong[] Modulus = Split(Fr.Modulus);
    private static readonly ulong ModulusInverse = NegatedInverse(Fr.Modulus[0]);

    /// <summary>2^266 mod p: multiplying by it turns the radix 2^256 of <see cref="Fr"/> into 2^261.</summary>
    private static readonly ulong[] FromMontgomery256 = SplitRaw(Fr.From(1024));

    /// <summary>2^256 mod p: multiplying by it turns the radix back.</summary>
    private static readonly ulong[] ToMontgomery256 = SplitRaw(Fr.One);

    private readonly int _width;
    private readonly int _partialRounds;
    private readonly ulong[] _tag;
    private readonly ulong[] _keys;
    private readonly ulong[] _mixing;
    private readonly ulong[] _preSparse;
    private readonly ulong[] _sparseColumns;
    private readonly ulong[] _sparseRows;

    /// <param name="constants">The instance.</param>
    /// <param name="tag">The domain tag of every hash.</param>
    public PoseidonLanes(PoseidonConstants constants, in Fr tag)
    {
        _width = constants.Width;
        _partialRounds = constants.PartialRounds;
        _tag = SplitAll([tag]);
        _keys = SplitAll(constants.Keys);
        _mixing = new ulong[_width * _width * Limbs];
        _preSparse = new ulong[_width * _width * Limbs];
        for (int j = 0; j < _width; j++)
        {
            SplitAll(constants.MixingColumn(j)).CopyTo(_mixing, j * _width * Limbs);
            SplitAll(constants.PreSparse(j)).CopyTo(_preSparse, j * _width * Limbs);
        }
        _sparseColumns = new ulong[_partialRounds * _width * Limbs];
        _sparseRows = new ulong[_partialRounds * (_width - 1) * Limbs];
        for (int round = 0; round < _partialRounds; round++)
        {
            SplitAll(constants.SparseColumn(round)).CopyTo(_sparseColumns, round * _width * Limbs);
            SplitAll(constants.SparseRow(round)).CopyTo(_sparseRows, round * (_width - 1) * Limbs);
        }
    }

    /// <summary>Whether this machine has the registers.</summary>
    public static bool IsSupported => Avx512F.IsSupported;

    /// <summary>Hashes eight times as many children as the arity to eight nodes.</summary>
    [SkipLocalsInit] // state and scratch are written before they are read
    public void Hash(ReadOnlySpan<Fr> children, Span<Fr> nodes)
    {
        // Every pointer below goes into one of these buffers or into a table of constants, both of width · 9 limbs times what the indices say.
        Vector512<ulong>* state = stackalloc Vector512<ulong>[_width * Limbs];
        Vector512<ulong>* scratch = stackalloc Vector512<ulong>[_width * Limbs];
        fixed (ulong* keys = _keys, mixing = _mixing, preSparse = _preSparse, columns = _sparseColumns, rows = _sparseRows)
        {
            Load(children, state, scratch);
            Add(state, keys, _width);
            ulong* key = keys + _width * Limbs;
            for (int round = 0; round < Half; round++, key += _width * Limbs)
            {
                for (int i = 0; i < _width; i++)
                    FifthPower(state + i * Limbs, key + i * Limbs);
                Mix(ref state, ref scratch, round == Half - 1 ? preSparse : mixing);
            }
            for (int round = 0; round < _partialRounds; round++, key += Limbs)
                PartialRound(state, scratch, key, columns + round * _width * Limbs, rows + round * (_width - 1) * Limbs);
            for (int round = 1; round <= Half; round++, key += _width * Limbs)
            {
                for (int i = 0; i < _width; i++)
                    FifthPower(state + i * Limbs, round < Half ? key + i * Limbs : null);
                Mix(ref state, ref scratch, mixing);
            }
            Store(state + Limbs, scratch, nodes);
        }
    }

    private void PartialRound(Vector512<ulong>* state, Vector512<ulong>* scratch, ulong* key, ulong* column, ulong* row)
    {
        FifthPower(state, key);
        Sum<Shared, Nothing>(state, column, _width, null, scratch);
        for (int i = 1; i < _width; i++)
            Sum<Shared, Own>(state, row + (i - 1) * Limbs, 1, state + i * Limbs, state + i * Limbs);
        for (int limb = 0; limb < Limbs; limb++)
            state[limb] = scratch[limb];
    }

    private void Mix(ref Vector512<ulong>* state, ref Vector512<ulong>* scratch, ulong* columns)
    {
        for (int j = 0; j < _width; j++)
            Sum<Shared, Nothing>(state, columns + j * _width * Limbs, _width, null, scratch + j * Limbs);
        Vector512<ulong>* mixed = scratch;
        scratch = state;
        state = mixed;
    }

    /// <summary>x = x^5 + key.</summary>
    [SkipLocalsInit] // written before it is read
    private static void FifthPower(Vector512<ulong>* x, ulong* key)
    {
        Vector512<ulong>* square = stackalloc Vector512<ulong>[2 * Limbs];
        Vector512<ulong>* fourth = square + Limbs;
        Sum<Own, Nothing>(x, x, 1, null, square);
        Sum<Own, Nothing>(square, square, 1, null, fourth);
        if (key == null)
            Sum<Own, Nothing>(fourth, x, 1, null, x);
        else
            Sum<Own, Shared>(fourth, x, 1, key, x);
    }

    private static void Add(Vector512<ulong>* state, ulong* keys, int width)
    {
        Vector512<ulong> mask = Vector512.Create(LimbMask);
        for (int i = 0; i < width; i++)
        {
            Vector512<ulong> carry = Vector512<ulong>.Zero;
            for (int limb = 0; limb < Limbs; limb++)
            {
                Vector512<ulong> sum = state[i * Limbs + limb] + Vector512.Create(keys[i * Limbs + limb]) + carry;
                carry = sum >>> LimbBits;
                state[i * Limbs + limb] = limb == Limbs - 1 ? sum : sum & mask;
            }
        }
    }

    /// <summary>result = Σ a[k] · b[k] / 2^261 + addend. All seventeen columns of the sum stay in registers; so do the nine limbs of a term.</summary>
    /// <remarks>The addend and the result may be the same memory, and the result may be one of the factors.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    private static void Sum<TFactor, TAddend>(Vector512<ulong>* a, void* b, int terms, void* addend, Vector512<ulong>* result)
        where TFactor : struct, ILimbs
        where TAddend : struct, ILimbs
    {
        Vector512<ulong> mask = Vector512.Create(LimbMask);
        Vector512<ulong> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default, c8 = default;
        Vector512<ulong> c9 = default, c10 = default, c11 = default, c12 = default, c13 = default, c14 = default, c15 = default, c16 = default;
        for (int k = 0; k < terms; k++)
        {
            Vector512<ulong> x0 = a[0], x1 = a[1], x2 = a[2], x3 = a[3], x4 = a[4], x5 = a[5], x6 = a[6], x7 = a[7], x8 = a[8];
            a += Limbs;
            int at = k * Limbs;
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at), ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 1), ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 2), ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 3), ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 4), ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 5), ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 6), ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 7), ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15);
            Row(x0, x1, x2, x3, x4, x5, x6, x7, x8, TFactor.Load(b, at + 8), ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16);
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
            Carry(ref c8, ref c9, mask);
            Carry(ref c9, ref c10, mask);
            Carry(ref c10, ref c11, mask);
            Carry(ref c11, ref c12, mask);
            Carry(ref c12, ref c13, mask);
            Carry(ref c13, ref c14, mask);
            Carry(ref c14, ref c15, mask);
            Carry(ref c15, ref c16, mask);
        }
        Vector512<ulong> inverse = Vector512.Create(ModulusInverse);
        fixed (ulong* p = Modulus)
        {
            Reduce(p, inverse, mask, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8);
            Reduce(p, inverse, mask, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9);
            Reduce(p, inverse, mask, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10);
            Reduce(p, inverse, mask, ref c3, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11);
            Reduce(p, inverse, mask, ref c4, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12);
            Reduce(p, inverse, mask, ref c5, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13);
            Reduce(p, inverse, mask, ref c6, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14);
            Reduce(p, inverse, mask, ref c7, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15);
            Reduce(p, inverse, mask, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15, ref c16);
        }
        c9 += TAddend.Load(addend, 0);
        result[0] = c9 & mask;
        c10 += (c9 >>> LimbBits) + TAddend.Load(addend, 1);
        result[1] = c10 & mask;
        c11 += (c10 >>> LimbBits) + TAddend.Load(addend, 2);
        result[2] = c11 & mask;
        c12 += (c11 >>> LimbBits) + TAddend.Load(addend, 3);
        result[3] = c12 & mask;
        c13 += (c12 >>> LimbBits) + TAddend.Load(addend, 4);
        result[4] = c13 & mask;
        c14 += (c13 >>> LimbBits) + TAddend.Load(addend, 5);
        result[5] = c14 & mask;
        c15 += (c14 >>> LimbBits) + TAddend.Load(addend, 6);
        result[6] = c15 & mask;
        c16 += (c15 >>> LimbBits) + TAddend.Load(addend, 7);
        result[7] = c16 & mask;
        result[8] = (c16 >>> LimbBits) + TAddend.Load(addend, 8);
    }

    /// <summary>Nine columns += x · y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static void Row(
        Vector512<ulong> x0, Vector512<ulong> x1, Vector512<ulong> x2, Vector512<ulong> x3, Vector512<ulong> x4, Vector512<ulong> x5, Vector512<ulong> x6, Vector512<ulong> x7, Vector512<ulong> x8, Vector512<ulong> y,
        ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, ref Vector512<ulong> c4, ref Vector512<ulong> c5, ref Vector512<ulong> c6, ref Vector512<ulong> c7, ref Vector512<ulong> c8)
    {
        c0 += Product(x0, y);
        c1 += Product(x1, y);
        c2 += Product(x2, y);
        c3 += Product(x3, y);
        c4 += Product(x4, y);
        c5 += Product(x5, y);
        c6 += Product(x6, y);
        c7 += Product(x7, y);
        c8 += Product(x8, y);
    }

    /// <summary>Adds the multiple of p that clears the first column's limb, and takes what is left of that column into the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static void Reduce(
        ulong* p, Vector512<ulong> inverse, Vector512<ulong> mask,
        ref Vector512<ulong> c0, ref Vector512<ulong> c1, ref Vector512<ulong> c2, ref Vector512<ulong> c3, ref Vector512<ulong> c4, ref Vector512<ulong> c5, ref Vector512<ulong> c6, ref Vector512<ulong> c7, ref Vector512<ulong> c8)
    {
        Vector512<ulong> m = Product(c0, inverse) & mask;
        c0 += Product(m, Vector512.Create(p[0]));
        c1 += Product(m, Vector512.Create(p[1])) + (c0 >>> LimbBits);
        c2 += Product(m, Vector512.Create(p[2]));
        c3 += Product(m, Vector512.Create(p[3]));
        c4 += Product(m, Vector512.Create(p[4]));
        c5 += Product(m, Vector512.Create(p[5]));
        c6 += Product(m, Vector512.Create(p[6]));
        c7 += Product(m, Vector512.Create(p[7]));
        c8 += Product(m, Vector512.Create(p[8]));
    }

    /// <summary>Leaves a limb in a column and takes the rest into the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static void Carry(ref Vector512<ulong> column, ref Vector512<ulong> next, Vector512<ulong> mask)
    {
        next += column >>> LimbBits;
        column &= mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static Vector512<ulong> Product(Vector512<ulong> x, Vector512<ulong> y) => Avx512F.Multiply(x.AsUInt32(), y.AsUInt32());

    /// <summary>Where the limbs of a factor or addend come from.</summary>
    private interface ILimbs
    {
        static abstract Vector512<ulong> Load(void* limbs, int index);
    }

    /// <summary>An element of its own in each lane.</summary>
    private readonly struct Own : ILimbs
    {
        public static Vector512<ulong> Load(void* limbs, int index) => ((Vector512<ulong>*)limbs)[index];
    }

    /// <summary>One element for all lanes: a constant.</summary>
    private readonly struct Shared : ILimbs
    {
        public static Vector512<ulong> Load(void* limbs, int index) => Vector512.Create(((ulong*)limbs)[index]);
    }

    /// <summary>Zero.</summary>
    private readonly struct Nothing : ILimbs
    {
        public static Vector512<ulong> Load(void* limbs, int index) => Vector512<ulong>.Zero;
    }

    private void Load(ReadOnlySpan<Fr> children, Vector512<ulong>* state, Vector512<ulong>* scratch)
    {
        int arity = _width - 1;
        for (int limb = 0; limb < Limbs; limb++)
            state[limb] = Vector512.Create(_tag[limb]);
        Span<ulong> limbs = stackalloc ulong[Limbs];
        for (int i = 0; i < arity; i++)
        {
            ulong* lanes = (ulong*)scratch;
            for (int lane = 0; lane < Count; lane++)
            {
                Split(MemoryMarshal.Cast<Fr, ulong>(children.Slice(lane * arity + i, 1)), limbs);
                for (int limb = 0; limb < Limbs; limb++)
                    lanes[limb * Count + lane] = limbs[limb];
            }
            fixed (ulong* factor = FromMontgomery256)
                Sum<Shared, Nothing>(scratch, factor, 1, null, state + (1 + i) * Limbs);
        }
    }

    private static void Store(Vector512<ulong>* digest, Vector512<ulong>* scratch, Span<Fr> nodes)
    {
        fixed (ulong* factor = ToMontgomery256)
            Sum<Shared, Nothing>(digest, factor, 1, null, scratch);
        ulong* lanes = (ulong*)scratch;
        Span<ulong> limbs = stackalloc ulong[Limbs];
        for (int lane = 0; lane < Count; lane++)
        {
            for (int limb = 0; limb < Limbs; limb++)
                limbs[limb] = lanes[limb * Count + lane];
            nodes[lane] = Join(limbs);
        }
    }

    /// <summary>The element whose Montgomery form is below twice the modulus and has these limbs.</summary>
    private static Fr Join(ReadOnlySpan<ulong> limbs)
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

    private static ulong[] SplitAll(ReadOnlySpan<Fr> elements)
    {
        ulong[] limbs = new ulong[elements.Length * Limbs];
        Fr radix = Fr.From(32); // from 2^256 to 2^261
        for (int i = 0; i < elements.Length; i++)
            SplitRaw(elements[i] * radix).CopyTo(limbs, i * Limbs);
        return limbs;
    }

    /// <summary>The limbs of an element's Montgomery form.</summary>
    private static ulong[] SplitRaw(Fr element) => Split(MemoryMarshal.Cast<Fr, ulong>(new ReadOnlySpan<Fr>(in element)));

    private static ulong[] Split(ReadOnlySpan<ulong> words)
    {
        ulong[] limbs = new ulong[Limbs];
        Split(words, limbs);
        return limbs;
    }

    private static void Split(ReadOnlySpan<ulong> words, Span<ulong> limbs)
    {
        for (int limb = 0; limb < Limbs; limb++)
        {
            int bit = limb * LimbBits, word = bit / 64, shift = bit % 64;
            ulong low = words[word] >> shift;
            ulong high = shift > 64 - LimbBits && word + 1 < words.Length ? words[word + 1] << (64 - shift) : 0;
            limbs[limb] = (low | high) & LimbMask;
        }
    }

    /// <summary>−1/p modulo 2^29, by Newton's iteration.</summary>
    private static ulong NegatedInverse(ulong p)
    {
        ulong inverse = p;
        for (int i = 0; i < 5; i++)
            inverse *= 2 - p * inverse;
        return (0 - inverse) & LimbMask;
    }
}
