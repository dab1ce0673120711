using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Primitives;

/// <summary>A vector of 32-bit words, one from each message that is hashed side by side, with the operations SHA-256 is made of.</summary>
internal interface ISha256Lanes<TSelf>
    where TSelf : struct, ISha256Lanes<TSelf>
{
    /// <summary>How many messages go side by side.</summary>
    static abstract int Count { get; }

    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>The same word in every lane.</summary>
    static abstract TSelf All(uint word);

    /// <summary><c>a ⊕ b ⊕ c</c></summary>
    static abstract TSelf Xor(TSelf a, TSelf b, TSelf c);

    /// <summary>Ch: the bits of b where a is set, of c where it is not.</summary>
    static abstract TSelf Choose(TSelf a, TSelf b, TSelf c);

    /// <summary>Maj: the bits that two of three have.</summary>
    static abstract TSelf Majority(TSelf a, TSelf b, TSelf c);

    static abstract TSelf RotateRight(TSelf a, [ConstantExpected] byte count);

    static abstract TSelf ShiftRight(TSelf a, [ConstantExpected] byte count);

    /// <summary>Word t of every message, for t = 0 … 15, from messages of 64 bytes that lie one after the other.</summary>
    static abstract void LoadBlock(ReadOnlySpan<byte> messages, Span<TSelf> words);

    /// <summary>Writes the eight words of every digest, 32 bytes a message.</summary>
    static abstract void StoreDigests(ReadOnlySpan<TSelf> state, Span<byte> digests);
}

/// <summary>Sixteen lanes in a 512-bit register.</summary>
internal readonly struct Lanes16(Vector512<uint> v) : ISha256Lanes<Lanes16>
{
    private readonly Vector512<uint> _v = v;

    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Count => 16;

    public static Lanes16 operator +(Lanes16 a, Lanes16 b) => new(a._v + b._v);

    public static Lanes16 All(uint word) => new(Vector512.Create(word));

    public static Lanes16 Xor(Lanes16 a, Lanes16 b, Lanes16 c) => new(Avx512F.TernaryLogic(a._v, b._v, c._v, 0x96));

    public static Lanes16 Choose(Lanes16 a, Lanes16 b, Lanes16 c) => new(Avx512F.TernaryLogic(a._v, b._v, c._v, 0xca));

    public static Lanes16 Majority(Lanes16 a, Lanes16 b, Lanes16 c) => new(Avx512F.TernaryLogic(a._v, b._v, c._v, 0xe8));

    public static Lanes16 RotateRight(Lanes16 a, [ConstantExpected] byte count) => new(Avx512F.RotateRight(a._v, count));

    public static Lanes16 ShiftRight(Lanes16 a, [ConstantExpected] byte count) => new(a._v >>> count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    public static void LoadBlock(ReadOnlySpan<byte> messages, Span<Lanes16> words)
    {
        // Eight lanes' worth at a time: two halves of eight messages each become the lower and upper lanes.
        Span<Lanes8> lower = stackalloc Lanes8[16];
        Span<Lanes8> upper = stackalloc Lanes8[16];
        Lanes8.LoadBlock(messages[..512], lower);
        Lanes8.LoadBlock(messages[512..], upper);
        for (int t = 0; t < 16; t++)
            words[t] = new Lanes16(Vector512.Create(lower[t].Vector, upper[t].Vector));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    public static void StoreDigests(ReadOnlySpan<Lanes16> state, Span<byte> digests)
    {
        Span<Lanes8> half = stackalloc Lanes8[8];
        for (int i = 0; i < 8; i++)
            half[i] = new Lanes8(state[i]._v.GetLower());
        Lanes8.StoreDigests(half, digests[..256]);
        for (int i = 0; i < 8; i++)
            half[i] = new Lanes8(state[i]._v.GetUpper());
        Lanes8.StoreDigests(half, digests[256..]);
    }
}

/// <summary>Eight lanes in a 256-bit register.</summary>
internal readonly struct Lanes8(Vector256<uint> v) : ISha256Lanes<Lanes8>
{
    private readonly Vector256<uint> _v = v;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 8;

    public Vector256<uint> Vector => _v;

    public static Lanes8 operator +(Lanes8 a, Lanes8 b) => new(a._v + b._v);

    public static Lanes8 All(uint word) => new(Vector256.Create(word));

    public static Lanes8 Xor(Lanes8 a, Lanes8 b, Lanes8 c) => new(a._v ^ b._v ^ c._v);

    public static Lanes8 Choose(Lanes8 a, Lanes8 b, Lanes8 c) => new(((b._v ^ c._v) & a._v) ^ c._v);

    public static Lanes8 Majority(Lanes8 a, Lanes8 b, Lanes8 c) => new(((a._v | b._v) & c._v) | (a._v & b._v));

    public static Lanes8 RotateRight(Lanes8 a, [ConstantExpected] byte count) => new((a._v >>> count) | (a._v << (32 - count)));

    public static Lanes8 ShiftRight(Lanes8 a, [ConstantExpected] byte count) => new(a._v >>> count);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    public static void LoadBlock(ReadOnlySpan<byte> messages, Span<Lanes8> words)
    {
        LoadHalf(messages, words[..8]);
        LoadHalf(messages[32..], words[8..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    public static void StoreDigests(ReadOnlySpan<Lanes8> state, Span<byte> digests)
    {
        Span<Lanes8> rows = stackalloc Lanes8[8];
        state.CopyTo(rows);
        Transpose(rows);
        for (int message = 0; message < 8; message++)
            SwapBytes(rows[message]._v).CopyTo(digests[(32 * message)..]);
    }

    /// <summary>Eight words, 32 bytes, of each of eight messages that lie 64 bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    private static void LoadHalf(ReadOnlySpan<byte> messages, Span<Lanes8> words)
    {
        for (int message = 0; message < 8; message++)
            words[message] = new Lanes8(SwapBytes(Vector256.Create(messages.Slice(64 * message, 32)).AsUInt32()).AsUInt32());
        Transpose(words);
    }

    /// <summary>SHA-256 reads and writes its words big-endian.</summary>
    private static Vector256<byte> SwapBytes(Vector256<uint> words) => Avx2.Shuffle(
        words.AsByte(),
        Vector256.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));

    /// <summary>Turns eight rows of eight words into eight columns, in three exchanges: words, pairs of words, halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as the lanes' rounds
    private static void Transpose(Span<Lanes8> rows)
    {
        rows = rows[..8];
        Vector256<uint> a0 = Avx2.UnpackLow(rows[0]._v, rows[1]._v), a1 = Avx2.UnpackHigh(rows[0]._v, rows[1]._v);
        Vector256<uint> a2 = Avx2.UnpackLow(rows[2]._v, rows[3]._v), a3 = Avx2.UnpackHigh(rows[2]._v, rows[3]._v);
        Vector256<uint> a4 = Avx2.UnpackLow(rows[4]._v, rows[5]._v), a5 = Avx2.UnpackHigh(rows[4]._v, rows[5]._v);
        Vector256<uint> a6 = Avx2.UnpackLow(rows[6]._v, rows[7]._v), a7 = Avx2.UnpackHigh(rows[6]._v, rows[7]._v);
        Vector256<ulong> b0 = Low(a0, a2), b1 = High(a0, a2), b2 = Low(a1, a3), b3 = High(a1, a3);
        Vector256<ulong> b4 = Low(a4, a6), b5 = High(a4, a6), b6 = Low(a5, a7), b7 = High(a5, a7);
        rows[0] = Halves(b0, b4, 0x20);
        rows[1] = Halves(b1, b5, 0x20);
        rows[2] = Halves(b2, b6, 0x20);
        rows[3] = Halves(b3, b7, 0x20);
        rows[4] = Halves(b0, b4, 0x31);
        rows[5] = Halves(b1, b5, 0x31);
        rows[6] = Halves(b2, b6, 0x31);
        rows[7] = Halves(b3, b7, 0x31);

        static Vector256<ulong> Low(Vector256<uint> a, Vector256<uint> b) => Avx2.UnpackLow(a.AsUInt64(), b.AsUInt64());
        static Vector256<ulong> High(Vector256<uint> a, Vector256<uint> b) => Avx2.UnpackHigh(a.AsUInt64(), b.AsUInt64());
        static Lanes8 Halves(Vector256<ulong> a, Vector256<ulong> b, [ConstantExpected] byte control) =>
            new(Avx2.Permute2x128(a, b, control).AsUInt32());
    }
}
