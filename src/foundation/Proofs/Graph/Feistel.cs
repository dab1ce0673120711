using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flashback.Proofs;

/// <summary>A permutation of the numbers below a power of two: three Feistel rounds with BLAKE2b, again and again until the result is in range.</summary>
/// <remarks>
/// It draws the expander's edges: a node's eight parents are the images of eight numbers on end, which go side by side in the lanes of one or two vectors.
/// Source: rust-fil-proofs, storage-proofs-porep, feistel.
/// </remarks>
internal readonly struct Feistel
{
    private const int MessageLength = 16;

    private readonly ulong _size;
    private readonly ulong _key0, _key1, _key2;
    private readonly int _halfBits;

    /// <param name="size">How many numbers are permuted, from 2 up.</param>
    /// <param name="keys">Three words.</param>
    public Feistel(ulong size, ReadOnlySpan<ulong> keys)
    {
        _size = size;
        _halfBits = Math.Max(1, (BitOperations.Log2(size - 1) + 2) / 2); // the least half with 4^half ≥ size
        // A message word is read from its bytes in reverse, and so is the number that comes out.
        _key0 = BinaryPrimitives.ReverseEndianness(keys[0]);
        _key1 = BinaryPrimitives.ReverseEndianness(keys[1]);
        _key2 = BinaryPrimitives.ReverseEndianness(keys[2]);
    }

    /// <summary>The images of consecutive numbers, a multiple of eight of them.</summary>
    public void PermuteFrom(ulong first, Span<ulong> images)
    {
        if (Vector512.IsHardwareAccelerated)
            Permute<WideFeistelLanes>(first, images);
        else
            Permute<NarrowFeistelLanes>(first, images);
    }

    /// <summary>The same with lanes of one width.</summary>
    internal void Permute<TLanes>(ulong first, Span<ulong> images)
        where TLanes : struct, IFeistelLanes<TLanes>
    {
        TLanes size = TLanes.Same(_size);
        for (int done = 0; done < images.Length; done += TLanes.Count)
        {
            TLanes value = TLanes.From(first + (ulong)done), outside = TLanes.Same(ulong.MaxValue);
            do
            {
                value = TLanes.Choose(outside, Walk(value), value);
                outside = TLanes.NotLess(value, size);
            }
            while (!TLanes.IsZero(outside));
            value.CopyTo(images[done..]);
        }
    }

    private TLanes Walk<TLanes>(TLanes value)
        where TLanes : struct, IFeistelLanes<TLanes>
    {
        TLanes mask = TLanes.Same((1UL << _halfBits) - 1);
        TLanes left = value >>> _halfBits, right = value & mask;
        (left, right) = (right, left ^ (Hash(right, _key0) & mask));
        (left, right) = (right, left ^ (Hash(right, _key1) & mask));
        (left, right) = (right, left ^ (Hash(right, _key2) & mask));
        return (left << _halfBits) | right;
    }

    /// <summary>The first word of BLAKE2b-512 of the number and the key, both big-endian, read big-endian.</summary>
    [SkipLocalsInit] // the state's sixteen vectors are all written first
    private static TLanes Hash<TLanes>(TLanes number, ulong key)
        where TLanes : struct, IFeistelLanes<TLanes>
    {
        TLanes m0 = TLanes.ReverseBytes(number), m1 = TLanes.Same(key);
        // The initial state is BLAKE2b's vector with the parameters of an unkeyed digest of 64 bytes in its first word.
        TLanes v0 = TLanes.Same(0x6a09e667f2bdc948UL), v1 = TLanes.Same(0xbb67ae8584caa73bUL);
        TLanes v2 = TLanes.Same(0x3c6ef372fe94f82bUL), v3 = TLanes.Same(0xa54ff53a5f1d36f1UL);
        TLanes v4 = TLanes.Same(0x510e527fade682d1UL), v5 = TLanes.Same(0x9b05688c2b3e6c1fUL);
        TLanes v6 = TLanes.Same(0x1f83d9abfb41bd6bUL), v7 = TLanes.Same(0x5be0cd19137e2179UL);
        TLanes v8 = TLanes.Same(0x6a09e667f3bcc908UL), v9 = v1, v10 = v2, v11 = v3;
        TLanes v12 = TLanes.Same(0x510e527fade682d1UL ^ MessageLength), v13 = v5, v14 = TLanes.Same(~0x1f83d9abfb41bd6bUL), v15 = v7;
        for (int round = 0; round < 12; round++)
        {
            // Of the message's sixteen words only two are not zero: where they stand in the round's order decides what they are added to.
            int at0 = PlaceOfWord0[round], at1 = PlaceOfWord1[round];
            Mix(ref v0, ref v4, ref v8, ref v12, Word(0), Word(1));
            Mix(ref v1, ref v5, ref v9, ref v13, Word(2), Word(3));
            Mix(ref v2, ref v6, ref v10, ref v14, Word(4), Word(5));
            Mix(ref v3, ref v7, ref v11, ref v15, Word(6), Word(7));
            Mix(ref v0, ref v5, ref v10, ref v15, Word(8), Word(9));
            Mix(ref v1, ref v6, ref v11, ref v12, Word(10), Word(11));
            Mix(ref v2, ref v7, ref v8, ref v13, Word(12), Word(13));
            Mix(ref v3, ref v4, ref v9, ref v14, Word(14), Word(15));

            [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
            TLanes Word(int place) => place == at0 ? m0 : place == at1 ? m1 : TLanes.Same(0);
        }
        return TLanes.ReverseBytes(TLanes.Same(0x6a09e667f2bdc948UL) ^ v0 ^ v8);
    }

    /// <summary>Where word 0 stands in the order of each of the twelve rounds. spec: RFC 7693 §2.7</summary>
    private static ReadOnlySpan<byte> PlaceOfWord0 => [0, 10, 3, 13, 1, 4, 8, 9, 6, 15, 0, 10];

    private static ReadOnlySpan<byte> PlaceOfWord1 => [1, 8, 13, 3, 9, 14, 2, 5, 12, 6, 1, 8];

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    private static void Mix<TLanes>(ref TLanes a, ref TLanes b, ref TLanes c, ref TLanes d, TLanes x, TLanes y)
        where TLanes : struct, IFeistelLanes<TLanes>
    {
        a += b + x;
        d = RotateRight(d ^ a, 32);
        c += d;
        b = RotateRight(b ^ c, 24);
        a += b + y;
        d = RotateRight(d ^ a, 16);
        c += d;
        b = RotateRight(b ^ c, 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    private static TLanes RotateRight<TLanes>(TLanes x, int count)
        where TLanes : struct, IFeistelLanes<TLanes> => (x >>> count) | (x << (64 - count));
}
