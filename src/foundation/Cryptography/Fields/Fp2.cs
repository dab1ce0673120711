using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Fields;

/// <summary>A quadratic extension F_p[u]/(u² + 1) of a prime field with p ≡ 3 modulo 4: the element C0 + C1·u.</summary>
/// <param name="c0">The coefficient of 1.</param>
/// <param name="c1">The coefficient of u.</param>
/// <typeparam name="TPrime">The prime field; −1 must be no square in it.</typeparam>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
[DebuggerDisplay("{C0} + {C1}·u")]
public readonly struct Fp2<TPrime>(in TPrime c0, in TPrime c1) : IField<Fp2<TPrime>>
    where TPrime : struct, IPrimeField<TPrime>
{
    private readonly TPrime _c0 = c0, _c1 = c1;

    /// <summary>The coefficient of 1.</summary>
    public TPrime C0 => _c0;

    /// <summary>The coefficient of u.</summary>
    public TPrime C1 => _c1;

    /// <inheritdoc/>
    public static Fp2<TPrime> Zero => default;

    /// <inheritdoc/>
    public static Fp2<TPrime> One => new(TPrime.One, TPrime.Zero);

    /// <inheritdoc/>
    public static int EncodedSize => 2 * TPrime.EncodedSize;

    /// <inheritdoc/>
    public bool IsZero => _c0.IsZero & _c1.IsZero;

    /// <inheritdoc/>
    public static Fp2<TPrime> operator +(in Fp2<TPrime> a, in Fp2<TPrime> b) => new(a._c0 + b._c0, a._c1 + b._c1);

    /// <inheritdoc/>
    public static Fp2<TPrime> operator -(in Fp2<TPrime> a, in Fp2<TPrime> b) => new(a._c0 - b._c0, a._c1 - b._c1);

    /// <inheritdoc/>
    public static Fp2<TPrime> operator -(in Fp2<TPrime> a) => new(-a._c0, -a._c1);

    /// <inheritdoc/>
    /// <remarks>Four products and two reductions; faster here than Karatsuba's three of each with five sums.</remarks>
    public static Fp2<TPrime> operator *(in Fp2<TPrime> a, in Fp2<TPrime> b)
    {
        TPrime negated = -a._c1;
        return new(TPrime.SumOfProducts(a._c0, b._c0, negated, b._c1), TPrime.SumOfProducts(a._c0, b._c1, a._c1, b._c0));
    }

    /// <summary>The product with an element of the prime field.</summary>
    public static Fp2<TPrime> operator *(in Fp2<TPrime> a, in TPrime b) => new(a._c0 * b, a._c1 * b);

    /// <inheritdoc/>
    public static Fp2<TPrime> SumOfProducts(in Fp2<TPrime> a, in Fp2<TPrime> b, in Fp2<TPrime> c, in Fp2<TPrime> d) => a * b + c * d;

    /// <inheritdoc/>
    public Fp2<TPrime> Double() => this + this;

    /// <inheritdoc/>
    public Fp2<TPrime> Square() => Square(this);

    /// <inheritdoc/>
    public static Fp2<TPrime> Square(in Fp2<TPrime> a) => new((a._c0 + a._c1) * (a._c0 - a._c1), (a._c0 + a._c0) * a._c1);

    /// <summary>The conjugate C0 − C1·u, which is the p-th power.</summary>
    public Fp2<TPrime> Conjugate() => new(_c0, -_c1);

    /// <summary>The norm C0² + C1², an element of the prime field.</summary>
    public TPrime Norm() => TPrime.Square(_c0) + TPrime.Square(_c1);

    /// <inheritdoc/>
    public Fp2<TPrime> Inverse()
    {
        TPrime inverse = Norm().Inverse();
        return new(_c0 * inverse, -(_c1 * inverse));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By the norm, with two exponentiations in the prime field. paper: eprint 2012/685, algorithm 8 (there with a third one). With s a root
    /// of the norm and t = (C0 + s)/2, the root is c + C1/(2c)·u where c² = t; if t is no square then c² = −t for the same candidate c,
    /// and the root is C1/(2c) + c·u.
    /// </remarks>
    public bool TrySquareRoot(out Fp2<TPrime> root)
    {
        root = default;
        if (!Norm().TrySquareRoot(out TPrime s))
            return false;
        TPrime t = (_c0 + s) * Constants.Half;
        if (t.IsZero)
            t = _c0; // s = −C0 and so C1 = 0: C0 itself takes the place of t, C1/(2c) vanishes
        TPrime power = FieldPowers.Power(t, Constants.ThreeQuarters); // t^((p-3)/4)
        TPrime c = power * t;
        TPrime other = _c1 * power * Constants.Half; // power is ±1/c
        root = c.Square().Equals(t) ? new(c, other) : new(-other, c);
        return root.Square().Equals(this);
    }

    /// <summary>Whether this element is a square: its norm is one in the prime field.</summary>
    public bool IsSquare => FieldPowers.Legendre(Norm()) >= 0;

    /// <inheritdoc/>
    /// <remarks>C1 decides, and C0 when C1 is zero: the encoding writes C1 first.</remarks>
    public bool IsLexicographicallyLargest => _c1.IsLexicographicallyLargest | (_c1.IsZero & _c0.IsLexicographicallyLargest);

    /// <inheritdoc/>
    public int Sign => _c0.Sign | ((_c0.IsZero ? 1 : 0) & _c1.Sign);

    /// <inheritdoc/>
    public static Fp2<TPrime> Select(in Fp2<TPrime> whenClear, in Fp2<TPrime> whenSet, ulong mask) =>
        new(TPrime.Select(whenClear._c0, whenSet._c0, mask), TPrime.Select(whenClear._c1, whenSet._c1, mask));

    /// <inheritdoc/>
    /// <remarks>C1 first, then C0, each big-endian: the order of the BLS12-381 point encodings.</remarks>
    public static bool TryDecode(ReadOnlySpan<byte> bigEndian, out Fp2<TPrime> value)
    {
        value = default;
        if (bigEndian.Length != EncodedSize
            || !TPrime.TryDecode(bigEndian[..TPrime.EncodedSize], out TPrime c1)
            || !TPrime.TryDecode(bigEndian[TPrime.EncodedSize..], out TPrime c0))
            return false;
        value = new(c0, c1);
        return true;
    }

    /// <inheritdoc/>
    public void Encode(Span<byte> bigEndian)
    {
        _c1.Encode(bigEndian);
        _c0.Encode(bigEndian[TPrime.EncodedSize..]);
    }

    /// <inheritdoc/>
    public bool Equals(Fp2<TPrime> other) => _c0.Equals(other._c0) & _c1.Equals(other._c1);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Fp2<TPrime> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_c0, _c1);

    /// <summary>Whether the two are the same element.</summary>
    public static bool operator ==(Fp2<TPrime> a, Fp2<TPrime> b) => a.Equals(b);

    /// <summary>Whether the two are different elements.</summary>
    public static bool operator !=(Fp2<TPrime> a, Fp2<TPrime> b) => !a.Equals(b);

    private static class Constants
    {
        public static readonly TPrime Half = TPrime.From(2).Inverse();
        public static readonly ulong[] ThreeQuarters = QuarterOf(TPrime.Modulus);

        /// <summary>(p − 3)/4, which is p/4 rounded down.</summary>
        private static ulong[] QuarterOf(ReadOnlySpan<ulong> modulus)
        {
            ulong[] quarter = new ulong[modulus.Length];
            for (int i = 0; i < quarter.Length; i++)
                quarter[i] = (modulus[i] >> 2) | (i + 1 < modulus.Length ? modulus[i + 1] << 62 : 0);
            return quarter;
        }
    }
}
