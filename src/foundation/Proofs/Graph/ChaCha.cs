using System.Buffers.Binary;

namespace Flashback.Proofs;

/// <summary>ChaCha's key stream, 64 bytes a block. Eight rounds draw parents of the graph, twenty draw synthetic challenges.</summary>
internal static class ChaCha
{
    /// <summary>Writes a block of key stream.</summary>
    /// <param name="rounds">8 or 20.</param>
    /// <param name="key">32 bytes.</param>
    /// <param name="counterAndNonce">The last four words of state: in the original cipher a counter of 64 bits comes first, in RFC 8439 one of 32 bits.</param>
    /// <param name="block">16 words.</param>
    public static void Block(int rounds, ReadOnlySpan<byte> key, ReadOnlySpan<uint> counterAndNonce, Span<uint> block)
    {
        Span<uint> state = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (int i = 0; i < 8; i++)
            state[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        counterAndNonce[..4].CopyTo(state[12..]);
        block = block[..16];
        state.CopyTo(block);
        for (int round = 0; round < rounds; round += 2)
        {
            Quarter(ref block[0], ref block[4], ref block[8], ref block[12]);
            Quarter(ref block[1], ref block[5], ref block[9], ref block[13]);
            Quarter(ref block[2], ref block[6], ref block[10], ref block[14]);
            Quarter(ref block[3], ref block[7], ref block[11], ref block[15]);
            Quarter(ref block[0], ref block[5], ref block[10], ref block[15]);
            Quarter(ref block[1], ref block[6], ref block[11], ref block[12]);
            Quarter(ref block[2], ref block[7], ref block[8], ref block[13]);
            Quarter(ref block[3], ref block[4], ref block[9], ref block[14]);
        }
        for (int i = 0; i < 16; i++)
            block[i] += state[i];
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        a += b;
        d = uint.RotateLeft(d ^ a, 16);
        c += d;
        b = uint.RotateLeft(b ^ c, 12);
        a += b;
        d = uint.RotateLeft(d ^ a, 8);
        c += d;
        b = uint.RotateLeft(b ^ c, 7);
    }
}
