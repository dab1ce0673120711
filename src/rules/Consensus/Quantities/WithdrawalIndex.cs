using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A withdrawal's place in the list of all there ever were, from 0. spec: cs/capella/beacon-chain#custom-types</summary>
public readonly record struct WithdrawalIndex(ulong Value) : ISszNumber, IComparable<WithdrawalIndex>
{
    /// <inheritdoc/>
    public int CompareTo(WithdrawalIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"withdrawal {Value}";

    /// <summary>Before.</summary>
    public static bool operator <(WithdrawalIndex left, WithdrawalIndex right) => left.Value < right.Value;

    /// <summary>Behind.</summary>
    public static bool operator >(WithdrawalIndex left, WithdrawalIndex right) => left.Value > right.Value;

    /// <summary>Before or the same.</summary>
    public static bool operator <=(WithdrawalIndex left, WithdrawalIndex right) => left.Value <= right.Value;

    /// <summary>Behind or the same.</summary>
    public static bool operator >=(WithdrawalIndex left, WithdrawalIndex right) => left.Value >= right.Value;
}
