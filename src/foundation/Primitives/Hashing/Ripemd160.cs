using System.Buffers.Binary;
using System.Numerics;

namespace Flashback.Primitives;

/// <summary>RIPEMD-160, which the framework no longer has and the EVM still does.</summary>
/// <remarks>spec: Dobbertin, Bosselaers, Preneel: RIPEMD-160, a strengthened version of RIPEMD (1996).</remarks>
public static class Ripemd160
{
    /// <summary>The length of a digest in bytes.</summary>
    public const int DigestLength = 20;

    private const int BlockLength = 64;

    /// <summary>Which word of the block each of the 80 steps takes, and how far it rotates: the left line, then the right one.</summary>
    private static ReadOnlySpan<byte> LeftWord =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12, 1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ];

    private static ReadOnlySpan<byte> RightWord =>
    [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12, 6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13, 8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ];

    private static ReadOnlySpan<byte> LeftTurn =>
    [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ];

    private static ReadOnlySpan<byte> RightTurn =>
    [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ];

    private static ReadOnlySpan<uint> LeftConstant => [0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];

    private static ReadOnlySpan<uint> RightConstant => [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000];

    /// <summary>Writes the 20-byte digest of a message.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        ulong bits = (ulong)message.Length * 8;
        for (; message.Length >= BlockLength; message = message[BlockLength..])
            Compress(state, message);
        Span<byte> last = stackalloc byte[2 * BlockLength];
        last.Clear();
        message.CopyTo(last);
        last[message.Length] = 0x80;
        last = last[..(message.Length < BlockLength - 8 ? BlockLength : 2 * BlockLength)];
        BinaryPrimitives.WriteUInt64LittleEndian(last[^8..], bits);
        for (; !last.IsEmpty; last = last[BlockLength..])
            Compress(state, last);
        for (int i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(digest[(4 * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        for (int i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);
        uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
        uint ra = a, rb = b, rc = c, rd = d, re = e;
        for (int step = 0; step < 80; step++)
        {
            int round = step / 16;
            uint left = a + Mix(round, b, c, d) + words[LeftWord[step]] + LeftConstant[round];
            (a, e, d, c, b) = (e, d, BitOperations.RotateLeft(c, 10), b, BitOperations.RotateLeft(left, LeftTurn[step]) + e);
            uint right = ra + Mix(4 - round, rb, rc, rd) + words[RightWord[step]] + RightConstant[round];
            (ra, re, rd, rc, rb) = (re, rd, BitOperations.RotateLeft(rc, 10), rb, BitOperations.RotateLeft(right, RightTurn[step]) + re);
        }
        uint carried = state[1] + c + rd;
        state[1] = state[2] + d + re;
        state[2] = state[3] + e + ra;
        state[3] = state[4] + a + rb;
        state[4] = state[0] + b + rc;
        state[0] = carried;
    }

    private static uint Mix(int round, uint x, uint y, uint z) => round switch
    {
        0 => x ^ y ^ z,
        1 => (x & y) | (~x & z),
        2 => (x | ~y) ^ z,
        3 => (x & z) | (y & ~z),
        _ => x ^ (y | ~z),
    };
}
