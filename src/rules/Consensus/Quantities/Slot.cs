using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The number of a slot: the time in which one block may be proposed, counted from genesis. spec: cs/phase0/beacon-chain#custom-types</summary>
public readonly record struct Slot(ulong Value) : ISszNumber, IComparable<Slot>
{
    /// <summary>The slot of the genesis state. spec: cs/phase0/beacon-chain#misc</summary>
    public static Slot Genesis => default;

    /// <inheritdoc/>
    public int CompareTo(Slot other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"slot {Value}";

    /// <summary>The slot so many later.</summary>
    /// <exception cref="OverflowException">There is none.</exception>
    public static Slot operator +(Slot slot, ulong count) => new(checked(slot.Value + count));

    /// <summary>How many slots <paramref name="later"/> comes after <paramref name="earlier"/>.</summary>
    /// <exception cref="OverflowException">It comes before.</exception>
    public static ulong operator -(Slot later, Slot earlier) => checked(later.Value - earlier.Value);

    /// <summary>Earlier.</summary>
    public static bool operator <(Slot left, Slot right) => left.Value < right.Value;

    /// <summary>Later.</summary>
    public static bool operator >(Slot left, Slot right) => left.Value > right.Value;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Slot left, Slot right) => left.Value <= right.Value;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(Slot left, Slot right) => left.Value >= right.Value;
}
