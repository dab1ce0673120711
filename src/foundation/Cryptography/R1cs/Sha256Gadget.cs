using Flashback.Primitives;

namespace Flashback.Cryptography.R1cs;

/// <summary>SHA-256 over bits. Order and form of the constraints are bellperson's: a block of unknown bits takes 25,840.</summary>
public static class Sha256Gadget
{
    private const int BlockBits = 512;

    /// <summary>The 256 bits of the digest.</summary>
    /// <param name="system">Where it is written to.</param>
    /// <param name="message">The message's bits, each byte's highest first.</param>
    public static Bit[] Sha256<TSystem>(this TSystem system, ReadOnlySpan<Bit> message)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] padded = Pad(message);
        Bit[][] state = Array.ConvertAll(Sha256Compression.InitialState.ToArray(), Words.Constant);
        for (int block = 0; block < padded.Length; block += BlockBits)
            state = Compress(system, padded.AsSpan(block, BlockBits), state);
        Bit[] digest = new Bit[256];
        for (int i = 0; i < digest.Length; i++)
            digest[i] = state[i / 32][31 - (i % 32)];
        return digest;
    }

    private static Bit[] Pad(ReadOnlySpan<Bit> message)
    {
        Bit[] padded = new Bit[(message.Length + 1 + 64 + BlockBits - 1) / BlockBits * BlockBits];
        message.CopyTo(padded);
        padded[message.Length] = Bit.True;
        for (int i = 0; i < 64; i++)
            padded[^(i + 1)] = Bit.Constant(((ulong)message.Length >> i & 1) != 0);
        return padded;
    }

    private static Bit[][] Compress<TSystem>(TSystem system, ReadOnlySpan<Bit> block, Bit[][] state)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        WordSums<TSystem> sums = new(system);
        Bit[][] schedule = Schedule(system, ref sums, block);
        PendingWord a = new(state[0]), e = new(state[4]);
        Bit[] b = state[1], c = state[2], d = state[3], f = state[5], g = state[6], h = state[7];
        for (int i = 0; i < 64; i++)
        {
            Bit[] newE = e.Settle(ref sums);
            Bit[] sigma1 = Words.XorOfRotations(system, newE, 6, 11, 25);
            Bit[] choice = new Bit[32];
            for (int j = 0; j < 32; j++)
                choice[j] = system.Choose(newE[j], f[j], g[j]);
            Bit[] newA = a.Settle(ref sums);
            Bit[] sigma0 = Words.XorOfRotations(system, newA, 2, 13, 22);
            Bit[] majority = new Bit[32];
            for (int j = 0; j < 32; j++)
                majority[j] = system.Majority(newA[j], b[j], c[j]);
            Bit[][] first = [h, sigma1, choice, Words.Constant(Sha256Compression.RoundConstants[i]), schedule[i]];
            a = new([.. first, sigma0, majority]);
            e = new([.. first, d]);
            (h, g, f, d, c, b) = (g, f, newE, c, b, newA);
        }
        Bit[][] result = new Bit[8][];
        result[0] = a.Settle(ref sums, state[0]);
        result[1] = sums.Add(state[1], b);
        result[2] = sums.Add(state[2], c);
        result[3] = sums.Add(state[3], d);
        result[4] = e.Settle(ref sums, state[4]);
        result[5] = sums.Add(state[5], f);
        result[6] = sums.Add(state[6], g);
        result[7] = sums.Add(state[7], h);
        sums.Flush();
        return result;
    }

    private static Bit[][] Schedule<TSystem>(TSystem system, ref WordSums<TSystem> sums, ReadOnlySpan<Bit> block)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[][] words = new Bit[64][];
        for (int i = 0; i < 16; i++)
        {
            words[i] = block.Slice(32 * i, 32).ToArray();
            Array.Reverse(words[i]);
        }
        for (int i = 16; i < words.Length; i++)
        {
            Bit[] s0 = Words.XorOfRotationsAndShift(system, words[i - 15], 7, 18, 3);
            Bit[] s1 = Words.XorOfRotationsAndShift(system, words[i - 2], 17, 19, 10);
            words[i] = sums.Add(words[i - 16], s0, words[i - 7], s1);
        }
        return words;
    }

    /// <summary>A word, or words whose sum is not written before it is needed: at the end another one joins in.</summary>
    private readonly struct PendingWord(params Bit[][] words)
    {
        public Bit[] Settle<TSystem>(ref WordSums<TSystem> sums)
            where TSystem : struct, IConstraintSystem<TSystem> => words.Length == 1 ? words[0] : sums.Add(words);

        public Bit[] Settle<TSystem>(ref WordSums<TSystem> sums, Bit[] last)
            where TSystem : struct, IConstraintSystem<TSystem> => sums.Add([.. words, last]);
    }
}
