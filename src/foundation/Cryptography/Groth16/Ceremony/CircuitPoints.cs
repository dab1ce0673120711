using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>The points of a circuit's key over powers of a τ that nobody knows, with γ and δ one.</summary>
internal sealed class CircuitPoints
{
    private const int ColumnsOfTask = 1 << 8;

    private readonly QuadraticProgram _program;
    private readonly PowersOfTau _powers;
    private readonly G1Affine[] _mixed;
    private readonly G1Affine[] _left;
    private readonly G1Affine[] _right;
    private readonly G2Affine[] _rightG2;

    public CircuitPoints(QuadraticProgram program, PowersOfTau powers)
    {
        (_program, _powers) = (program, powers);
        int size = program.Domain.Size;
        Fr inverse = program.Domain.InverseSize;
        SparseColumns a = program.System.Columns(Side.A), b = program.System.Columns(Side.B), c = program.System.Columns(Side.C);
        LagrangePoints<Fp, G1Curve, G1Format> plain = new(powers.TauG1.Take(size), inverse), alpha = new(powers.AlphaG1, inverse), beta = new(powers.BetaG1, inverse);
        _left = Sums(column => Sum(plain, a, column, withInputRow: true));
        _right = Sums(column => Sum(plain, b, column, withInputRow: false));
        _mixed = Sums(column => Sum(beta, a, column, withInputRow: true) + Sum(alpha, b, column, withInputRow: false) + Sum(plain, c, column, withInputRow: false));
        LagrangePoints<Fp2, G2Curve, G2Format> inG2 = new(powers.TauG2, inverse);
        _rightG2 = Sums(column => Sum(inG2, b, column, withInputRow: false));
    }

    private int InputCount => _program.System.InputCount;

    /// <summary>An auxiliary variable that is in no constraint; null when there is none.</summary>
    public int? FindIdle()
    {
        int idle = Array.FindIndex(_mixed, InputCount, point => point.IsInfinity);
        return idle < 0 ? null : idle - InputCount;
    }

    public void Write(Stream file, IProgress<Groth16Progress>? progress)
    {
        SetupPoints setup = new(
            PointScaling<Fp, G1Curve, G1Format>.ReadOne(_powers.AlphaG1, 0), PointScaling<Fp, G1Curve, G1Format>.ReadOne(_powers.BetaG1, 0),
            PointScaling<Fp2, G2Curve, G2Format>.ReadOne(_powers.BetaG2, 0), G2Affine.Generator, G1Affine.Generator, G2Affine.Generator);
        new KeyWriter(file, progress).WriteKey(
            new VerifyingKey(setup, _mixed.AsSpan(0, InputCount)),
            new(_program.Domain.Size - 1, WriteQuotient),
            Source(_mixed[InputCount..]),
            Source(Present(_program.Left, _left)),
            Source(Present(_program.Right, _right)),
            Source(Present(_program.Right, _rightG2)));
    }

    /// <summary>τ^(i + m) − τ^i.</summary>
    private void WriteQuotient(int first, Span<G1Affine> points)
    {
        G1Affine[] upper = new G1Affine[points.Length];
        _powers.TauG1.ReadFew<Fp, G1Curve, G1Format>(first, points, checkSubgroup: false);
        _powers.TauG1.ReadFew<Fp, G1Curve, G1Format>(first + (long)_program.Domain.Size, upper, checkSubgroup: false);
        G1Point[] differences = new G1Point[points.Length];
        for (int i = 0; i < differences.Length; i++)
            differences[i] = upper[i].ToJacobian() - points[i];
        G1Point.ToAffine(differences, points);
    }

    /// <summary>A column's sum; an input also has a row of its own in A, behind the constraints.</summary>
    private JacobianPoint<TField, TCurve> Sum<TField, TCurve, TFormat>(LagrangePoints<TField, TCurve, TFormat> points, SparseColumns columns, int column, bool withInputRow)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
        where TFormat : struct, IPointFormat<TField, TCurve>
    {
        JacobianPoint<TField, TCurve> sum = points.Sum(columns, column);
        return withInputRow && column < InputCount ? sum + points[(int)_program.System.ConstraintCount + column] : sum;
    }

    private AffinePoint<TField, TCurve>[] Sums<TField, TCurve>(Func<int, JacobianPoint<TField, TCurve>> sumOf)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        AffinePoint<TField, TCurve>[] sums = new AffinePoint<TField, TCurve>[InputCount + _program.System.AuxiliaryCount];
        Parallel.For(0, (sums.Length + ColumnsOfTask - 1) / ColumnsOfTask, AllCores.Options, task =>
        {
            Span<AffinePoint<TField, TCurve>> part = sums.AsSpan(task * ColumnsOfTask, Math.Min(ColumnsOfTask, sums.Length - (task * ColumnsOfTask)));
            JacobianPoint<TField, TCurve>[] points = new JacobianPoint<TField, TCurve>[part.Length];
            for (int i = 0; i < points.Length; i++)
                points[i] = sumOf((task * ColumnsOfTask) + i);
            JacobianPoint<TField, TCurve>.ToAffine(points, part);
        });
        return sums;
    }

    private AffinePoint<TField, TCurve>[] Present<TField, TCurve>(Occurrence occurrence, AffinePoint<TField, TCurve>[] points)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        List<AffinePoint<TField, TCurve>> present = new(points.Length);
        for (int i = 0; i < points.Length; i++)
        {
            if (i < InputCount ? occurrence.Inputs[i] : occurrence.Auxiliary[i - InputCount])
                present.Add(points[i]);
        }
        return [.. present];
    }

    private static VectorSource<TField, TCurve> Source<TField, TCurve>(AffinePoint<TField, TCurve>[] points)
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField> => new(points.Length, (first, part) => points.AsSpan(first, part.Length).CopyTo(part));
}
