using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A validator's place in the registry, from 0; it never changes. spec: cs/phase0/beacon-chain#custom-types</summary>
public readonly record struct ValidatorIndex(ulong Value) : ISszNumber, IComparable<ValidatorIndex>
{
    /// <inheritdoc/>
    public int CompareTo(ValidatorIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"validator {Value}";

    /// <summary>Before.</summary>
    public static bool operator <(ValidatorIndex left, ValidatorIndex right) => left.Value < right.Value;

    /// <summary>Behind.</summary>
    public static bool operator >(ValidatorIndex left, ValidatorIndex right) => left.Value > right.Value;

    /// <summary>Before or the same.</summary>
    public static bool operator <=(ValidatorIndex left, ValidatorIndex right) => left.Value <= right.Value;

    /// <summary>Behind or the same.</summary>
    public static bool operator >=(ValidatorIndex left, ValidatorIndex right) => left.Value >= right.Value;
}
