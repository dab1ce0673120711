using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography;

/// <summary>Hashes side by side, one in each lane of a vector register: eight in one of 512 bits, four in one of 256.</summary>
/// <remarks>
/// An element is nine limbs of 29 bits, in Montgomery's form to the radix 2^261: the processor multiplies as many pairs of 32-bit numbers at once
/// as there are lanes, and nine products of 58 bits add up without a carry. Elements are below 62·p &lt; 2^261 and not made smaller until the end:
/// a product's reduction leaves less than (1 + 0.015·ab/p²)·p, so that the sums of sixty partial rounds, the matrix products over them and
/// the S-boxes over those stay in bounds. <see cref="MostPartialRounds"/> is what that reckons with.
/// </remarks>
internal sealed unsafe class PoseidonLanes
{
    /// <summary>The other elements grow by a little more than p in each partial round.</summary>
    public const int MostPartialRounds = 60;

    private const int Limbs = FrLanes.Limbs;
    private const int Half = PoseidonConstants.FullRounds / 2;

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

    /// <summary>Hashes children to nodes, as many as there are lanes each time, and leaves fewer than that; returns how many it hashed.</summary>
    /// <remarks>Only where the lanes are supported.</remarks>
    public int HashRow<TLanes>(ReadOnlySpan<Fr> children, Span<Fr> nodes)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int arity = _width - 1, done = 0;
        for (; nodes.Length - done >= TLanes.Count; done += TLanes.Count)
            Hash<TLanes>(children.Slice(done * arity, TLanes.Count * arity), nodes.Slice(done, TLanes.Count));
        return done;
    }

    [SkipLocalsInit] // state and scratch are written before they are read
    private void Hash<TLanes>(ReadOnlySpan<Fr> children, Span<Fr> nodes)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        // Every pointer below goes into this room or into a table of constants: states are of width · 9 limbs, and so are the rows of the tables.
        int length = _width * Limbs;
        byte* room = stackalloc byte[(2 * length + FrLanes.ScratchLength + 2 * Limbs + 1) * sizeof(TLanes)];
        TLanes* state = LaneMemory.Align<TLanes>(room), mixed = state + length, scratch = mixed + length;
        FrLanes.Prepare(scratch);
        fixed (ulong* keys = _keys, mixing = _mixing, preSparse = _preSparse, columns = _sparseColumns, rows = _sparseRows)
        {
            Load(children, state, mixed, scratch);
            Add(state, keys, _width);
            ulong* key = keys + _width * Limbs;
            for (int round = 0; round < Half; round++, key += _width * Limbs)
            {
                for (int i = 0; i < _width; i++)
                    FifthPower(state + i * Limbs, key + i * Limbs, scratch);
                Mix(ref state, ref mixed, scratch, round == Half - 1 ? preSparse : mixing);
            }
            for (int round = 0; round < _partialRounds; round++, key += Limbs)
                PartialRound(state, mixed, scratch, key, columns + round * _width * Limbs, rows + round * (_width - 1) * Limbs);
            for (int round = 1; round <= Half; round++, key += _width * Limbs)
            {
                for (int i = 0; i < _width; i++)
                    FifthPower(state + i * Limbs, round < Half ? key + i * Limbs : null, scratch);
                Mix(ref state, ref mixed, scratch, mixing);
            }
            Store(state + Limbs, mixed, scratch, nodes);
        }
    }

    private void PartialRound<TLanes>(TLanes* state, TLanes* first, TLanes* scratch, ulong* key, ulong* column, ulong* row)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        FifthPower(state, key, scratch);
        FrLanes.Sum<TLanes, SharedLimbs, NoLimbs>(state, column, _width, null, first, scratch);
        for (int i = 1; i < _width; i++)
            FrLanes.Sum<TLanes, SharedLimbs, OwnLimbs>(state, row + (i - 1) * Limbs, 1, state + i * Limbs, state + i * Limbs, scratch);
        for (int limb = 0; limb < Limbs; limb++)
            state[limb] = first[limb];
    }

    private void Mix<TLanes>(ref TLanes* state, ref TLanes* mixed, TLanes* scratch, ulong* columns)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        for (int j = 0; j < _width; j++)
            FrLanes.Sum<TLanes, SharedLimbs, NoLimbs>(state, columns + j * _width * Limbs, _width, null, mixed + j * Limbs, scratch);
        TLanes* old = state;
        state = mixed;
        mixed = old;
    }

    /// <summary>x = x^5 + key.</summary>
    private static void FifthPower<TLanes>(TLanes* x, ulong* key, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes* square = scratch + FrLanes.ScratchLength, fourth = square + Limbs;
        FrLanes.Sum<TLanes, OwnLimbs, NoLimbs>(x, x, 1, null, square, scratch);
        FrLanes.Sum<TLanes, OwnLimbs, NoLimbs>(square, square, 1, null, fourth, scratch);
        if (key == null)
            FrLanes.Sum<TLanes, OwnLimbs, NoLimbs>(fourth, x, 1, null, x, scratch);
        else
            FrLanes.Sum<TLanes, OwnLimbs, SharedLimbs>(fourth, x, 1, key, x, scratch);
    }

    private static void Add<TLanes>(TLanes* state, ulong* keys, int width)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        TLanes mask = TLanes.Same(FrLanes.LimbMask);
        for (int i = 0; i < width; i++)
        {
            TLanes carry = default;
            for (int limb = 0; limb < Limbs; limb++)
            {
                TLanes sum = state[i * Limbs + limb] + TLanes.Same(keys[i * Limbs + limb]) + carry;
                carry = sum >>> FrLanes.LimbBits;
                state[i * Limbs + limb] = limb == Limbs - 1 ? sum : sum & mask;
            }
        }
    }

    private void Load<TLanes>(ReadOnlySpan<Fr> children, TLanes* state, TLanes* child, TLanes* scratch)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        int arity = _width - 1;
        for (int limb = 0; limb < Limbs; limb++)
            state[limb] = TLanes.Same(_tag[limb]);
        Span<ulong> limbs = stackalloc ulong[Limbs];
        for (int i = 0; i < arity; i++)
        {
            ulong* lanes = (ulong*)child;
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                FrLanes.Split(MemoryMarshal.Cast<Fr, ulong>(children.Slice(lane * arity + i, 1)), limbs);
                for (int limb = 0; limb < Limbs; limb++)
                    lanes[limb * TLanes.Count + lane] = limbs[limb];
            }
            fixed (ulong* factor = FromMontgomery256)
                FrLanes.Sum<TLanes, SharedLimbs, NoLimbs>(child, factor, 1, null, state + (1 + i) * Limbs, scratch);
        }
    }

    private static void Store<TLanes>(TLanes* digest, TLanes* result, TLanes* scratch, Span<Fr> nodes)
        where TLanes : unmanaged, ILanes<TLanes>
    {
        fixed (ulong* factor = ToMontgomery256)
            FrLanes.Sum<TLanes, SharedLimbs, NoLimbs>(digest, factor, 1, null, result, scratch);
        ulong* lanes = (ulong*)result;
        Span<ulong> limbs = stackalloc ulong[Limbs];
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            for (int limb = 0; limb < Limbs; limb++)
                limbs[limb] = lanes[limb * TLanes.Count + lane];
            nodes[lane] = FrLanes.Join(limbs);
        }
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
    private static ulong[] SplitRaw(Fr element)
    {
        ulong[] limbs = new ulong[Limbs];
        FrLanes.Split(MemoryMarshal.Cast<Fr, ulong>(new ReadOnlySpan<Fr>(in element)), limbs);
        return limbs;
    }
}
