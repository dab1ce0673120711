using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Flashback.Primitives;

/// <summary>Five rows of five 64-bit lanes, row by row.</summary>
[InlineArray(25)]
internal struct KeccakState
{
    private ulong _first;
}

/// <summary>Keccak-f[1600]: 24 rounds of θ, ρ, π, χ and ι. spec: The Keccak reference, version 3.0, section 1.2</summary>
internal static class KeccakPermutation
{
    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000, 0x000000000000808B, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800A, 0x800000008000000A, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>True where <see cref="PermuteVectors"/> can run.</summary>
    internal static bool HasVectors => Avx512F.VL.IsSupported;

    /// <summary>Permutes the state in the quickest way this processor has.</summary>
    public static void Permute(ref KeccakState state)
    {
        if (HasVectors)
            PermuteVectors(ref state);
        else
            PermuteScalars(ref state);
    }

    /// <summary>A lane to a vector register: with AVX-512 there are 32 of them, and a logic operation takes three operands.</summary>
    /// <remarks>
    /// The vectors' width is not used. What counts is that nothing is spilled and a round takes 95 operations instead of 190.
    /// Lanes are named b, g, k, m, s by row and a, e, i, o, u by column, as in the reference.
    /// </remarks>
    internal static void PermuteVectors(ref KeccakState state)
    {
        Vector128<ulong> ba = Load(state[0]), be = Load(state[1]), bi = Load(state[2]), bo = Load(state[3]), bu = Load(state[4]);
        Vector128<ulong> ga = Load(state[5]), ge = Load(state[6]), gi = Load(state[7]), go = Load(state[8]), gu = Load(state[9]);
        Vector128<ulong> ka = Load(state[10]), ke = Load(state[11]), ki = Load(state[12]), ko = Load(state[13]), ku = Load(state[14]);
        Vector128<ulong> ma = Load(state[15]), me = Load(state[16]), mi = Load(state[17]), mo = Load(state[18]), mu = Load(state[19]);
        Vector128<ulong> sa = Load(state[20]), se = Load(state[21]), si = Load(state[22]), so = Load(state[23]), su = Load(state[24]);

        foreach (ulong constant in RoundConstants)
        {
            // θ: each column's parity, mixed into the columns beside it
            Vector128<ulong> ca = Xor(Xor(ba, ga, ka), ma, sa);
            Vector128<ulong> ce = Xor(Xor(be, ge, ke), me, se);
            Vector128<ulong> ci = Xor(Xor(bi, gi, ki), mi, si);
            Vector128<ulong> co = Xor(Xor(bo, go, ko), mo, so);
            Vector128<ulong> cu = Xor(Xor(bu, gu, ku), mu, su);
            Vector128<ulong> da = cu ^ RotateLeft(ce, 1);
            Vector128<ulong> de = ca ^ RotateLeft(ci, 1);
            Vector128<ulong> di = ce ^ RotateLeft(co, 1);
            Vector128<ulong> @do = ci ^ RotateLeft(cu, 1);
            Vector128<ulong> du = co ^ RotateLeft(ca, 1);

            // ρ and π: the five old lanes of each new row
            Vector128<ulong> b0 = ba ^ da;
            Vector128<ulong> b1 = RotateLeft(ge ^ de, 44);
            Vector128<ulong> b2 = RotateLeft(ki ^ di, 43);
            Vector128<ulong> b3 = RotateLeft(mo ^ @do, 21);
            Vector128<ulong> b4 = RotateLeft(su ^ du, 14);
            Vector128<ulong> g0 = RotateLeft(bo ^ @do, 28);
            Vector128<ulong> g1 = RotateLeft(gu ^ du, 20);
            Vector128<ulong> g2 = RotateLeft(ka ^ da, 3);
            Vector128<ulong> g3 = RotateLeft(me ^ de, 45);
            Vector128<ulong> g4 = RotateLeft(si ^ di, 61);
            Vector128<ulong> k0 = RotateLeft(be ^ de, 1);
            Vector128<ulong> k1 = RotateLeft(gi ^ di, 6);
            Vector128<ulong> k2 = RotateLeft(ko ^ @do, 25);
            Vector128<ulong> k3 = RotateLeft(mu ^ du, 8);
            Vector128<ulong> k4 = RotateLeft(sa ^ da, 18);
            Vector128<ulong> m0 = RotateLeft(bu ^ du, 27);
            Vector128<ulong> m1 = RotateLeft(ga ^ da, 36);
            Vector128<ulong> m2 = RotateLeft(ke ^ de, 10);
            Vector128<ulong> m3 = RotateLeft(mi ^ di, 15);
            Vector128<ulong> m4 = RotateLeft(so ^ @do, 56);
            Vector128<ulong> s0 = RotateLeft(bi ^ di, 62);
            Vector128<ulong> s1 = RotateLeft(go ^ @do, 55);
            Vector128<ulong> s2 = RotateLeft(ku ^ du, 39);
            Vector128<ulong> s3 = RotateLeft(ma ^ da, 41);
            Vector128<ulong> s4 = RotateLeft(se ^ de, 2);

            // χ, ι
            ba = Chi(b0, b1, b2) ^ Load(constant);
            be = Chi(b1, b2, b3);
            bi = Chi(b2, b3, b4);
            bo = Chi(b3, b4, b0);
            bu = Chi(b4, b0, b1);
            ga = Chi(g0, g1, g2);
            ge = Chi(g1, g2, g3);
            gi = Chi(g2, g3, g4);
            go = Chi(g3, g4, g0);
            gu = Chi(g4, g0, g1);
            ka = Chi(k0, k1, k2);
            ke = Chi(k1, k2, k3);
            ki = Chi(k2, k3, k4);
            ko = Chi(k3, k4, k0);
            ku = Chi(k4, k0, k1);
            ma = Chi(m0, m1, m2);
            me = Chi(m1, m2, m3);
            mi = Chi(m2, m3, m4);
            mo = Chi(m3, m4, m0);
            mu = Chi(m4, m0, m1);
            sa = Chi(s0, s1, s2);
            se = Chi(s1, s2, s3);
            si = Chi(s2, s3, s4);
            so = Chi(s3, s4, s0);
            su = Chi(s4, s0, s1);
        }

        state[0] = ba.ToScalar();
        state[1] = be.ToScalar();
        state[2] = bi.ToScalar();
        state[3] = bo.ToScalar();
        state[4] = bu.ToScalar();
        state[5] = ga.ToScalar();
        state[6] = ge.ToScalar();
        state[7] = gi.ToScalar();
        state[8] = go.ToScalar();
        state[9] = gu.ToScalar();
        state[10] = ka.ToScalar();
        state[11] = ke.ToScalar();
        state[12] = ki.ToScalar();
        state[13] = ko.ToScalar();
        state[14] = ku.ToScalar();
        state[15] = ma.ToScalar();
        state[16] = me.ToScalar();
        state[17] = mi.ToScalar();
        state[18] = mo.ToScalar();
        state[19] = mu.ToScalar();
        state[20] = sa.ToScalar();
        state[21] = se.ToScalar();
        state[22] = si.ToScalar();
        state[23] = so.ToScalar();
        state[24] = su.ToScalar();
    }

    private static Vector128<ulong> Load(ulong lane) => Vector128.CreateScalarUnsafe(lane);

    private static Vector128<ulong> Xor(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) => Avx512F.VL.TernaryLogic(a, b, c, 0x96);

    /// <summary><c>a ⊕ (¬b ∧ c)</c></summary>
    private static Vector128<ulong> Chi(Vector128<ulong> a, Vector128<ulong> b, Vector128<ulong> c) => Avx512F.VL.TernaryLogic(a, b, c, 0xd2);

    private static Vector128<ulong> RotateLeft(Vector128<ulong> a, [ConstantExpected] byte count) => Avx512F.VL.RotateLeft(a, count);

    /// <summary>In general registers and memory.</summary>
    /// <remarks>
    /// Twenty-five lanes do not fit the general registers, so they stay in memory and a round goes from one state to another: each new row is
    /// made of five old lanes, which then are all that must be held.
    /// </remarks>
    [SkipLocalsInit] // the other state is written whole before it is read
    internal static void PermuteScalars(ref KeccakState state)
    {
        Unsafe.SkipInit(out KeccakState other);
        Permute(ref state, ref other);
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // where the compiler sees a local state, it holds all 25 lanes in locals and spills them
    private static void Permute(ref KeccakState state, ref KeccakState other)
    {
        ReadOnlySpan<ulong> constants = RoundConstants;
        ulong c0 = state[0] ^ state[5] ^ state[10] ^ state[15] ^ state[20];
        ulong c1 = state[1] ^ state[6] ^ state[11] ^ state[16] ^ state[21];
        ulong c2 = state[2] ^ state[7] ^ state[12] ^ state[17] ^ state[22];
        ulong c3 = state[3] ^ state[8] ^ state[13] ^ state[18] ^ state[23];
        ulong c4 = state[4] ^ state[9] ^ state[14] ^ state[19] ^ state[24];
        for (int round = 0; round < constants.Length; round += 2)
        {
            Round(ref state[0], ref other[0], constants[round], ref c0, ref c1, ref c2, ref c3, ref c4);
            Round(ref other[0], ref state[0], constants[round + 1], ref c0, ref c1, ref c2, ref c3, ref c4);
        }
    }

    /// <summary>One round, from the 25 lanes at <paramref name="a"/> to the 25 lanes at <paramref name="e"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // KeccakBenchmarks
    private static void Round(ref ulong a, ref ulong e, ulong constant, ref ulong c0, ref ulong c1, ref ulong c2, ref ulong c3, ref ulong c4)
    {
        // θ: each column's parity, mixed into the columns beside it
        ulong d0 = c4 ^ ulong.RotateLeft(c1, 1);
        ulong d1 = c0 ^ ulong.RotateLeft(c2, 1);
        ulong d2 = c1 ^ ulong.RotateLeft(c3, 1);
        ulong d3 = c2 ^ ulong.RotateLeft(c4, 1);
        ulong d4 = c3 ^ ulong.RotateLeft(c0, 1);

        ulong t;
        // ρ and π: the five old lanes of each new row; χ mixes them; ι
        ulong b0 = Lane(ref a, 0) ^ d0;
        ulong b1 = ulong.RotateLeft(Lane(ref a, 6) ^ d1, 44);
        ulong b2 = ulong.RotateLeft(Lane(ref a, 12) ^ d2, 43);
        ulong b3 = ulong.RotateLeft(Lane(ref a, 18) ^ d3, 21);
        ulong b4 = ulong.RotateLeft(Lane(ref a, 24) ^ d4, 14);
        Lane(ref e, 0) = c0 = b0 ^ (~b1 & b2) ^ constant;
        Lane(ref e, 1) = c1 = b1 ^ (~b2 & b3);
        Lane(ref e, 2) = c2 = b2 ^ (~b3 & b4);
        Lane(ref e, 3) = c3 = b3 ^ (~b4 & b0);
        Lane(ref e, 4) = c4 = b4 ^ (~b0 & b1);

        b0 = ulong.RotateLeft(Lane(ref a, 3) ^ d3, 28);
        b1 = ulong.RotateLeft(Lane(ref a, 9) ^ d4, 20);
        b2 = ulong.RotateLeft(Lane(ref a, 10) ^ d0, 3);
        b3 = ulong.RotateLeft(Lane(ref a, 16) ^ d1, 45);
        b4 = ulong.RotateLeft(Lane(ref a, 22) ^ d2, 61);
        t = b0 ^ (~b1 & b2);
        Lane(ref e, 5) = t;
        c0 ^= t;
        t = b1 ^ (~b2 & b3);
        Lane(ref e, 6) = t;
        c1 ^= t;
        t = b2 ^ (~b3 & b4);
        Lane(ref e, 7) = t;
        c2 ^= t;
        t = b3 ^ (~b4 & b0);
        Lane(ref e, 8) = t;
        c3 ^= t;
        t = b4 ^ (~b0 & b1);
        Lane(ref e, 9) = t;
        c4 ^= t;

        b0 = ulong.RotateLeft(Lane(ref a, 1) ^ d1, 1);
        b1 = ulong.RotateLeft(Lane(ref a, 7) ^ d2, 6);
        b2 = ulong.RotateLeft(Lane(ref a, 13) ^ d3, 25);
        b3 = ulong.RotateLeft(Lane(ref a, 19) ^ d4, 8);
        b4 = ulong.RotateLeft(Lane(ref a, 20) ^ d0, 18);
        t = b0 ^ (~b1 & b2);
        Lane(ref e, 10) = t;
        c0 ^= t;
        t = b1 ^ (~b2 & b3);
        Lane(ref e, 11) = t;
        c1 ^= t;
        t = b2 ^ (~b3 & b4);
        Lane(ref e, 12) = t;
        c2 ^= t;
        t = b3 ^ (~b4 & b0);
        Lane(ref e, 13) = t;
        c3 ^= t;
        t = b4 ^ (~b0 & b1);
        Lane(ref e, 14) = t;
        c4 ^= t;

        b0 = ulong.RotateLeft(Lane(ref a, 4) ^ d4, 27);
        b1 = ulong.RotateLeft(Lane(ref a, 5) ^ d0, 36);
        b2 = ulong.RotateLeft(Lane(ref a, 11) ^ d1, 10);
        b3 = ulong.RotateLeft(Lane(ref a, 17) ^ d2, 15);
        b4 = ulong.RotateLeft(Lane(ref a, 23) ^ d3, 56);
        t = b0 ^ (~b1 & b2);
        Lane(ref e, 15) = t;
        c0 ^= t;
        t = b1 ^ (~b2 & b3);
        Lane(ref e, 16) = t;
        c1 ^= t;
        t = b2 ^ (~b3 & b4);
        Lane(ref e, 17) = t;
        c2 ^= t;
        t = b3 ^ (~b4 & b0);
        Lane(ref e, 18) = t;
        c3 ^= t;
        t = b4 ^ (~b0 & b1);
        Lane(ref e, 19) = t;
        c4 ^= t;

        b0 = ulong.RotateLeft(Lane(ref a, 2) ^ d2, 62);
        b1 = ulong.RotateLeft(Lane(ref a, 8) ^ d3, 55);
        b2 = ulong.RotateLeft(Lane(ref a, 14) ^ d4, 39);
        b3 = ulong.RotateLeft(Lane(ref a, 15) ^ d0, 41);
        b4 = ulong.RotateLeft(Lane(ref a, 21) ^ d1, 2);
        t = b0 ^ (~b1 & b2);
        Lane(ref e, 20) = t;
        c0 ^= t;
        t = b1 ^ (~b2 & b3);
        Lane(ref e, 21) = t;
        c1 ^= t;
        t = b2 ^ (~b3 & b4);
        Lane(ref e, 22) = t;
        c2 ^= t;
        t = b3 ^ (~b4 & b0);
        Lane(ref e, 23) = t;
        c3 ^= t;
        t = b4 ^ (~b0 & b1);
        Lane(ref e, 24) = t;
        c4 ^= t;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // KeccakBenchmarks
    private static ref ulong Lane(ref ulong state, [ConstantExpected] int index) => ref Unsafe.Add(ref state, index);
}
