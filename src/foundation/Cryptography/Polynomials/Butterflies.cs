using Flashback.Cryptography.Fields;
using Flashback.Primitives;

namespace Flashback.Cryptography.Polynomials;

/// <summary>The inner loops of the number-theoretic transform: coefficients in natural order become values in bit-reversed order.</summary>
/// <remarks>
/// A block of length m with index i holds a polynomial modulo x^m − f², where f is factor i of <see cref="RootsOfUnity{TField}"/>.
/// A pass splits it into the remainders modulo x^(m/2) − f and x^(m/2) + f, which are blocks 2i and 2i + 1. Every butterfly of a block
/// has the same factor, so the long passes touch no table; two passes are done at once so that memory is crossed half as often; and
/// a block that fits the cache is finished before the next is begun.
/// </remarks>
internal static class Butterflies<TField>
    where TField : struct, IPrimeField<TField>
{
    private const int ParallelFrom = 1 << 13;
    private const int ChunkLength = 1 << 11;

    /// <summary>Transforms one block down to values.</summary>
    public static void Transform(Span<TField> block, int index)
    {
        switch (block.Length)
        {
            case 1:
                return;
            case 2:
                SplitInTwo(block, RootsOfUnity<TField>.Factor(index));
                return;
        }
        int quarter = block.Length / 4;
        SplitInFour(block, quarter, 0, quarter, index);
        if (quarter == 1)
            return;
        for (int i = 0; i < 4; i++)
            Transform(block.Slice(i * quarter, quarter), 4 * index + i);
    }

    /// <summary>Transforms a whole polynomial over the cores.</summary>
    public static void TransformInParallel(Memory<TField> values)
    {
        int blocks = 1, enough = 4 * Environment.ProcessorCount;
        while (blocks < enough && values.Length / blocks >= ParallelFrom)
        {
            int quarter = values.Length / blocks / 4, chunksEach = quarter / ChunkLength + 1, length = (quarter + chunksEach - 1) / chunksEach;
            Parallel.For(0, blocks * chunksEach, AllCores.Options, work =>
            {
                (int block, int chunk) = Math.DivRem(work, chunksEach);
                int from = chunk * length, to = Math.Min(from + length, quarter);
                SplitInFour(values.Span.Slice(4 * quarter * block, 4 * quarter), quarter, from, to, block);
            });
            blocks *= 4;
        }
        int blockLength = values.Length / blocks;
        if (blocks == 1)
            Transform(values.Span, 0);
        else
            Parallel.For(0, blocks, AllCores.Options, i => Transform(values.Span.Slice(i * blockLength, blockLength), i));
    }

    private static void SplitInTwo(Span<TField> block, in TField factor)
    {
        TField product = block[1] * factor, first = block[0];
        block[0] = first + product;
        block[1] = first - product;
    }

    /// <summary>Two passes over the columns from <paramref name="from"/> up to <paramref name="to"/> of four quarters.</summary>
    private static void SplitInFour(Span<TField> block, int quarter, int from, int to, int index)
    {
        TField factor = RootsOfUnity<TField>.Factor(index);
        TField left = RootsOfUnity<TField>.Factor(2 * index), right = RootsOfUnity<TField>.Factor(2 * index + 1);
        Span<TField> q0 = block[..quarter], q1 = block.Slice(quarter, quarter);
        Span<TField> q2 = block.Slice(2 * quarter, quarter), q3 = block.Slice(3 * quarter, quarter);
        for (int i = from; i < to; i++)
        {
            TField c = q2[i] * factor, d = q3[i] * factor;
            TField sum = q1[i] + d, difference = q1[i] - d;
            sum *= left;
            difference *= right;
            TField even = q0[i] + c, odd = q0[i] - c;
            q0[i] = even + sum;
            q1[i] = even - sum;
            q2[i] = odd + difference;
            q3[i] = odd - difference;
        }
    }
}
