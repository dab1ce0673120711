using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>Verifies proofs: one, or many of any keys at once.</summary>
public static class Groth16Verifier
{
    /// <summary>Below this many proofs another thread costs more than it brings.</summary>
    private const int LeastProofsPerThread = 4;

    private const int CoefficientBytes = 16;

    /// <summary>Checks one proof; null when it holds.</summary>
    public static Invalid<Groth16Rule>? Verify(in Groth16Statement statement)
    {
        if (Count(statement) is { } miscounted)
            return miscounted;
        KeySums sums = new(statement.Key);
        sums.Add(statement, Fr.One);
        Fp12 product = Pairing.Miller([statement.Proof.A], [statement.Proof.B]) * sums.Miller();
        return FinalExponentiation.Apply(product).IsOne ? null : new(Groth16Rule.Equation, "the proof does not hold for these public inputs");
    }

    /// <summary>Checks many proofs; null when all hold, else the first that does not, found by checking halves: a batch with a bad proof costs twice one without.</summary>
    /// <remarks>
    /// With random z_j of 128 bits all hold together if Π e(z_j·A_j, B_j) times, for each key, e(−Σ z_j·α, β) · e(−Σ z_j·IC_j, γ) · e(−Σ z_j·C_j, δ)
    /// is one: one Miller loop a proof, three a key and one final exponentiation. A batch with a bad proof passes with probability 2^−128.
    /// paper: eprint 1998/007 §2
    /// </remarks>
    /// <param name="statements">Proofs of one key or of several.</param>
    /// <param name="index">Which one is refused; −1 when none is.</param>
    public static Invalid<Groth16Rule>? VerifyAll(ReadOnlySpan<Groth16Statement> statements, out int index)
    {
        index = -1;
        for (int i = 0; i < statements.Length; i++)
        {
            if (Count(statements[i]) is not { } miscounted)
                continue;
            index = i;
            return miscounted;
        }
        if (statements.IsEmpty || (statements.Length > 1 && HoldTogether(statements)))
            return null;
        int first = 0, count = statements.Length;
        while (count > 1)
        {
            int half = count / 2;
            bool holds = half == 1 ? Verify(statements[first]) is null : HoldTogether(statements.Slice(first, half));
            (first, count) = holds ? (first + half, count - half) : (first, half);
        }
        Invalid<Groth16Rule>? broken = Verify(statements[first]);
        index = broken is null ? -1 : first;
        return broken;
    }

    /// <summary>Whether all proofs hold: as <see cref="VerifyAll"/>, in one batch whatever comes of it, without looking for the one to blame.</summary>
    public static bool HoldAll(ReadOnlySpan<Groth16Statement> statements)
    {
        foreach (Groth16Statement statement in statements)
        {
            if (Count(statement) is not null)
                return false;
        }
        return statements.Length switch { 0 => true, 1 => Verify(statements[0]) is null, _ => HoldTogether(statements) };
    }

    private static Invalid<Groth16Rule>? Count(in Groth16Statement statement) => statement.Inputs.Length == statement.Key.InputCount
        ? null
        : new(Groth16Rule.InputCount, $"{statement.Inputs.Length} public inputs are given for a circuit of {statement.Key.InputCount}");

    private static bool HoldTogether(ReadOnlySpan<Groth16Statement> statements)
    {
        Fr[] coefficients = Coefficients(statements.Length);
        Groth16Statement[] all = statements.ToArray();
        int threads = Math.Clamp(all.Length / LeastProofsPerThread, 1, Environment.ProcessorCount);
        Fp12[] products = new Fp12[threads];
        void Run(int thread) => products[thread] = ProofPairs(all, coefficients, all.Length * thread / threads, all.Length * (thread + 1) / threads);
        if (threads == 1)
            Run(0);
        else
            Parallel.For(0, threads, AllCores.Options, Run);

        Fp12 product = products[0];
        for (int i = 1; i < threads; i++)
            product *= products[i];
        Dictionary<VerifyingKey, KeySums> keys = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < all.Length; i++)
        {
            ref KeySums? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(keys, all[i].Key, out _);
            (sums ??= new(all[i].Key)).Add(all[i], coefficients[i]);
        }
        foreach (KeySums sums in keys.Values)
            product *= sums.Miller();
        return FinalExponentiation.Apply(product).IsOne;
    }

    /// <summary>The Miller loops of z·A with B.</summary>
    private static Fp12 ProofPairs(Groth16Statement[] statements, Fr[] coefficients, int from, int to)
    {
        G1Point[] multiples = new G1Point[to - from];
        G2Affine[] others = new G2Affine[to - from];
        for (int i = 0; i < multiples.Length; i++)
        {
            multiples[i] = G1.Multiply(statements[from + i].Proof.A.ToJacobian(), coefficients[from + i]);
            others[i] = statements[from + i].Proof.B;
        }
        G1Affine[] points = new G1Affine[multiples.Length];
        G1Point.ToAffine(multiples, points);
        return Pairing.Miller(points, others);
    }

    private static Fr[] Coefficients(int count)
    {
        Span<byte> bytes = new byte[count * CoefficientBytes];
        RandomNumberGenerator.Fill(bytes);
        Fr[] coefficients = new Fr[count];
        for (int i = 0; i < count; i++)
        {
            Fr coefficient = Fr.Reduce(bytes.Slice(i * CoefficientBytes, CoefficientBytes));
            coefficients[i] = coefficient.IsZero ? Fr.One : coefficient; // zero would leave the proof out
        }
        return coefficients;
    }

    /// <summary>The sums over the proofs of one key that are paired with β, γ and δ.</summary>
    private sealed class KeySums(VerifyingKey key)
    {
        private readonly Fr[] _inputs = new Fr[key.InputCount + 1];
        private readonly List<G1Affine> _c = [];
        private readonly List<Fr> _coefficients = [];

        public void Add(in Groth16Statement statement, in Fr coefficient)
        {
            _inputs[0] += coefficient;
            ReadOnlySpan<Fr> inputs = statement.Inputs.Span;
            for (int i = 0; i < inputs.Length; i++)
                _inputs[i + 1] += inputs[i] * coefficient;
            _c.Add(statement.Proof.C);
            _coefficients.Add(coefficient);
        }

        public Fp12 Miller()
        {
            G1Point alpha = G1.Multiply(key.Setup.AlphaG1.ToJacobian(), _inputs[0]);
            G1Point inputs = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(key.InputPoints, _inputs);
            G1Point c = MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(_c.ToArray(), _coefficients.ToArray());
            G1Affine[] points = new G1Affine[3];
            G1Point.ToAffine([-alpha, -inputs, -c], points);
            return Pairing.Miller(points, key.Prepared);
        }
    }
}
