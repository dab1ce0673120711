using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The point (X/Z², Y/Z³); Z is zero at infinity, as in the default value.</summary>
/// <remarks>
/// The operators branch on special cases and are for public points. Secrets go through <see cref="SecretMultiplication"/>.
/// Formulas: dbl-2009-l, add-2007-bl and madd-2007-bl of the Explicit-Formulas Database.
/// </remarks>
/// <param name="x">X.</param>
/// <param name="y">Y.</param>
/// <param name="z">Z.</param>
/// <typeparam name="TField">The field of the coordinates.</typeparam>
/// <typeparam name="TCurve">The curve.</typeparam>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
[DebuggerDisplay("{ToAffine()}")]
public readonly struct JacobianPoint<TField, TCurve>(in TField x, in TField y, in TField z) : IEquatable<JacobianPoint<TField, TCurve>>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private readonly TField _x = x, _y = y, _z = z;

    /// <summary>The neutral element.</summary>
    public static JacobianPoint<TField, TCurve> Infinity => default;

    /// <summary>The standard's base point.</summary>
    public static JacobianPoint<TField, TCurve> Generator => new(TCurve.GeneratorX, TCurve.GeneratorY, TField.One);

    /// <summary>The numerator of x.</summary>
    public TField X => _x;

    /// <summary>The numerator of y.</summary>
    public TField Y => _y;

    /// <summary>The denominator: its square is that of x, its cube that of y.</summary>
    public TField Z => _z;

    /// <summary>Whether this is the neutral element.</summary>
    public bool IsInfinity => _z.IsZero;

    /// <summary>The point added to itself. No branch: infinity comes out as infinity.</summary>
    public JacobianPoint<TField, TCurve> Double()
    {
        TField a = TField.Square(_x), b = TField.Square(_y), c = TField.Square(b);
        TField d = TField.Square(_x + b) - a - c;
        d += d;
        TField e = a + a + a;
        if (!TCurve.AIsZero)
            e += TCurve.A * TField.Square(TField.Square(_z));
        TField x = TField.Square(e) - (d + d);
        c += c;
        c += c;
        TField yz = _y * _z;
        return new(x, e * (d - x) - (c + c), yz + yz);
    }

    /// <summary>The sum.</summary>
    public static JacobianPoint<TField, TCurve> operator +(in JacobianPoint<TField, TCurve> p, in JacobianPoint<TField, TCurve> q)
    {
        if (p.IsInfinity)
            return q;
        if (q.IsInfinity)
            return p;
        JacobianPoint<TField, TCurve> sum = AddDistinct(p, q, out bool sameX);
        return !sameX ? sum : p.Equals(q) ? p.Double() : default;
    }

    /// <summary>The sum with a point in affine coordinates.</summary>
    public static JacobianPoint<TField, TCurve> operator +(in JacobianPoint<TField, TCurve> p, in AffinePoint<TField, TCurve> q)
    {
        if (q.IsInfinity)
            return p;
        if (p.IsInfinity)
            return q.ToJacobian();
        JacobianPoint<TField, TCurve> sum = AddDistinct(p, q, out bool sameX);
        return !sameX ? sum : p.Equals(q.ToJacobian()) ? p.Double() : default;
    }

    /// <summary>The difference.</summary>
    public static JacobianPoint<TField, TCurve> operator -(in JacobianPoint<TField, TCurve> p, in JacobianPoint<TField, TCurve> q) => p + -q;

    /// <summary>The difference with a point in affine coordinates.</summary>
    public static JacobianPoint<TField, TCurve> operator -(in JacobianPoint<TField, TCurve> p, in AffinePoint<TField, TCurve> q) => p + -q;

    /// <summary>The inverse element.</summary>
    public static JacobianPoint<TField, TCurve> operator -(in JacobianPoint<TField, TCurve> p) => new(p._x, -p._y, p._z);

    /// <summary>The sum of two points with different x, neither at infinity. No branch; meaningless when <paramref name="sameX"/>.</summary>
    internal static JacobianPoint<TField, TCurve> AddDistinct(in JacobianPoint<TField, TCurve> p, in JacobianPoint<TField, TCurve> q, out bool sameX)
    {
        TField pz2 = TField.Square(p._z), qz2 = TField.Square(q._z);
        TField u1 = p._x * qz2, u2 = q._x * pz2;
        TField s1 = p._y * q._z * qz2, s2 = q._y * p._z * pz2;
        TField h = u2 - u1;
        sameX = h.IsZero;
        TField i = TField.Square(h + h), j = h * i, r = s2 - s1, v = u1 * i, sj = s1 * j;
        r += r;
        TField x = TField.Square(r) - j - (v + v);
        return new(x, r * (v - x) - (sj + sj), (TField.Square(p._z + q._z) - pz2 - qz2) * h);
    }

    private static JacobianPoint<TField, TCurve> AddDistinct(in JacobianPoint<TField, TCurve> p, in AffinePoint<TField, TCurve> q, out bool sameX)
    {
        TField z2 = TField.Square(p._z);
        TField h = q.X * z2 - p._x;
        sameX = h.IsZero;
        TField h2 = TField.Square(h), i = h2 + h2;
        i += i;
        TField j = h * i, r = q.Y * p._z * z2 - p._y, v = p._x * i, yj = p._y * j;
        r += r;
        TField x = TField.Square(r) - j - (v + v);
        return new(x, r * (v - x) - (yj + yj), TField.Square(p._z + h) - z2 - h2);
    }

    /// <summary>The same point in affine coordinates, for one inversion. No branch: the inverse of zero is zero, and (0, 0) is infinity.</summary>
    public AffinePoint<TField, TCurve> ToAffine()
    {
        TField inverse = _z.Inverse(), square = inverse.Square();
        return new(_x * square, _y * square * inverse);
    }

    /// <summary>Many points in affine coordinates for a single inversion.</summary>
    /// <param name="points">The points; any of them may be at infinity.</param>
    /// <param name="affine">Room for as many.</param>
    public static void ToAffine(ReadOnlySpan<JacobianPoint<TField, TCurve>> points, Span<AffinePoint<TField, TCurve>> affine)
    {
        TField[] denominators = new TField[points.Length], scratch = new TField[points.Length];
        for (int i = 0; i < points.Length; i++)
            denominators[i] = points[i]._z;
        BatchInversion.InvertInPlace<TField>(denominators, scratch);
        for (int i = 0; i < points.Length; i++)
        {
            TField square = denominators[i].Square();
            affine[i] = new(points[i]._x * square, points[i]._y * square * denominators[i]);
        }
    }

    /// <summary><paramref name="whenSet"/> if <paramref name="mask"/> is all ones, <paramref name="whenClear"/> if it is zero; no branch.</summary>
    public static JacobianPoint<TField, TCurve> Select(in JacobianPoint<TField, TCurve> whenClear, in JacobianPoint<TField, TCurve> whenSet, ulong mask) =>
        new(TField.Select(whenClear._x, whenSet._x, mask), TField.Select(whenClear._y, whenSet._y, mask), TField.Select(whenClear._z, whenSet._z, mask));

    /// <summary>Whether the two are the same point, whatever their denominators.</summary>
    public bool Equals(JacobianPoint<TField, TCurve> other)
    {
        if (IsInfinity || other.IsInfinity)
            return IsInfinity && other.IsInfinity;
        TField z2 = _z.Square(), otherZ2 = other._z.Square();
        return (_x * otherZ2).Equals(other._x * z2) && (_y * otherZ2 * other._z).Equals(other._y * z2 * _z);
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JacobianPoint<TField, TCurve> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToAffine().GetHashCode();

    /// <summary>Whether the two are the same point.</summary>
    public static bool operator ==(JacobianPoint<TField, TCurve> a, JacobianPoint<TField, TCurve> b) => a.Equals(b);

    /// <summary>Whether the two are different points.</summary>
    public static bool operator !=(JacobianPoint<TField, TCurve> a, JacobianPoint<TField, TCurve> b) => !a.Equals(b);
}
