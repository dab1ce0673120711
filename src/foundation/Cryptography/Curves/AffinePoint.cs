using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>A pair of coordinates; (0, 0), which is also the default value, stands for the point at infinity.</summary>
/// <param name="x">The first coordinate.</param>
/// <param name="y">The second coordinate. Whether the pair is on the curve is not checked: see <see cref="IsOnCurve"/>.</param>
/// <typeparam name="TField">The field of the coordinates.</typeparam>
/// <typeparam name="TCurve">The curve.</typeparam>
[DebuggerDisplay("({X}, {Y})")]
public readonly struct AffinePoint<TField, TCurve>(in TField x, in TField y) : IEquatable<AffinePoint<TField, TCurve>>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private readonly TField _x = x, _y = y;

    /// <summary>The neutral element.</summary>
    public static AffinePoint<TField, TCurve> Infinity => default;

    /// <summary>The standard's base point.</summary>
    public static AffinePoint<TField, TCurve> Generator => new(TCurve.GeneratorX, TCurve.GeneratorY);

    /// <summary>The first coordinate; zero at infinity.</summary>
    public TField X => _x;

    /// <summary>The second coordinate; zero at infinity.</summary>
    public TField Y => _y;

    /// <summary>Whether this is the neutral element.</summary>
    public bool IsInfinity
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // MultiScalarBenchmarks.InG1
        get => _x.IsZero & _y.IsZero;
    }

    /// <summary>Whether the coordinates satisfy the curve's equation, or stand for infinity.</summary>
    public bool IsOnCurve => IsInfinity || _y.Square().Equals(RightHandSide(_x));

    /// <summary>x³ + A·x + B.</summary>
    public static TField RightHandSide(in TField x)
    {
        TField square = x.Square();
        return TCurve.AIsZero ? square * x + TCurve.B : (square + TCurve.A) * x + TCurve.B;
    }

    /// <summary>The inverse element.</summary>
    public static AffinePoint<TField, TCurve> operator -(in AffinePoint<TField, TCurve> p) => new(p._x, -p._y);

    /// <summary>The same point in Jacobian coordinates.</summary>
    public JacobianPoint<TField, TCurve> ToJacobian() => IsInfinity ? default : new(_x, _y, TField.One);

    /// <summary><paramref name="whenSet"/> if <paramref name="mask"/> is all ones, <paramref name="whenClear"/> if it is zero; no branch.</summary>
    public static AffinePoint<TField, TCurve> Select(in AffinePoint<TField, TCurve> whenClear, in AffinePoint<TField, TCurve> whenSet, ulong mask) =>
        new(TField.Select(whenClear._x, whenSet._x, mask), TField.Select(whenClear._y, whenSet._y, mask));

    /// <inheritdoc/>
    public bool Equals(AffinePoint<TField, TCurve> other) => _x.Equals(other._x) & _y.Equals(other._y);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AffinePoint<TField, TCurve> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_x, _y);

    /// <summary>Whether the two are the same point.</summary>
    public static bool operator ==(AffinePoint<TField, TCurve> a, AffinePoint<TField, TCurve> b) => a.Equals(b);

    /// <summary>Whether the two are different points.</summary>
    public static bool operator !=(AffinePoint<TField, TCurve> a, AffinePoint<TField, TCurve> b) => !a.Equals(b);
}
