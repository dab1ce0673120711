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
        Dot(state, column, _width, scratch);
        for (int i = 1; i < _width; i++)
            MultiplyAdd(state, row + (i - 1) * Limbs, state + i * Limbs);
        for (int limb = 0; limb < Limbs; limb++)
            state[limb] = scratch[limb];
    }

    private void Mix(ref Vector512<ulong>* state, ref Vector512<ulong>* scratch, ulong* columns)
    {
        for (int j = 0; j < _width; j++)
            Dot(state, columns + j * _width * Limbs, _width, scratch + j * Limbs);
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
        Multiply(x, x, null, square);
        Multiply(square, square, null, fourth);
        Multiply(fourth, x, key, x);
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

    /// <summary>result = Σ a[k] · b[k] / 2^261, with b the same in all lanes. Column by column, the reduction's multiples of p among the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    [SkipLocalsInit] // written before it is read
    private static void Dot(Vector512<ulong>* a, ulong* b, int terms, Vector512<ulong>* result)
    {
        Vector512<ulong>* m = stackalloc Vector512<ulong>[Limbs];
        Vector512<ulong> mask = Vector512.Create(LimbMask), carry = Vector512<ulong>.Zero;
        fixed (ulong* p = Modulus)
        {
            for (int column = 0; column < 2 * Limbs - 1; column++)
            {
                Vector512<ulong> even = carry, odd = Vector512<ulong>.Zero, high = Vector512<ulong>.Zero;
                int first = Math.Max(0, column - Limbs + 1), last = Math.Min(column, Limbs - 1);
                for (int k = 0; k < terms; k++)
                {
                    Vector512<ulong>* x = a + k * Limbs;
                    ulong* y = b + k * Limbs + column;
                    int i = first;
                    for (; i < last; i += 2)
                    {
                        even += Product(x[i], y[-i]);
                        odd += Product(x[i + 1], y[-i - 1]);
                    }
                    if (i == last)
                        even += Product(x[i], y[-i]);
                    if (k % TermsBeforeCarry == TermsBeforeCarry - 1)
                    {
                        even += odd;
                        odd = Vector512<ulong>.Zero;
                        high += even >>> LimbBits;
                        even &= mask;
                    }
                }
                even = ReduceColumn(column, even + odd, m, p);
                if (column >= Limbs)
                    result[column - Limbs] = even & mask;
                carry = high + (even >>> LimbBits);
            }
            result[Limbs - 1] = carry;
        }
    }

    /// <summary>sum = a · b / 2^261 + sum, with b the same in all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    [SkipLocalsInit] // written before it is read
    private static void MultiplyAdd(Vector512<ulong>* a, ulong* b, Vector512<ulong>* sum)
    {
        Vector512<ulong>* m = stackalloc Vector512<ulong>[Limbs];
        Vector512<ulong> mask = Vector512.Create(LimbMask), carry = Vector512<ulong>.Zero;
        fixed (ulong* p = Modulus)
        {
            for (int column = 0; column < 2 * Limbs - 1; column++)
            {
                Vector512<ulong> even = carry, odd = Vector512<ulong>.Zero;
                int i = Math.Max(0, column - Limbs + 1), last = Math.Min(column, Limbs - 1);
                for (; i < last; i += 2)
                {
                    even += Product(a[i], b[column - i]);
                    odd += Product(a[i + 1], b[column - i - 1]);
                }
                if (i == last)
                    even += Product(a[i], b[column - i]);
                even = ReduceColumn(column, even + odd, m, p);
                if (column >= Limbs)
                {
                    even += sum[column - Limbs];
                    sum[column - Limbs] = even & mask;
                }
                carry = even >>> LimbBits;
            }
            sum[Limbs - 1] += carry;
        }
    }

    /// <summary>result = a · b / 2^261 + key, with the key the same in all lanes or none; the result may be b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // PoseidonBenchmarks.Row
    [SkipLocalsInit] // written before it is read
    private static void Multiply(Vector512<ulong>* a, Vector512<ulong>* b, ulong* key, Vector512<ulong>* result)
    {
        Vector512<ulong>* m = stackalloc Vector512<ulong>[2 * Limbs];
        Vector512<ulong>* sum = m + Limbs;
        Vector512<ulong> mask = Vector512.Create(LimbMask), carry = Vector512<ulong>.Zero;
        fixed (ulong* p = Modulus)
        {
            for (int column = 0; column < 2 * Limbs - 1; column++)
            {
                Vector512<ulong> even = carry, odd = Vector512<ulong>.Zero;
                int i = Math.Max(0, column - Limbs + 1), last = Math.Min(column, Limbs - 1);
                for (; i < last; i += 2)
                {
                    even += Avx512F.Multiply(a[i].AsUInt32(), b[column - i].AsUInt32());
                    odd += Avx512F.Multiply(a[i + 1].AsUInt32(), b[column - i - 1].AsUInt32());
                }
                if (i == last)
                    even += Avx512F.Multiply(a[i].AsUInt32(), b[column - i].AsUInt32());
                even = ReduceColumn(column, even + odd, m, p);
                if (column >= Limbs)
                {
                    even += key == null ? Vector512<ulong>.Zero : Vector512.Create(key[column - Limbs]);
                    sum[column - Limbs] = even & mask;
                }
                carry = even >>> LimbBits;
            }
            sum[Limbs - 1] = carry + (key == null ? Vector512<ulong>.Zero : Vector512.Create(key[Limbs - 1]));
        }
        for (int limb = 0; limb < Limbs; limb++)
            result[limb] = sum[limb];
    }

    /// <summary>Adds what the multiples of p chosen so far put in this column; a lower column chooses one more, which clears its low limb.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static Vector512<ulong> ReduceColumn(int column, Vector512<ulong> sum, Vector512<ulong>* m, ulong* p)
    {
        int last = Math.Min(column, Limbs) - 1;
        Vector512<ulong> other = Vector512<ulong>.Zero;
        int j = Math.Max(0, column - Limbs + 1);
        for (; j < last; j += 2)
        {
            sum += Product(m[j], p[column - j]);
            other += Product(m[j + 1], p[column - j - 1]);
        }
        if (j == last)
            sum += Product(m[j], p[column - j]);
        sum += other;
        if (column >= Limbs)
            return sum;
        m[column] = Product(sum, ModulusInverse) & Vector512.Create(LimbMask);
        return sum + Product(m[column], p[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // PoseidonBenchmarks.Row
    private static Vector512<ulong> Product(Vector512<ulong> x, ulong y) => Avx512F.Multiply(x.AsUInt32(), Vector512.Create(y).AsUInt32());

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
                Dot(scratch, factor, 1, state + (1 + i) * Limbs);
        }
    }

    private static void Store(Vector512<ulong>* digest, Vector512<ulong>* scratch, Span<Fr> nodes)
    {
        fixed (ulong* factor = ToMontgomery256)
            Dot(digest, factor, 1, scratch);
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
