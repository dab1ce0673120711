using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>SHA-256 of several 64-byte messages side by side, a lane of a vector register for each.</summary>
internal static class Sha256Lanes
{
    /// <summary>Round constant plus message word for each round of the block that pads 64 bytes: it is the same for every pair.</summary>
    private static readonly uint[] PaddingSchedule = SchedulePadding();

    /// <summary>Hashes <c>TLanes.Count</c> pairs of 64 bytes to as many parents of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a piece is hashed before the tiers get to it: PieceBenchmarks
    [SkipLocalsInit] // the message words are all written by LoadBlock
    public static void HashPairs<TLanes>(ReadOnlySpan<byte> pairs, Span<byte> parents)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        Block<TLanes> block = default;
        Span<TLanes> w = block;
        TLanes.LoadBlock(pairs, w);
        State<TLanes> state = default;
        for (int i = 0; i < 8; i++)
            state[i] = TLanes.All(Sha256Compression.InitialState[i]);
        CompressMessage(ref state, w);
        CompressPadding(ref state);
        TLanes.StoreDigests(state, parents);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a piece is hashed before the tiers get to it: PieceBenchmarks
    private static void CompressMessage<TLanes>(ref State<TLanes> state, Span<TLanes> w)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        ReadOnlySpan<uint> k = Sha256Compression.RoundConstants;
        TLanes a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        w = w[..16];
        for (int t = 0; t < 64; t += 8)
        {
            int i = t & 15; // the first or the second half of the sixteen words in use
            Round(a, b, c, ref d, e, f, g, ref h, TLanes.All(k[t]) + w[i]);
            Round(h, a, b, ref c, d, e, f, ref g, TLanes.All(k[t + 1]) + w[i + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, TLanes.All(k[t + 2]) + w[i + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, TLanes.All(k[t + 3]) + w[i + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, TLanes.All(k[t + 4]) + w[i + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, TLanes.All(k[t + 5]) + w[i + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, TLanes.All(k[t + 6]) + w[i + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, TLanes.All(k[t + 7]) + w[i + 7]);
            if (t >= 48)
                continue;
            for (int j = i; j < i + 8; j++) // the words of rounds t + 16 … t + 23 take the place of those just used
                w[j] += SmallSigma1(w[(j + 14) & 15]) + w[(j + 9) & 15] + SmallSigma0(w[(j + 1) & 15]);
        }
        Add(ref state, a, b, c, d, e, f, g, h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // a piece is hashed before the tiers get to it: PieceBenchmarks
    private static void CompressPadding<TLanes>(ref State<TLanes> state)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        ReadOnlySpan<uint> kw = PaddingSchedule;
        TLanes a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        for (int t = 0; t < 64; t += 8)
        {
            Round(a, b, c, ref d, e, f, g, ref h, TLanes.All(kw[t]));
            Round(h, a, b, ref c, d, e, f, ref g, TLanes.All(kw[t + 1]));
            Round(g, h, a, ref b, c, d, e, ref f, TLanes.All(kw[t + 2]));
            Round(f, g, h, ref a, b, c, d, ref e, TLanes.All(kw[t + 3]));
            Round(e, f, g, ref h, a, b, c, ref d, TLanes.All(kw[t + 4]));
            Round(d, e, f, ref g, h, a, b, ref c, TLanes.All(kw[t + 5]));
            Round(c, d, e, ref f, g, h, a, ref b, TLanes.All(kw[t + 6]));
            Round(b, c, d, ref e, f, g, h, ref a, TLanes.All(kw[t + 7]));
        }
        Add(ref state, a, b, c, d, e, f, g, h);
    }

    /// <summary>One round; only d and h change, and the caller renames the eight words instead of moving them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Sha256Benchmarks.Pairs
    private static void Round<TLanes>(
        TLanes a, TLanes b, TLanes c, ref TLanes d, TLanes e, TLanes f, TLanes g, ref TLanes h, TLanes constantAndWord)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        TLanes sum1 = TLanes.Xor(TLanes.RotateRight(e, 6), TLanes.RotateRight(e, 11), TLanes.RotateRight(e, 25));
        TLanes t1 = h + constantAndWord + TLanes.Choose(e, f, g) + sum1;
        TLanes sum0 = TLanes.Xor(TLanes.RotateRight(a, 2), TLanes.RotateRight(a, 13), TLanes.RotateRight(a, 22));
        d += t1;
        h = t1 + sum0 + TLanes.Majority(a, b, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Sha256Benchmarks.Pairs
    private static TLanes SmallSigma0<TLanes>(TLanes x)
        where TLanes : struct, ISha256Lanes<TLanes> => TLanes.Xor(TLanes.RotateRight(x, 7), TLanes.RotateRight(x, 18), TLanes.ShiftRight(x, 3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Sha256Benchmarks.Pairs
    private static TLanes SmallSigma1<TLanes>(TLanes x)
        where TLanes : struct, ISha256Lanes<TLanes> => TLanes.Xor(TLanes.RotateRight(x, 17), TLanes.RotateRight(x, 19), TLanes.ShiftRight(x, 10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Sha256Benchmarks.Pairs
    private static void Add<TLanes>(
        ref State<TLanes> state, TLanes a, TLanes b, TLanes c, TLanes d, TLanes e, TLanes f, TLanes g, TLanes h)
        where TLanes : struct, ISha256Lanes<TLanes>
    {
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private static uint[] SchedulePadding()
    {
        uint[] schedule = new uint[64];
        schedule[0] = 0x80000000;
        schedule[15] = 512;
        for (int t = 16; t < 64; t++)
        {
            uint x = schedule[t - 15], y = schedule[t - 2];
            schedule[t] = schedule[t - 16] + schedule[t - 7]
                + (uint.RotateRight(x, 7) ^ uint.RotateRight(x, 18) ^ (x >> 3))
                + (uint.RotateRight(y, 17) ^ uint.RotateRight(y, 19) ^ (y >> 10));
        }
        for (int t = 0; t < 64; t++)
            schedule[t] += Sha256Compression.RoundConstants[t];
        return schedule;
    }

    [InlineArray(8)]
    private struct State<TLanes>
        where TLanes : struct
    {
        private TLanes _first;
    }

    [InlineArray(16)]
    private struct Block<TLanes>
        where TLanes : struct
    {
        private TLanes _first;
    }
}
