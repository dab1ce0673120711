namespace Flashback.Cryptography.R1cs;

/// <summary>A variable of a constraint system: a public input, of which number 0 is the constant one, or an auxiliary one, which only the prover knows.</summary>
public readonly record struct Variable : IComparable<Variable>
{
    private const uint AuxiliaryFlag = 1u << 31;

    private Variable(uint code) => Code = code;

    /// <summary>The constant one.</summary>
    public static Variable One => default;

    /// <summary>Whether only the prover knows its value.</summary>
    public bool IsAuxiliary => (Code & AuxiliaryFlag) != 0;

    /// <summary>Its place among the variables of its kind.</summary>
    public int Index => (int)(Code & ~AuxiliaryFlag);

    /// <summary>The index with the kind in the top bit.</summary>
    internal uint Code { get; }

    /// <summary>The public input of that number.</summary>
    public static Variable Input(int index) => new((uint)index);

    /// <summary>The auxiliary variable of that number.</summary>
    public static Variable Auxiliary(int index) => new((uint)index | AuxiliaryFlag);

    /// <summary>Inputs first, then auxiliary ones, each by their place.</summary>
    public int CompareTo(Variable other) => Code.CompareTo(other.Code);

    /// <summary>The order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(Variable left, Variable right) => left.Code < right.Code;

    /// <summary>The order of <see cref="CompareTo"/>.</summary>
    public static bool operator >(Variable left, Variable right) => left.Code > right.Code;

    /// <summary>The order of <see cref="CompareTo"/>.</summary>
    public static bool operator <=(Variable left, Variable right) => left.Code <= right.Code;

    /// <summary>The order of <see cref="CompareTo"/>.</summary>
    public static bool operator >=(Variable left, Variable right) => left.Code >= right.Code;

    internal static Variable FromCode(uint code) => new(code);
}
