using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Cryptography.Groth16;

/// <summary>A constraint system as polynomials over a domain: row j is the point ω^j; after the rows comes one for each input, input · 0 = 0.</summary>
/// <remarks>The rows of the inputs keep their polynomials independent. paper: eprint 2016/260 §2.3; source: bellperson.</remarks>
internal sealed class QuadraticProgram
{
    private const int ElementsAtOnce = 1 << 12;

    public QuadraticProgram(ConstraintSystem system)
    {
        System = system;
        Domain = new EvaluationDomain<Fr>(KeyGeneration.LogDomainSize(system));
        Occurrence left = system.Occurring(Side.A);
        Array.Fill(left.Inputs, true);
        Left = left;
        Right = system.Occurring(Side.B);
    }

    public ConstraintSystem System { get; }

    public EvaluationDomain<Fr> Domain { get; }

    /// <summary>The variables with a polynomial in A that is not zero.</summary>
    public Occurrence Left { get; }

    /// <summary>The same in B.</summary>
    public Occurrence Right { get; }

    /// <summary>Every variable's polynomial of one matrix at a point, by the values there of the domain's Lagrange polynomials.</summary>
    public (Fr[] Inputs, Fr[] Auxiliary) Columns(Side side, ReadOnlySpan<Fr> lagrange)
    {
        Fr[] inputs = new Fr[System.InputCount], auxiliary = new Fr[System.AuxiliaryCount];
        System.AddColumns(side, lagrange, inputs, auxiliary);
        for (int i = 0; side == Side.A && i < inputs.Length; i++)
            inputs[i] += lagrange[(int)System.ConstraintCount + i];
        return (inputs, auxiliary);
    }

    /// <summary>L_j(point) = (point^m − 1)/m · ω^j/(point − ω^j) for every j.</summary>
    /// <exception cref="ArgumentException">The point is in the domain.</exception>
    public Fr[] Lagrange(Fr point)
    {
        Fr[] values = new Fr[Domain.Size];
        Fr scale = Vanishing(point) * Domain.InverseSize;
        if (scale.IsZero)
            throw new ArgumentException("the secret point is in the domain", nameof(point));
        Parallel.For(0, (values.Length + ElementsAtOnce - 1) / ElementsAtOnce, AllCores.Options, chunk =>
        {
            int from = chunk * ElementsAtOnce;
            Span<Fr> part = values.AsSpan(from, Math.Min(ElementsAtOnce, values.Length - from));
            Fr power = FieldPowers.Power(Domain.Root, [(ulong)from]);
            Fr[] powers = new Fr[part.Length];
            for (int i = 0; i < part.Length; i++, power *= Domain.Root)
            {
                powers[i] = power;
                part[i] = point - power;
            }
            BatchInversion.InvertInPlace(part, new Fr[part.Length]);
            for (int i = 0; i < part.Length; i++)
                part[i] *= powers[i] * scale;
        });
        return values;
    }

    /// <summary>point^m − 1.</summary>
    public Fr Vanishing(in Fr point) => FieldPowers.Power(point, [(ulong)Domain.Size]) - Fr.One;

    /// <summary>The coefficients of the quotient H with A·B − C = H·(x^m − 1), lowest first; the last of the domain's size is zero.</summary>
    public Fr[] Quotient(Assignment values)
    {
        Fr[] a = new Fr[Domain.Size];
        System.Evaluate(Side.A, values, a);
        values.Inputs.CopyTo(a, System.ConstraintCount);
        ToCoset(a);
        Fr[] b = new Fr[Domain.Size];
        System.Evaluate(Side.B, values, b);
        ToCoset(b);
        Combine(a, b, static (x, y) => x * y);
        Array.Clear(b);
        System.Evaluate(Side.C, values, b);
        ToCoset(b);
        Fr inverse = Vanishing(Fr.Generator).Inverse();
        Combine(a, b, (x, y) => (x - y) * inverse);
        Domain.InverseOnCoset(a, Fr.Generator);
        return a;
    }

    private void ToCoset(Fr[] values)
    {
        Domain.Inverse(values);
        Domain.ForwardOnCoset(values, Fr.Generator);
    }

    private static void Combine(Fr[] target, Fr[] other, Func<Fr, Fr, Fr> combine) =>
        Parallel.For(0, (target.Length + ElementsAtOnce - 1) / ElementsAtOnce, AllCores.Options, chunk =>
        {
            int end = Math.Min((chunk + 1) * ElementsAtOnce, target.Length);
            for (int i = chunk * ElementsAtOnce; i < end; i++)
                target[i] = combine(target[i], other[i]);
        });
}
