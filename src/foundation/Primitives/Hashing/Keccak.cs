using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>Keccak-256 and Keccak-512 with the original padding, as Ethereum uses them (SHA-3 as standardised pads differently).</summary>
/// <remarks>spec: The Keccak reference, version 3.0, section 1; the lanes are held in 25 locals so that the permutation stays in registers.</remarks>
public static class Keccak
{
    private const int Rate256 = 136; // 200 − 2 × 32 bytes
    private const int Rate512 = 72; // 200 − 2 × 64 bytes

    /// <summary>Keccak-256 of no bytes: the code hash of an account without code.</summary>
    public static Hash32 OfNothing { get; } = Hash256([]);

    /// <summary>The 32-byte digest of a message.</summary>
    public static Hash32 Hash256(ReadOnlySpan<byte> message)
    {
        Hash32 digest = default;
        Absorb(message, Rate256, MemoryMarshal.AsBytes(new Span<Hash32>(ref digest)));
        return digest;
    }

    /// <summary>The 64-byte digest of a message.</summary>
    /// <exception cref="ArgumentException">The destination is not 64 bytes.</exception>
    public static void Hash512(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        if (digest.Length != 64)
            throw new ArgumentException($"a Keccak-512 digest has 64 bytes, not {digest.Length}", nameof(digest));
        Absorb(message, Rate512, digest);
    }

    private static void Absorb(ReadOnlySpan<byte> message, int rate, Span<byte> digest)
    {
        State state = default;
        while (message.Length >= rate)
        {
            Mix(ref state, message[..rate]);
            Permute(ref state);
            message = message[rate..];
        }
        Span<byte> last = stackalloc byte[Rate256];
        last = last[..rate];
        message.CopyTo(last);
        last[message.Length..].Clear();
        last[message.Length] = 0x01;
        last[^1] |= 0x80;
        Mix(ref state, last);
        Permute(ref state);
        for (int i = 0; i < digest.Length / 8; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(digest[(8 * i)..], state[i]);
    }

    private static void Mix(ref State state, ReadOnlySpan<byte> block)
    {
        if (BitConverter.IsLittleEndian)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(block);
            Span<ulong> lanes = ((Span<ulong>)state)[..words.Length];
            for (int i = 0; i < words.Length; i++)
                lanes[i] ^= words[i];
            return;
        }
        for (int i = 0; i < block.Length / 8; i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Keccak-f[1600]: 24 rounds of θ, ρ, π, χ and ι. Lanes are named b, g, k, m, s by row and a, e, i, o, u by column, as in the reference.</summary>
    [SkipLocalsInit] // every local is written before it is read: 25 cleared lanes would cost a tenth of a hash
    private static void Permute(ref State state)
    {
        ulong ba = state[0], be = state[1], bi = state[2], bo = state[3], bu = state[4];
        ulong ga = state[5], ge = state[6], gi = state[7], go = state[8], gu = state[9];
        ulong ka = state[10], ke = state[11], ki = state[12], ko = state[13], ku = state[14];
        ulong ma = state[15], me = state[16], mi = state[17], mo = state[18], mu = state[19];
        ulong sa = state[20], se = state[21], si = state[22], so = state[23], su = state[24];

        foreach (ulong constant in RoundConstants)
        {
            // θ: each column's parity, mixed into the columns beside it
            ulong ca = ba ^ ga ^ ka ^ ma ^ sa;
            ulong ce = be ^ ge ^ ke ^ me ^ se;
            ulong ci = bi ^ gi ^ ki ^ mi ^ si;
            ulong co = bo ^ go ^ ko ^ mo ^ so;
            ulong cu = bu ^ gu ^ ku ^ mu ^ su;
            ulong da = cu ^ BitOperations.RotateLeft(ce, 1);
            ulong de = ca ^ BitOperations.RotateLeft(ci, 1);
            ulong di = ce ^ BitOperations.RotateLeft(co, 1);
            ulong @do = ci ^ BitOperations.RotateLeft(cu, 1);
            ulong du = co ^ BitOperations.RotateLeft(ca, 1);

            // ρ and π bring each row's lanes together, χ mixes them
            ulong b0 = ba ^ da;
            ulong b1 = BitOperations.RotateLeft(ge ^ de, 44);
            ulong b2 = BitOperations.RotateLeft(ki ^ di, 43);
            ulong b3 = BitOperations.RotateLeft(mo ^ @do, 21);
            ulong b4 = BitOperations.RotateLeft(su ^ du, 14);
            ulong g0 = BitOperations.RotateLeft(bo ^ @do, 28);
            ulong g1 = BitOperations.RotateLeft(gu ^ du, 20);
            ulong g2 = BitOperations.RotateLeft(ka ^ da, 3);
            ulong g3 = BitOperations.RotateLeft(me ^ de, 45);
            ulong g4 = BitOperations.RotateLeft(si ^ di, 61);
            ulong k0 = BitOperations.RotateLeft(be ^ de, 1);
            ulong k1 = BitOperations.RotateLeft(gi ^ di, 6);
            ulong k2 = BitOperations.RotateLeft(ko ^ @do, 25);
            ulong k3 = BitOperations.RotateLeft(mu ^ du, 8);
            ulong k4 = BitOperations.RotateLeft(sa ^ da, 18);
            ulong m0 = BitOperations.RotateLeft(bu ^ du, 27);
            ulong m1 = BitOperations.RotateLeft(ga ^ da, 36);
            ulong m2 = BitOperations.RotateLeft(ke ^ de, 10);
            ulong m3 = BitOperations.RotateLeft(mi ^ di, 15);
            ulong m4 = BitOperations.RotateLeft(so ^ @do, 56);
            ulong s0 = BitOperations.RotateLeft(bi ^ di, 62);
            ulong s1 = BitOperations.RotateLeft(go ^ @do, 55);
            ulong s2 = BitOperations.RotateLeft(ku ^ du, 39);
            ulong s3 = BitOperations.RotateLeft(ma ^ da, 41);
            ulong s4 = BitOperations.RotateLeft(se ^ de, 2);

            ba = b0 ^ (~b1 & b2) ^ constant; // ι
            be = b1 ^ (~b2 & b3);
            bi = b2 ^ (~b3 & b4);
            bo = b3 ^ (~b4 & b0);
            bu = b4 ^ (~b0 & b1);
            ga = g0 ^ (~g1 & g2);
            ge = g1 ^ (~g2 & g3);
            gi = g2 ^ (~g3 & g4);
            go = g3 ^ (~g4 & g0);
            gu = g4 ^ (~g0 & g1);
            ka = k0 ^ (~k1 & k2);
            ke = k1 ^ (~k2 & k3);
            ki = k2 ^ (~k3 & k4);
            ko = k3 ^ (~k4 & k0);
            ku = k4 ^ (~k0 & k1);
            ma = m0 ^ (~m1 & m2);
            me = m1 ^ (~m2 & m3);
            mi = m2 ^ (~m3 & m4);
            mo = m3 ^ (~m4 & m0);
            mu = m4 ^ (~m0 & m1);
            sa = s0 ^ (~s1 & s2);
            se = s1 ^ (~s2 & s3);
            si = s2 ^ (~s3 & s4);
            so = s3 ^ (~s4 & s0);
            su = s4 ^ (~s0 & s1);
        }

        state[0] = ba; state[1] = be; state[2] = bi; state[3] = bo; state[4] = bu;
        state[5] = ga; state[6] = ge; state[7] = gi; state[8] = go; state[9] = gu;
        state[10] = ka; state[11] = ke; state[12] = ki; state[13] = ko; state[14] = ku;
        state[15] = ma; state[16] = me; state[17] = mi; state[18] = mo; state[19] = mu;
        state[20] = sa; state[21] = se; state[22] = si; state[23] = so; state[24] = su;
    }

    /// <summary>Five rows of five 64-bit lanes.</summary>
    [InlineArray(25)]
    private struct State
    {
        private ulong _first;
    }
}
