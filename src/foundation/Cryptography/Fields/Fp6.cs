using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

/// <summary>A cubic extension F_p²[v]/(v³ − ξ): the element C0 + C1·v + C2·v².</summary>
/// <param name="c0">The coefficient of 1.</param>
/// <param name="c1">The coefficient of v.</param>
/// <param name="c2">The coefficient of v².</param>
/// <typeparam name="TPrime">The prime field below.</typeparam>
/// <typeparam name="TTower">The choice of ξ.</typeparam>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
public readonly struct Fp6<TPrime, TTower>(in Fp2<TPrime> c0, in Fp2<TPrime> c1, in Fp2<TPrime> c2) : IEquatable<Fp6<TPrime, TTower>>
    where TPrime : struct, IPrimeField<TPrime>
    where TTower : struct, ITower<TPrime>
{
    private readonly Fp2<TPrime> _c0 = c0, _c1 = c1, _c2 = c2;

    /// <summary>The coefficient of 1.</summary>
    public Fp2<TPrime> C0 => _c0;

    /// <summary>The coefficient of v.</summary>
    public Fp2<TPrime> C1 => _c1;

    /// <summary>The coefficient of v².</summary>
    public Fp2<TPrime> C2 => _c2;

    /// <summary>The neutral element of multiplication.</summary>
    public static Fp6<TPrime, TTower> One => new(Fp2<TPrime>.One, default, default);

    /// <summary>Whether this is the neutral element of addition.</summary>
    public bool IsZero => _c0.IsZero & _c1.IsZero & _c2.IsZero;

    /// <summary>The sum.</summary>
    public static Fp6<TPrime, TTower> operator +(in Fp6<TPrime, TTower> a, in Fp6<TPrime, TTower> b) =>
        new(a._c0 + b._c0, a._c1 + b._c1, a._c2 + b._c2);

    /// <summary>The difference.</summary>
    public static Fp6<TPrime, TTower> operator -(in Fp6<TPrime, TTower> a, in Fp6<TPrime, TTower> b) =>
        new(a._c0 - b._c0, a._c1 - b._c1, a._c2 - b._c2);

    /// <summary>The additive inverse.</summary>
    public static Fp6<TPrime, TTower> operator -(in Fp6<TPrime, TTower> a) => new(-a._c0, -a._c1, -a._c2);

    /// <summary>The product: Karatsuba's six products below. paper: eprint 2006/471 §4.</summary>
    public static Fp6<TPrime, TTower> operator *(in Fp6<TPrime, TTower> a, in Fp6<TPrime, TTower> b)
    {
        Fp2<TPrime> p0 = a._c0 * b._c0, p1 = a._c1 * b._c1, p2 = a._c2 * b._c2;
        Fp2<TPrime> c12 = (a._c1 + a._c2) * (b._c1 + b._c2) - p1 - p2;
        Fp2<TPrime> c01 = (a._c0 + a._c1) * (b._c0 + b._c1) - p0 - p1;
        Fp2<TPrime> c02 = (a._c0 + a._c2) * (b._c0 + b._c2) - p0 - p2;
        return new(p0 + TTower.MultiplyByNonResidue(c12), c01 + TTower.MultiplyByNonResidue(p2), c02 + p1);
    }

    /// <summary>The product with an element of the quadratic field.</summary>
    public static Fp6<TPrime, TTower> operator *(in Fp6<TPrime, TTower> a, in Fp2<TPrime> b) => new(a._c0 * b, a._c1 * b, a._c2 * b);

    /// <summary>The product with b0 + b1·v.</summary>
    public Fp6<TPrime, TTower> MultiplyBySparse(in Fp2<TPrime> b0, in Fp2<TPrime> b1)
    {
        Fp2<TPrime> p0 = _c0 * b0, p1 = _c1 * b1;
        Fp2<TPrime> c01 = (_c0 + _c1) * (b0 + b1) - p0 - p1;
        return new(p0 + TTower.MultiplyByNonResidue(_c2 * b1), c01, _c2 * b0 + p1);
    }

    /// <summary>The product with b1·v.</summary>
    public Fp6<TPrime, TTower> MultiplyByV(in Fp2<TPrime> b1) => new(TTower.MultiplyByNonResidue(_c2 * b1), _c0 * b1, _c1 * b1);

    /// <summary>The product with v.</summary>
    public Fp6<TPrime, TTower> MultiplyByV() => new(TTower.MultiplyByNonResidue(_c2), _c0, _c1);

    /// <summary>The multiplicative inverse; zero for zero. paper: eprint 2010/354, algorithm 17.</summary>
    public Fp6<TPrime, TTower> Inverse()
    {
        Fp2<TPrime> t0 = _c0.Square() - TTower.MultiplyByNonResidue(_c1 * _c2);
        Fp2<TPrime> t1 = TTower.MultiplyByNonResidue(_c2.Square()) - _c0 * _c1;
        Fp2<TPrime> t2 = _c1.Square() - _c0 * _c2;
        Fp2<TPrime> norm = _c0 * t0 + TTower.MultiplyByNonResidue(_c2 * t1 + _c1 * t2);
        return new Fp6<TPrime, TTower>(t0, t1, t2) * norm.Inverse();
    }

    /// <inheritdoc/>
    public bool Equals(Fp6<TPrime, TTower> other) => _c0.Equals(other._c0) & _c1.Equals(other._c1) & _c2.Equals(other._c2);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fp6<TPrime, TTower> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_c0, _c1, _c2);

    /// <summary>Whether the two are the same element.</summary>
    public static bool operator ==(Fp6<TPrime, TTower> a, Fp6<TPrime, TTower> b) => a.Equals(b);

    /// <summary>Whether the two are different elements.</summary>
    public static bool operator !=(Fp6<TPrime, TTower> a, Fp6<TPrime, TTower> b) => !a.Equals(b);
}
