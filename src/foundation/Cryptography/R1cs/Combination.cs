using System.Runtime.InteropServices;

namespace Flashback.Cryptography.R1cs;

/// <summary>A linear combination in the making, for gadgets whose combinations are long.</summary>
public sealed class Combination
{
    private readonly List<Term> _terms = [];

    /// <summary>2^0, 2^1, … 2^255.</summary>
    public static ReadOnlySpan<Fr> PowersOfTwo => Powers;

    private static readonly Fr[] Powers = MakePowers();

    /// <summary>The terms so far.</summary>
    public ReadOnlySpan<Term> Terms => CollectionsMarshal.AsSpan(_terms);

    /// <summary>Adds coefficient · variable.</summary>
    public void Add(Variable variable, in Fr coefficient) => _terms.Add(new(variable, coefficient));

    /// <summary>Adds coefficient · bit.</summary>
    public void Add(Bit bit, in Fr coefficient)
    {
        switch (bit.Kind)
        {
            case BitKind.Constant when bit.Value:
                Add(Variable.One, coefficient);
                break;
            case BitKind.Is:
                Add(bit.Variable, coefficient);
                break;
            case BitKind.Not:
                Add(Variable.One, coefficient);
                Add(bit.Variable, -coefficient);
                break;
            default:
                break;
        }
    }

    /// <summary>Adds the number that bits stand for, the lowest first, times 2^shift.</summary>
    public void AddBits(ReadOnlySpan<Bit> bits, int shift = 0)
    {
        for (int i = 0; i < bits.Length; i++)
            Add(bits[i], PowerOfTwo(shift + i));
    }

    /// <summary>Forgets all terms.</summary>
    public void Clear() => _terms.Clear();

    internal static Fr PowerOfTwo(int exponent) => Powers[exponent];

    private static Fr[] MakePowers()
    {
        Fr[] powers = new Fr[256];
        powers[0] = Fr.One;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1].Double();
        return powers;
    }
}
