namespace Flashback.Cryptography.R1cs;

/// <summary>A summand of a linear combination.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Coefficient">What it is multiplied by.</param>
public readonly record struct Term(Variable Variable, Fr Coefficient)
{
    /// <summary>The variable itself.</summary>
    public Term(Variable variable)
        : this(variable, Fr.One)
    {
    }

    /// <summary>The combination that is the constant one.</summary>
    public static Term One { get; } = new(Variable.One);
}
