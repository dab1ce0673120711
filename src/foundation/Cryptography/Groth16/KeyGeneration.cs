using System.Numerics;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>Makes a circuit's keys from a secret that is known: quick, and for tests only. Keys nobody can forge with come from a ceremony.</summary>
/// <remarks>
/// Over the generators of both groups; the file is bellperson's: the verifying key, then h, l, a, b in G1 and b in G2, each as a number of four
/// bytes, big-endian, and uncompressed points. Variables that do not occur in A (or B) have no point in a (or b). paper: eprint 2016/260 §3.2
/// </remarks>
public static class KeyGeneration
{
    private const int ManyPoints = 1 << 16;
    private const int WidthForMany = 14;
    private const int WidthForFew = 6;

    /// <summary>Writes the proving key's file.</summary>
    /// <param name="system">The circuit's constraints.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="file">Where the file goes.</param>
    /// <param name="progress">May be null.</param>
    /// <exception cref="ArgumentException">A variable is in no constraint, or the secret is of no use for this circuit.</exception>
    public static VerifyingKey Write(ConstraintSystem system, SetupSecret secret, Stream file, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(secret);
        ArgumentNullException.ThrowIfNull(file);
        QuadraticProgram program = new(system);
        Scalars scalars = new(program, secret);
        int bits = Fr.Bits, width = program.Domain.Size >= ManyPoints ? WidthForMany : WidthForFew;
        FixedBaseTable<Fp, G1Curve> g1 = new(G1Affine.Generator, bits, width);
        FixedBaseTable<Fp2, G2Curve> g2 = new(G2Affine.Generator, bits, width);
        G1Affine[] inputs = new G1Affine[system.InputCount];
        g1.MultiplyAll<Fr>(scalars.Inputs, inputs);
        VerifyingKey key = new(Setup(secret), inputs);
        VectorSource<Fp, G1Curve> InG1(Fr[] values) => new(values.Length, (first, points) => g1.MultiplyAll<Fr>(values.AsSpan(first, points.Length), points));
        new KeyWriter(file, progress).WriteKey(
            key,
            new(program.Domain.Size - 1, (first, points) => g1.MultiplyAll<Fr>(scalars.Powers(first, points.Length), points)),
            InG1(scalars.Auxiliary),
            InG1(scalars.Left),
            InG1(scalars.Right),
            new(scalars.Right.Length, (first, points) => g2.MultiplyAll<Fr>(scalars.Right.AsSpan(first, points.Length), points)));
        return key;
    }

    /// <summary>The verifying key that <see cref="Write"/> gives, alone: a few points, where the proving key takes one or more for each variable.</summary>
    /// <param name="system">The circuit's constraints.</param>
    /// <param name="secret">The secret.</param>
    /// <exception cref="ArgumentException">The secret is of no use for this circuit.</exception>
    public static VerifyingKey Verifying(ConstraintSystem system, SetupSecret secret)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(secret);
        QuadraticProgram program = new(system);
        Fr[] lagrange = program.Lagrange(secret.Tau);
        Fr[] a = program.Columns(Side.A, lagrange).Inputs, b = program.Columns(Side.B, lagrange).Inputs, c = program.Columns(Side.C, lagrange).Inputs;
        G1Affine[] inputs = new G1Affine[system.InputCount];
        new FixedBaseTable<Fp, G1Curve>(G1Affine.Generator, Fr.Bits, WidthForFew).MultiplyAll<Fr>(Scalars.Mix(a, b, c, secret, secret.Gamma.Inverse()), inputs);
        return new VerifyingKey(Setup(secret), inputs);
    }

    /// <summary>A key's domain has two to this power points: one for each constraint and each input, rounded up.</summary>
    public static int LogDomainSize(ConstraintSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return BitOperations.Log2(BitOperations.RoundUpToPowerOf2((ulong)(system.ConstraintCount + system.InputCount)));
    }

    private static SetupPoints Setup(SetupSecret secret)
    {
        G1Point g1 = G1Point.Generator;
        G2Point g2 = G2Point.Generator;
        return new(
            G1.Multiply(g1, secret.Alpha).ToAffine(),
            G1.Multiply(g1, secret.Beta).ToAffine(),
            G2.Multiply(g2, secret.Beta).ToAffine(),
            G2.Multiply(g2, secret.Gamma).ToAffine(),
            G1.Multiply(g1, secret.Delta).ToAffine(),
            G2.Multiply(g2, secret.Delta).ToAffine());
    }

    /// <summary>What the generators are multiplied by.</summary>
    private sealed class Scalars
    {
        private readonly Fr _tau;
        private readonly Fr _quotientScale;

        public Scalars(QuadraticProgram program, SetupSecret secret)
        {
            _tau = secret.Tau;
            _quotientScale = program.Vanishing(secret.Tau) * secret.Delta.Inverse();
            Fr[] lagrange = program.Lagrange(secret.Tau);
            (Fr[] Inputs, Fr[] Auxiliary) a = ([], []), b = a, c = a;
            Parallel.Invoke(
                () => a = program.Columns(Side.A, lagrange), () => b = program.Columns(Side.B, lagrange), () => c = program.Columns(Side.C, lagrange));
            Left = Present(program.Left, a);
            Right = Present(program.Right, b);
            Inputs = Mix(a.Inputs, b.Inputs, c.Inputs, secret, secret.Gamma.Inverse());
            Auxiliary = Mix(a.Auxiliary, b.Auxiliary, c.Auxiliary, secret, secret.Delta.Inverse());
            int idle = Array.FindIndex(Auxiliary, value => value.IsZero);
            if (idle >= 0)
                throw new ArgumentException($"auxiliary variable {idle} is in no constraint");
        }

        public Fr[] Inputs { get; }

        public Fr[] Auxiliary { get; }

        public Fr[] Left { get; }

        public Fr[] Right { get; }

        /// <summary>τ^i·(τ^m − 1)/δ.</summary>
        public Fr[] Powers(int first, int count)
        {
            Fr[] powers = new Fr[count];
            Fr power = FieldPowers.Power(_tau, [(ulong)first]) * _quotientScale;
            for (int i = 0; i < count; i++, power *= _tau)
                powers[i] = power;
            return powers;
        }

        /// <summary>(β·u + α·v + w)·scale, in the place of w.</summary>
        public static Fr[] Mix(Fr[] u, Fr[] v, Fr[] w, SetupSecret secret, Fr scale)
        {
            Parallel.For(0, (w.Length + ManyPoints - 1) / ManyPoints, AllCores.Options, chunk =>
            {
                for (int i = chunk * ManyPoints; i < Math.Min(w.Length, (chunk + 1) * ManyPoints); i++)
                    w[i] = ((secret.Beta * u[i]) + (secret.Alpha * v[i]) + w[i]) * scale;
            });
            return w;
        }

        private static Fr[] Present(Occurrence occurrence, (Fr[] Inputs, Fr[] Auxiliary) values)
        {
            List<Fr> present = new(values.Auxiliary.Length);
            for (int i = 0; i < values.Inputs.Length; i++)
            {
                if (occurrence.Inputs[i])
                    present.Add(values.Inputs[i]);
            }
            for (int i = 0; i < values.Auxiliary.Length; i++)
            {
                if (occurrence.Auxiliary[i])
                    present.Add(values.Auxiliary[i]);
            }
            return present.Exists(value => value.IsZero)
                ? throw new ArgumentException("the secret point is a root of a variable's polynomial")
                : [.. present];
        }
    }
}
