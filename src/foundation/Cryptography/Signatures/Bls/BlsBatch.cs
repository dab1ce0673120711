using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;

namespace Flashback.Cryptography;

/// <summary>Verifies many signatures with one final exponentiation and one Miller loop per distinct message.</summary>
/// <remarks>
/// With random coefficients c_i the sets hold together if e(−g, Σ c_i·σ_i)·Π e(Σ c_i·pk_i, H(m)) = 1, the inner sums over the sets of one
/// message. A batch with a bad set passes with probability 2^−64 at most. A coefficient is a + b·z² with 32 random bits in a and in b:
/// 2^64 different ones, and both halves run over 32 bits only, since z² is −φ on G1 and ψ² on G2. paper: eprint 1998/007 §2.
/// </remarks>
internal static class BlsBatch
{
    /// <summary>Below this many sets another thread costs more than it brings.</summary>
    private const int MinSetsPerThread = 8;

    private static readonly G1Affine NegatedGenerator = -G1Affine.Generator;

    /// <summary>A coefficient's two halves.</summary>
    private readonly record struct Coefficient(uint Low, uint High);

    public static bool Verify(ReadOnlySpan<BlsSignatureSet> sets)
    {
        if (sets.IsEmpty)
            return true;
        foreach (BlsSignatureSet set in sets)
        {
            if (set.Key.Point.IsInfinity)
                return false;
        }
        if (sets.Length == 1)
            return Bls.Verify(sets[0].Key, sets[0].Message.Span, sets[0].Signature);

        (BlsSignatureSet Set, Coefficient Coefficient)[][] groups = GroupByMessage(sets);
        int threads = Math.Clamp(sets.Length / MinSetsPerThread, 1, Math.Min(Environment.ProcessorCount, groups.Length));
        Fp12[] loops = new Fp12[threads];
        G2Point[] sums = new G2Point[threads];
        void Run(int thread) =>
            (loops[thread], sums[thread]) = Fold(groups.AsSpan()[(groups.Length * thread / threads)..(groups.Length * (thread + 1) / threads)]);
        if (threads == 1)
            Run(0);
        else
            Parallel.For(0, threads, AllCores.Options, Run);

        G2Point signature = sums[0];
        Fp12 product = loops[0];
        for (int i = 1; i < threads; i++)
        {
            signature += sums[i];
            product *= loops[i];
        }
        product *= Pairing.Miller([NegatedGenerator], [signature.ToAffine()]);
        return FinalExponentiation.Apply(product).IsOne;
    }

    private static (BlsSignatureSet, Coefficient)[][] GroupByMessage(ReadOnlySpan<BlsSignatureSet> sets)
    {
        Coefficient[] coefficients = new Coefficient[sets.Length];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(coefficients.AsSpan()));
        Dictionary<ReadOnlyMemory<byte>, List<(BlsSignatureSet, Coefficient)>> groups = new(sets.Length, ByContent.Instance);
        for (int i = 0; i < sets.Length; i++)
        {
            // Zero would leave the set out; it stands for 1 instead.
            Coefficient coefficient = coefficients[i] == default ? new(1, 0) : coefficients[i];
            if (!groups.TryGetValue(sets[i].Message, out List<(BlsSignatureSet, Coefficient)>? group))
                groups.Add(sets[i].Message, group = new(1));
            group.Add((sets[i], coefficient));
        }
        return [.. groups.Values.Select(group => group.ToArray())];
    }

    /// <summary>The Miller loops of some messages, and the sum of their signatures, each with its coefficient.</summary>
    private static (Fp12 Loop, G2Point Sum) Fold(ReadOnlySpan<(BlsSignatureSet Set, Coefficient Coefficient)[]> groups)
    {
        int sets = 0;
        foreach ((BlsSignatureSet, Coefficient)[] group in groups)
            sets += group.Length;
        G2Point[] signatures = new G2Point[2 * sets];
        ulong[] scalars = new ulong[2 * sets];
        G1Point[] keys = new G1Point[groups.Length];
        G2Affine[] messages = new G2Affine[groups.Length];
        int next = 0;
        for (int i = 0; i < groups.Length; i++)
        {
            foreach ((BlsSignatureSet set, Coefficient c) in groups[i])
            {
                signatures[next] = set.Signature.Point.ToJacobian();
                signatures[next + 1] = G2.Psi(G2.Psi(signatures[next]));
                scalars[next++] = c.Low;
                scalars[next++] = c.High;
            }
            keys[i] = SumKeys(groups[i]);
            messages[i] = Bls.HashToPoint(groups[i][0].Set.Message.Span);
        }
        G1Affine[] points = new G1Affine[keys.Length];
        G1Point.ToAffine(keys, points);
        return (Pairing.Miller(points, messages), LinearCombination.Sum<Fp2, G2Curve>(signatures, scalars));
    }

    private static G1Point SumKeys((BlsSignatureSet Set, Coefficient Coefficient)[] group)
    {
        G1Point[] keys = new G1Point[2 * group.Length];
        ulong[] scalars = new ulong[keys.Length];
        for (int i = 0; i < group.Length; i++)
        {
            keys[2 * i] = group[i].Set.Key.Point.ToJacobian();
            keys[2 * i + 1] = -G1.Phi(keys[2 * i]);
            scalars[2 * i] = group[i].Coefficient.Low;
            scalars[2 * i + 1] = group[i].Coefficient.High;
        }
        return LinearCombination.Sum<Fp, G1Curve>(keys, scalars);
    }

    /// <summary>Equality of memory by its bytes.</summary>
    private sealed class ByContent : IEqualityComparer<ReadOnlyMemory<byte>>
    {
        public static readonly ByContent Instance = new();

        public bool Equals(ReadOnlyMemory<byte> x, ReadOnlyMemory<byte> y) => x.Span.SequenceEqual(y.Span);

        public int GetHashCode(ReadOnlyMemory<byte> obj)
        {
            HashCode hash = default;
            hash.AddBytes(obj.Span);
            return hash.ToHashCode();
        }
    }
}
