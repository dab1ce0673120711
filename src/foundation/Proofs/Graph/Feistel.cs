using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Flashback.Proofs;

/// <summary>A permutation of the numbers below a power of two: three Feistel rounds with BLAKE2b, again and again until the result is in range.</summary>
/// <remarks>
/// It draws the expander's edges. Eight numbers go side by side, one in each lane of a vector: a node's eight parents.
/// Source: rust-fil-proofs, storage-proofs-porep, feistel.
/// </remarks>
internal readonly struct Feistel
{
    /// <summary>Numbers side by side.</summary>
    public const int Lanes = 8;

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

    /// <summary>The images of eight consecutive numbers.</summary>
    public Vector512<ulong> PermuteFrom(ulong first)
    {
        Vector512<ulong> value = Vector512.Create(first) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        Vector512<ulong> size = Vector512.Create(_size);
        Vector512<ulong> outside = Vector512<ulong>.AllBitsSet;
        do
        {
            value = Vector512.ConditionalSelect(outside, Walk(value), value);
            outside = Vector512.GreaterThanOrEqual(value, size);
        }
        while (outside != Vector512<ulong>.Zero);
        return value;
    }

    private Vector512<ulong> Walk(Vector512<ulong> value)
    {
        Vector512<ulong> mask = Vector512.Create((1UL << _halfBits) - 1);
        Vector512<ulong> left = value >>> _halfBits, right = value & mask;
        (left, right) = (right, left ^ (Hash(right, _key0) & mask));
        (left, right) = (right, left ^ (Hash(right, _key1) & mask));
        (left, right) = (right, left ^ (Hash(right, _key2) & mask));
        return (left << _halfBits) | right;
    }

    /// <summary>The first word of BLAKE2b-512 of the number and the key, both big-endian, read big-endian.</summary>
    [SkipLocalsInit] // the state's sixteen vectors are all written first
    private static Vector512<ulong> Hash(Vector512<ulong> number, ulong key)
    {
        Vector512<ulong> m0 = ReverseBytes(number), m1 = Vector512.Create(key);
        // The initial state is BLAKE2b's vector with the parameters of an unkeyed digest of 64 bytes in its first word.
        Vector512<ulong> v0 = Vector512.Create(0x6a09e667f2bdc948UL), v1 = Vector512.Create(0xbb67ae8584caa73bUL);
        Vector512<ulong> v2 = Vector512.Create(0x3c6ef372fe94f82bUL), v3 = Vector512.Create(0xa54ff53a5f1d36f1UL);
        Vector512<ulong> v4 = Vector512.Create(0x510e527fade682d1UL), v5 = Vector512.Create(0x9b05688c2b3e6c1fUL);
        Vector512<ulong> v6 = Vector512.Create(0x1f83d9abfb41bd6bUL), v7 = Vector512.Create(0x5be0cd19137e2179UL);
        Vector512<ulong> v8 = Vector512.Create(0x6a09e667f3bcc908UL), v9 = v1, v10 = v2, v11 = v3;
        Vector512<ulong> v12 = Vector512.Create(0x510e527fade682d1UL ^ MessageLength), v13 = v5, v14 = ~v6, v15 = v7;
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
            Vector512<ulong> Word(int place) => place == at0 ? m0 : place == at1 ? m1 : Vector512<ulong>.Zero;
        }
        return ReverseBytes(Vector512.Create(0x6a09e667f2bdc948UL) ^ v0 ^ v8);
    }

    /// <summary>Where word 0 stands in the order of each of the twelve rounds. spec: RFC 7693 §2.7</summary>
    private static ReadOnlySpan<byte> PlaceOfWord0 => [0, 10, 3, 13, 1, 4, 8, 9, 6, 15, 0, 10];

    private static ReadOnlySpan<byte> PlaceOfWord1 => [1, 8, 13, 3, 9, 14, 2, 5, 12, 6, 1, 8];

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    private static void Mix(
        ref Vector512<ulong> a, ref Vector512<ulong> b, ref Vector512<ulong> c, ref Vector512<ulong> d, Vector512<ulong> x, Vector512<ulong> y)
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
    private static Vector512<ulong> RotateRight(Vector512<ulong> x, int count) => (x >>> count) | (x << (64 - count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // GraphBenchmarks.Parents
    private static Vector512<ulong> ReverseBytes(Vector512<ulong> x) => Vector512.Shuffle(
        x.AsByte(),
        Vector512.Create(
            (byte)7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8, 23, 22, 21, 20, 19, 18, 17, 16, 31, 30, 29, 28, 27, 26, 25, 24,
            39, 38, 37, 36, 35, 34, 33, 32, 47, 46, 45, 44, 43, 42, 41, 40, 55, 54, 53, 52, 51, 50, 49, 48, 63, 62, 61, 60, 59, 58, 57, 56)).AsUInt64();
}
