using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The number of an epoch: so many slots as the preset says, at whose end rewards are settled. spec: cs/phase0/beacon-chain#custom-types</summary>
public readonly record struct Epoch(ulong Value) : ISszNumber, IComparable<Epoch>
{
    /// <summary>The first epoch. spec: cs/phase0/beacon-chain#misc</summary>
    public static Epoch Genesis => default;

    /// <summary>Stands for "not yet": the epoch of something that has not been decided. spec: cs/phase0/beacon-chain#misc</summary>
    public static Epoch FarFuture => new(ulong.MaxValue);

    /// <inheritdoc/>
    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => this == FarFuture ? "no epoch yet" : $"epoch {Value}";

    /// <summary>The epoch so many later.</summary>
    /// <exception cref="OverflowException">There is none.</exception>
    public static Epoch operator +(Epoch epoch, ulong count) => new(checked(epoch.Value + count));

    /// <summary>How many epochs <paramref name="later"/> comes after <paramref name="earlier"/>.</summary>
    /// <exception cref="OverflowException">It comes before.</exception>
    public static ulong operator -(Epoch later, Epoch earlier) => checked(later.Value - earlier.Value);

    /// <summary>Earlier.</summary>
    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    /// <summary>Later.</summary>
    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    /// <summary>Earlier or the same.</summary>
    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    /// <summary>Later or the same.</summary>
    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    /// <summary>The later of two.</summary>
    public static Epoch Max(Epoch left, Epoch right) => left > right ? left : right;
}
