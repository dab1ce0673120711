using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.R1cs;

namespace Flashback.Cryptography.Groth16;

/// <summary>Makes proofs for one circuit, on all cores.</summary>
/// <remarks>
/// What must be in memory are the circuit's values and two vectors of the domain's size; points are read from the key in parts, whose size the
/// budget decides. paper: eprint 2016/260 §3.2
/// </remarks>
public sealed class Groth16Prover
{
    /// <summary>A part's points, their encodings and scalars, digits and buckets, roughly.</summary>
    private const int BytesPerPoint = 512;
    private const int LeastPart = 1 << 14;
    private const int MostPart = 1 << 21;

    private readonly ProvingKey _key;
    private readonly QuadraticProgram _program;
    private readonly int _part;

    /// <summary>A prover.</summary>
    /// <param name="system">The circuit's constraints.</param>
    /// <param name="key">The circuit's key.</param>
    /// <param name="memoryBudget">Bytes that may be used for points besides what must be in memory; less makes proving somewhat slower.</param>
    /// <exception cref="ArgumentException">The key is another circuit's.</exception>
    public Groth16Prover(ConstraintSystem system, ProvingKey key, long memoryBudget = 512L << 20)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(key);
        _key = key;
        _program = new QuadraticProgram(system);
        _part = (int)Math.Clamp(memoryBudget / BytesPerPoint, LeastPart, MostPart);
        int left = Count(_program.Left), right = Count(_program.Right);
        if (key.Verifying.InputCount != system.InputCount - 1 || key.Quotient.Count != _program.Domain.Size - 1
            || key.Auxiliary.Count != system.AuxiliaryCount || key.Left.Count != left || key.RightG1.Count != right || key.RightG2.Count != right)
            throw new ArgumentException("the key was made for another circuit", nameof(key));
    }

    /// <summary>A proof for values that satisfy the constraints; for others it will not verify.</summary>
    /// <exception cref="InvalidDataException">The key has been altered.</exception>
    public Groth16Proof Prove(Assignment values, IProgress<Groth16Progress>? progress = null) =>
        ProveWith(values, SetupSecret.RandomElement(), SetupSecret.RandomElement(), progress);

    /// <summary>The proof for given randomness: for known answers only, as who knows it learns of the values.</summary>
    public Groth16Proof ProveWith(Assignment values, in Fr r, in Fr s, IProgress<Groth16Progress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        SetupPoints setup = _key.Verifying.Setup;
        G1Point quotient = SumG1(_key.Quotient, _program.Quotient(values), _program.Domain.Size - 1, progress);
        G1Point auxiliary = SumG1(_key.Auxiliary, values.Auxiliary, values.Auxiliary.Length, progress);
        Fr[] right = Present(_program.Right, values);
        G1Point rightG1 = SumG1(_key.RightG1, right, right.Length, progress);
        G2Point rightG2 = Sum<Fp2, G2Curve, G2Format>(_key.RightG2, right, right.Length, progress);
        Fr[] left = Present(_program.Left, values);
        G1Point leftG1 = SumG1(_key.Left, left, left.Length, progress);

        G1Point alpha = setup.AlphaG1.ToJacobian(), beta = setup.BetaG1.ToJacobian(), delta = setup.DeltaG1.ToJacobian();
        G1Point a = alpha + leftG1 + G1.Multiply(delta, r);
        G2Point b = setup.BetaG2.ToJacobian() + rightG2 + G2.Multiply(setup.DeltaG2.ToJacobian(), s);
        G1Point c = auxiliary + quotient + G1.Multiply(a, s) + G1.Multiply(beta + rightG1, r);
        return new(a.ToAffine(), b.ToAffine(), c.ToAffine());
    }

    private G1Point SumG1(PointVector vector, Fr[] scalars, int count, IProgress<Groth16Progress>? progress) =>
        Sum<Fp, G1Curve, G1Format>(vector, scalars, count, progress);

    private JacobianPoint<TField, TCurve> Sum<TField, TCurve, TFormat>(PointVector vector, Fr[] scalars, int count, IProgress<Groth16Progress>? progress)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        AffinePoint<TField, TCurve>[] points = new AffinePoint<TField, TCurve>[Math.Min(count, _part)];
        JacobianPoint<TField, TCurve> sum = default;
        for (int done = 0; done < count;)
        {
            int part = Math.Min(count - done, points.Length);
            vector.Read<TField, TCurve, TFormat>(done, points.AsMemory(0, part));
            sum += MultiScalarMultiplication.Sum<TField, TCurve, Fr>(points.AsMemory(0, part), scalars.AsMemory(done, part));
            done += part;
            progress?.Report(new(vector.Part.ToString(), done, count));
        }
        return sum;
    }

    private static int Count(Occurrence occurrence) => occurrence.Inputs.Count(present => present) + occurrence.Auxiliary.Count(present => present);

    private static Fr[] Present(Occurrence occurrence, Assignment values)
    {
        Fr[] present = new Fr[Count(occurrence)];
        int next = 0;
        for (int i = 0; i < values.Inputs.Length; i++)
        {
            if (occurrence.Inputs[i])
                present[next++] = values.Inputs[i];
        }
        for (int i = 0; i < values.Auxiliary.Length; i++)
        {
            if (occurrence.Auxiliary[i])
                present[next++] = values.Auxiliary[i];
        }
        return present;
    }
}
