using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.Cryptography.Fields;

/// <summary>An element of a prime field of six limbs, kept as x·2^384 modulo p (Montgomery's form) and always below p.</summary>
/// <remarks>
/// Nothing here branches or indexes on a value except <see cref="TrySquareRoot"/>. paper: Koç, Acar, Kaliski 1996, "Analyzing and
/// comparing Montgomery multiplication algorithms"; the inlining attributes are justified by FieldBenchmarks.
/// </remarks>
/// <typeparam name="TModulus">The prime.</typeparam>
[DebuggerDisplay("{ToString()}")]
public readonly partial struct Montgomery384<TModulus> : IPrimeField<Montgomery384<TModulus>>
    where TModulus : struct, IModulus384
{
    private readonly ulong _0, _1, _2, _3, _4, _5;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Montgomery384(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
        _4 = l4;
        _5 = l5;
    }

    /// <inheritdoc/>
    public static Montgomery384<TModulus> Zero => default;

    /// <inheritdoc/>
    public static Montgomery384<TModulus> One => MontgomeryOne;

    /// <inheritdoc/>
    public bool IsZero => (_0 | _1 | _2 | _3 | _4 | _5) == 0;

    /// <inheritdoc/>
    public static Montgomery384<TModulus> operator +(in Montgomery384<TModulus> a, in Montgomery384<TModulus> b)
    {
        ulong carry = 0;
        ulong l0 = WideMath.AddCarry(a._0, b._0, ref carry);
        ulong l1 = WideMath.AddCarry(a._1, b._1, ref carry);
        ulong l2 = WideMath.AddCarry(a._2, b._2, ref carry);
        ulong l3 = WideMath.AddCarry(a._3, b._3, ref carry);
        ulong l4 = WideMath.AddCarry(a._4, b._4, ref carry);
        ulong l5 = a._5 + b._5 + carry;
        return SubtractModulusOnce(l0, l1, l2, l3, l4, l5);
    }

    /// <inheritdoc/>
    public Montgomery384<TModulus> Double() => this + this;

    /// <inheritdoc/>
    public Montgomery384<TModulus> Square() => Square(this);

    /// <inheritdoc/>
    public static Montgomery384<TModulus> operator -(in Montgomery384<TModulus> a, in Montgomery384<TModulus> b)
    {
        ulong borrow = 0;
        ulong l0 = WideMath.SubtractBorrow(a._0, b._0, ref borrow);
        ulong l1 = WideMath.SubtractBorrow(a._1, b._1, ref borrow);
        ulong l2 = WideMath.SubtractBorrow(a._2, b._2, ref borrow);
        ulong l3 = WideMath.SubtractBorrow(a._3, b._3, ref borrow);
        ulong l4 = WideMath.SubtractBorrow(a._4, b._4, ref borrow);
        ulong l5 = WideMath.SubtractBorrow(a._5, b._5, ref borrow);
        ulong mask = 0 - borrow, carry = 0;
        l0 = WideMath.AddCarry(l0, TModulus.P0 & mask, ref carry);
        l1 = WideMath.AddCarry(l1, TModulus.P1 & mask, ref carry);
        l2 = WideMath.AddCarry(l2, TModulus.P2 & mask, ref carry);
        l3 = WideMath.AddCarry(l3, TModulus.P3 & mask, ref carry);
        l4 = WideMath.AddCarry(l4, TModulus.P4 & mask, ref carry);
        l5 = l5 + (TModulus.P5 & mask) + carry;
        return new(l0, l1, l2, l3, l4, l5);
    }

    /// <inheritdoc/>
    public static Montgomery384<TModulus> operator -(in Montgomery384<TModulus> a) => default(Montgomery384<TModulus>) - a;

    /// <inheritdoc/>
    public static Montgomery384<TModulus> Select(in Montgomery384<TModulus> whenClear, in Montgomery384<TModulus> whenSet, ulong mask) => new(
        whenClear._0 ^ ((whenClear._0 ^ whenSet._0) & mask),
        whenClear._1 ^ ((whenClear._1 ^ whenSet._1) & mask),
        whenClear._2 ^ ((whenClear._2 ^ whenSet._2) & mask),
        whenClear._3 ^ ((whenClear._3 ^ whenSet._3) & mask),
        whenClear._4 ^ ((whenClear._4 ^ whenSet._4) & mask),
        whenClear._5 ^ ((whenClear._5 ^ whenSet._5) & mask));

    /// <inheritdoc/>
    public bool Equals(Montgomery384<TModulus> other) =>
        ((_0 ^ other._0) | (_1 ^ other._1) | (_2 ^ other._2) | (_3 ^ other._3) | (_4 ^ other._4) | (_5 ^ other._5)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Montgomery384<TModulus> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_0, _1, _2, _3, _4, _5);

    /// <summary>Whether the two are the same element.</summary>
    public static bool operator ==(Montgomery384<TModulus> a, Montgomery384<TModulus> b) => a.Equals(b);

    /// <summary>Whether the two are different elements.</summary>
    public static bool operator !=(Montgomery384<TModulus> a, Montgomery384<TModulus> b) => !a.Equals(b);

    /// <summary>Takes the modulus off once if the number is not below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Montgomery384<TModulus> SubtractModulusOnce(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4, ulong l5)
    {
        ulong borrow = 0;
        ulong d0 = WideMath.SubtractBorrow(l0, TModulus.P0, ref borrow);
        ulong d1 = WideMath.SubtractBorrow(l1, TModulus.P1, ref borrow);
        ulong d2 = WideMath.SubtractBorrow(l2, TModulus.P2, ref borrow);
        ulong d3 = WideMath.SubtractBorrow(l3, TModulus.P3, ref borrow);
        ulong d4 = WideMath.SubtractBorrow(l4, TModulus.P4, ref borrow);
        ulong d5 = WideMath.SubtractBorrow(l5, TModulus.P5, ref borrow);
        ulong keep = 0 - borrow;
        return new(
            d0 ^ ((d0 ^ l0) & keep),
            d1 ^ ((d1 ^ l1) & keep),
            d2 ^ ((d2 ^ l2) & keep),
            d3 ^ ((d3 ^ l3) & keep),
            d4 ^ ((d4 ^ l4) & keep),
            d5 ^ ((d5 ^ l5) & keep));
    }
}
