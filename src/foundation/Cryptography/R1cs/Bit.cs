namespace Flashback.Cryptography.R1cs;

/// <summary>How a bit stands in a constraint system.</summary>
public enum BitKind : byte
{
    /// <summary>Known when the circuit is written.</summary>
    Constant,

    /// <summary>A variable.</summary>
    Is,

    /// <summary>The opposite of a variable.</summary>
    Not,
}

/// <summary>A truth value in a constraint system: 0 or 1, x, or 1 − x for a variable x that is constrained to be 0 or 1.</summary>
/// <param name="Kind">Which of the three.</param>
/// <param name="Value">Its value, opposite included; it means nothing where values are not worked out, unless it is a constant.</param>
/// <param name="Variable">The variable, unless it is a constant.</param>
public readonly record struct Bit(BitKind Kind, bool Value, Variable Variable)
{
    /// <summary>The constant 0.</summary>
    public static Bit False => default;

    /// <summary>The constant 1.</summary>
    public static Bit True => Constant(true);

    /// <summary>Whether it is known when the circuit is written.</summary>
    public bool IsConstant => Kind == BitKind.Constant;

    /// <summary>The opposite, at no cost.</summary>
    public static Bit operator !(Bit bit) => bit.Kind switch
    {
        BitKind.Constant => Constant(!bit.Value),
        BitKind.Is => new(BitKind.Not, !bit.Value, bit.Variable),
        _ => new(BitKind.Is, !bit.Value, bit.Variable),
    };

    /// <summary>A bit that is known.</summary>
    public static Bit Constant(bool value) => new(BitKind.Constant, value, default);

    internal bool IsFalse => IsConstant && !Value;

    internal bool IsTrue => IsConstant && Value;
}
