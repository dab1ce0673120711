using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve y² = x³ + A·x + B and a point on it, as literals that the arithmetic is specialised for.</summary>
/// <typeparam name="TField">The field of the coordinates.</typeparam>
public interface IShortWeierstrass<TField>
    where TField : struct, IField<TField>
{
    /// <summary>Whether A is zero, as a literal: the doubling is then shorter.</summary>
    static abstract bool AIsZero { get; }

    /// <summary>The coefficient of x.</summary>
    static abstract TField A { get; }

    /// <summary>The constant term; not zero, so that (0, 0) is free to stand for the point at infinity.</summary>
    static abstract TField B { get; }

    /// <summary>The x coordinate of the standard's base point.</summary>
    static abstract TField GeneratorX { get; }

    /// <summary>The y coordinate of the standard's base point.</summary>
    static abstract TField GeneratorY { get; }
}
