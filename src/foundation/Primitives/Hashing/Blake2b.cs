using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>BLAKE2b: the keyed hash, and its compression function, which the EVM offers. spec: RFC 7693 §3.2</summary>
public static class Blake2b
{
    private const int BlockLength = 128;
    private const int LongestDigest = 64;
    private const uint Rounds = 12;

    private static ReadOnlySpan<ulong> InitialVector =>
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    /// <summary>The order of the message words in each of ten rounds; then it begins again.</summary>
    private static ReadOnlySpan<byte> Order =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    /// <summary>The digest of a message under a key. spec: RFC 7693 §3.3</summary>
    /// <param name="key">0 to 64 bytes; none for the plain hash.</param>
    /// <param name="message">The message.</param>
    /// <param name="digest">1 to 64 bytes: the length is part of what is hashed.</param>
    /// <exception cref="ArgumentException">The key or the digest has another length.</exception>
    public static void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> digest)
    {
        if (key.Length > LongestDigest || digest.Length is 0 or > LongestDigest)
            throw new ArgumentException($"a key of {key.Length} bytes or a digest of {digest.Length} is none of BLAKE2b's");
        Span<ulong> state = stackalloc ulong[8];
        InitialVector.CopyTo(state);
        state[0] ^= 0x01010000UL ^ (uint)(key.Length << 8) ^ (uint)digest.Length;
        Span<ulong> block = stackalloc ulong[16];
        Span<byte> bytes = MemoryMarshal.AsBytes(block);
        ulong count = 0;
        if (key.Length > 0)
        {
            bytes.Clear();
            key.CopyTo(bytes);
            count = BlockLength;
            Compress(state, block, count, 0, isFinal: message.IsEmpty, Rounds);
        }
        for (bool more = key.Length == 0 || !message.IsEmpty; more;)
        {
            int taken = Math.Min(message.Length, BlockLength);
            bytes.Clear();
            message[..taken].CopyTo(bytes);
            message = message[taken..];
            count += (uint)taken;
            more = !message.IsEmpty;
            Compress(state, block, count, 0, isFinal: !more, Rounds);
        }
        MemoryMarshal.AsBytes(state)[..digest.Length].CopyTo(digest);
    }

    /// <summary>Mixes a block of 16 words into a state of 8, in place.</summary>
    /// <param name="state">h, 8 words.</param>
    /// <param name="block">m, 16 words.</param>
    /// <param name="countLow">t₀: bytes hashed so far, low word.</param>
    /// <param name="countHigh">t₁: the same, high word.</param>
    /// <param name="isFinal">True for the last block.</param>
    /// <param name="rounds">12 for the hash function; the EVM takes any number.</param>
    public static void Compress(Span<ulong> state, ReadOnlySpan<ulong> block, ulong countLow, ulong countHigh, bool isFinal, uint rounds)
    {
        ulong v0 = state[0], v1 = state[1], v2 = state[2], v3 = state[3], v4 = state[4], v5 = state[5], v6 = state[6], v7 = state[7];
        ulong v8 = InitialVector[0], v9 = InitialVector[1], v10 = InitialVector[2], v11 = InitialVector[3];
        ulong v12 = InitialVector[4] ^ countLow, v13 = InitialVector[5] ^ countHigh, v14 = InitialVector[6], v15 = InitialVector[7];
        if (isFinal)
            v14 = ~v14;
        uint row = 0;
        for (uint round = 0; round < rounds; round++)
        {
            ReadOnlySpan<byte> s = Order.Slice((int)(16 * row), 16);
            row = row == 9 ? 0 : row + 1;
            Mix(ref v0, ref v4, ref v8, ref v12, block[s[0]], block[s[1]]);
            Mix(ref v1, ref v5, ref v9, ref v13, block[s[2]], block[s[3]]);
            Mix(ref v2, ref v6, ref v10, ref v14, block[s[4]], block[s[5]]);
            Mix(ref v3, ref v7, ref v11, ref v15, block[s[6]], block[s[7]]);
            Mix(ref v0, ref v5, ref v10, ref v15, block[s[8]], block[s[9]]);
            Mix(ref v1, ref v6, ref v11, ref v12, block[s[10]], block[s[11]]);
            Mix(ref v2, ref v7, ref v8, ref v13, block[s[12]], block[s[13]]);
            Mix(ref v3, ref v4, ref v9, ref v14, block[s[14]], block[s[15]]);
        }
        state[0] ^= v0 ^ v8;
        state[1] ^= v1 ^ v9;
        state[2] ^= v2 ^ v10;
        state[3] ^= v3 ^ v11;
        state[4] ^= v4 ^ v12;
        state[5] ^= v5 ^ v13;
        state[6] ^= v6 ^ v14;
        state[7] ^= v7 ^ v15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // EvmBenchmarks, workload pre_blake2f_1Mr
    private static void Mix(ref ulong a, ref ulong b, ref ulong c, ref ulong d, ulong x, ulong y)
    {
        a += b + x;
        d = ulong.RotateRight(d ^ a, 32);
        c += d;
        b = ulong.RotateRight(b ^ c, 24);
        a += b + y;
        d = ulong.RotateRight(d ^ a, 16);
        c += d;
        b = ulong.RotateRight(b ^ c, 63);
    }
}
