using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>An amount on the consensus side: 10^9 Gwei are one coin, one Gwei is 10^9 Wei. spec: cs/phase0/beacon-chain#custom-types</summary>
public readonly record struct Gwei(ulong Value) : ISszNumber, IComparable<Gwei>
{
    /// <summary>Nothing.</summary>
    public static Gwei Zero => default;

    /// <inheritdoc/>
    public int CompareTo(Gwei other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Value} Gwei";

    /// <summary>Both together.</summary>
    /// <exception cref="OverflowException">The sum does not fit 64 bits.</exception>
    public static Gwei operator +(Gwei left, Gwei right) => new(checked(left.Value + right.Value));

    /// <summary>What is left.</summary>
    /// <exception cref="OverflowException">There is less.</exception>
    public static Gwei operator -(Gwei left, Gwei right) => new(checked(left.Value - right.Value));

    /// <summary>So many times as much.</summary>
    /// <exception cref="OverflowException">The product does not fit 64 bits.</exception>
    public static Gwei operator *(Gwei amount, ulong factor) => new(checked(amount.Value * factor));

    /// <summary>A part, rounded down.</summary>
    public static Gwei operator /(Gwei amount, ulong divisor) => new(amount.Value / divisor);

    /// <summary>How many times <paramref name="unit"/> goes into the amount.</summary>
    public static ulong operator /(Gwei amount, Gwei unit) => amount.Value / unit.Value;

    /// <summary>What is above the last whole multiple of <paramref name="unit"/>.</summary>
    public static Gwei operator %(Gwei amount, Gwei unit) => new(amount.Value % unit.Value);

    /// <summary>Less.</summary>
    public static bool operator <(Gwei left, Gwei right) => left.Value < right.Value;

    /// <summary>More.</summary>
    public static bool operator >(Gwei left, Gwei right) => left.Value > right.Value;

    /// <summary>Less or the same.</summary>
    public static bool operator <=(Gwei left, Gwei right) => left.Value <= right.Value;

    /// <summary>More or the same.</summary>
    public static bool operator >=(Gwei left, Gwei right) => left.Value >= right.Value;

    /// <summary>The smaller of two.</summary>
    public static Gwei Min(Gwei left, Gwei right) => left < right ? left : right;

    /// <summary>The larger of two.</summary>
    public static Gwei Max(Gwei left, Gwei right) => left > right ? left : right;
}
