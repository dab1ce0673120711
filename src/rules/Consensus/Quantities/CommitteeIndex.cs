using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A committee's place among those of its slot, from 0. spec: cs/phase0/beacon-chain#custom-types</summary>
public readonly record struct CommitteeIndex(ulong Value) : ISszNumber, IComparable<CommitteeIndex>
{
    /// <inheritdoc/>
    public int CompareTo(CommitteeIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"committee {Value}";

    /// <summary>Before.</summary>
    public static bool operator <(CommitteeIndex left, CommitteeIndex right) => left.Value < right.Value;

    /// <summary>Behind.</summary>
    public static bool operator >(CommitteeIndex left, CommitteeIndex right) => left.Value > right.Value;

    /// <summary>Before or the same.</summary>
    public static bool operator <=(CommitteeIndex left, CommitteeIndex right) => left.Value <= right.Value;

    /// <summary>Behind or the same.</summary>
    public static bool operator >=(CommitteeIndex left, CommitteeIndex right) => left.Value >= right.Value;
}
