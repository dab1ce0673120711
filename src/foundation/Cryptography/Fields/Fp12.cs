using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

/// <summary>The field that pairings end in, F_p⁶[w]/(w² − v): the element C0 + C1·w.</summary>
/// <param name="c0">The coefficient of 1.</param>
/// <param name="c1">The coefficient of w.</param>
/// <typeparam name="TPrime">The prime field below.</typeparam>
/// <typeparam name="TTower">The choice of ξ.</typeparam>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
public readonly struct Fp12<TPrime, TTower>(in Fp6<TPrime, TTower> c0, in Fp6<TPrime, TTower> c1) : IEquatable<Fp12<TPrime, TTower>>
    where TPrime : struct, IPrimeField<TPrime>
    where TTower : struct, ITower<TPrime>
{
    private readonly Fp6<TPrime, TTower> _c0 = c0, _c1 = c1;

    /// <summary>The coefficient of 1.</summary>
    public Fp6<TPrime, TTower> C0 => _c0;

    /// <summary>The coefficient of w.</summary>
    public Fp6<TPrime, TTower> C1 => _c1;

    /// <summary>The neutral element of multiplication.</summary>
    public static Fp12<TPrime, TTower> One => new(Fp6<TPrime, TTower>.One, default);

    /// <summary>Whether this is the neutral element of multiplication.</summary>
    public bool IsOne => Equals(One);

    /// <summary>The product.</summary>
    public static Fp12<TPrime, TTower> operator *(in Fp12<TPrime, TTower> a, in Fp12<TPrime, TTower> b)
    {
        Fp6<TPrime, TTower> p0 = a._c0 * b._c0, p1 = a._c1 * b._c1;
        return new(p0 + p1.MultiplyByV(), (a._c0 + a._c1) * (b._c0 + b._c1) - p0 - p1);
    }

    /// <summary>The product with the line (l0 + l1·v) + l2·v·w. paper: eprint 2012/408 §4 for lines of an M-type twist.</summary>
    public Fp12<TPrime, TTower> MultiplyByLine(in Fp2<TPrime> l0, in Fp2<TPrime> l1, in Fp2<TPrime> l2)
    {
        Fp6<TPrime, TTower> p0 = _c0.MultiplyBySparse(l0, l1), p1 = _c1.MultiplyByV(l2);
        return new(p0 + p1.MultiplyByV(), (_c0 + _c1).MultiplyBySparse(l0, l1 + l2) - p0 - p1);
    }

    /// <summary>The product with the line l0 + (l1 + l2·v)·w. paper: eprint 2012/408 §4 for lines of a D-type twist.</summary>
    public Fp12<TPrime, TTower> MultiplyByLineOfDTwist(in Fp2<TPrime> l0, in Fp2<TPrime> l1, in Fp2<TPrime> l2)
    {
        Fp6<TPrime, TTower> p0 = _c0 * l0, p1 = _c1.MultiplyBySparse(l1, l2);
        return new(p0 + p1.MultiplyByV(), (_c0 + _c1).MultiplyBySparse(l0 + l1, l2) - p0 - p1);
    }

    /// <summary>The square by two products below.</summary>
    public Fp12<TPrime, TTower> Square()
    {
        Fp6<TPrime, TTower> product = _c0 * _c1;
        Fp6<TPrime, TTower> c0 = (_c0 + _c1) * (_c0 + _c1.MultiplyByV()) - product - product.MultiplyByV();
        return new(c0, product + product);
    }

    /// <summary>The square of an element of the cyclotomic subgroup, where the easy part of a final exponentiation leads. paper: eprint 2009/565 §3.1.</summary>
    /// <remarks>The three pairs (C0.C0, C1.C1), (C1.C0, C0.C2), (C0.C1, C1.C2) are elements of F_p⁴, and each is squared there.</remarks>
    public Fp12<TPrime, TTower> CyclotomicSquare()
    {
        (Fp2<TPrime> a0, Fp2<TPrime> a1) = SquareInFp4(_c0.C0, _c1.C1);
        (Fp2<TPrime> b0, Fp2<TPrime> b1) = SquareInFp4(_c1.C0, _c0.C2);
        (Fp2<TPrime> c0, Fp2<TPrime> c1) = SquareInFp4(_c0.C1, _c1.C2);
        Fp2<TPrime> twisted = TTower.MultiplyByNonResidue(c1);
        return new(
            new(TripleMinusDouble(a0, _c0.C0), TripleMinusDouble(b0, _c0.C1), TripleMinusDouble(c0, _c0.C2)),
            new(TriplePlusDouble(twisted, _c1.C0), TriplePlusDouble(a1, _c1.C1), TriplePlusDouble(b1, _c1.C2)));
    }

    private static (Fp2<TPrime> Real, Fp2<TPrime> Imaginary) SquareInFp4(in Fp2<TPrime> a, in Fp2<TPrime> b)
    {
        Fp2<TPrime> a2 = a.Square(), b2 = b.Square();
        return (a2 + TTower.MultiplyByNonResidue(b2), (a + b).Square() - a2 - b2);
    }

    private static Fp2<TPrime> TripleMinusDouble(in Fp2<TPrime> t, in Fp2<TPrime> x) => (t - x).Double() + t;

    private static Fp2<TPrime> TriplePlusDouble(in Fp2<TPrime> t, in Fp2<TPrime> x) => (t + x).Double() + t;

    /// <summary>C0 − C1·w, the power p⁶; the inverse in the cyclotomic subgroup.</summary>
    public Fp12<TPrime, TTower> Conjugate() => new(_c0, -_c1);

    /// <summary>The multiplicative inverse; zero for zero.</summary>
    public Fp12<TPrime, TTower> Inverse()
    {
        Fp6<TPrime, TTower> inverse = (_c0 * _c0 - (_c1 * _c1).MultiplyByV()).Inverse();
        return new(_c0 * inverse, -(_c1 * inverse));
    }

    /// <summary>The p-th power.</summary>
    public Fp12<TPrime, TTower> Frobenius()
    {
        Fp6<TPrime, TTower> c0 = new(_c0.C0.Conjugate(), _c0.C1.Conjugate() * Twist.Powers[2], _c0.C2.Conjugate() * Twist.Powers[4]);
        Fp6<TPrime, TTower> c1 = new(_c1.C0.Conjugate() * Twist.Powers[1], _c1.C1.Conjugate() * Twist.Powers[3], _c1.C2.Conjugate() * Twist.Powers[5]);
        return new(c0, c1);
    }

    /// <inheritdoc/>
    public bool Equals(Fp12<TPrime, TTower> other) => _c0.Equals(other._c0) & _c1.Equals(other._c1);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fp12<TPrime, TTower> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_c0, _c1);

    /// <summary>Whether the two are the same element.</summary>
    public static bool operator ==(Fp12<TPrime, TTower> a, Fp12<TPrime, TTower> b) => a.Equals(b);

    /// <summary>Whether the two are different elements.</summary>
    public static bool operator !=(Fp12<TPrime, TTower> a, Fp12<TPrime, TTower> b) => !a.Equals(b);

    /// <summary>w^(i·p)/w^i = ξ^(i·(p − 1)/6), by which the p-th power turns the coefficient of w^i.</summary>
    private static class Twist
    {
        public static readonly Fp2<TPrime>[] Powers = FrobeniusConstants.Powers<TPrime>(TTower.NonResidue);
    }
}
