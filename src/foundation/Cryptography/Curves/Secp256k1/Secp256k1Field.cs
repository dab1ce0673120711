using System.Diagnostics;
using System.Runtime.CompilerServices;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>An element of the base field of secp256k1, p = 2^256 − 2^32 − 977. spec: SEC 2 version 2.0 §2.4.1.</summary>
/// <remarks>
/// Five limbs of 52 bits, the top one of 48, of the plain integer. What lies above 2^256 comes back times 2^32 + 977, so no form of
/// Montgomery's is needed; and the room above 52 bits spares the carries that .NET has no instruction for. Every operation takes and
/// leaves limbs that exceed their bits by less than 2^44, which is below 2p: an element has several forms, and only
/// <see cref="Canonical"/> carries through. Nothing here branches or indexes on a value except <see cref="TrySquareRoot"/>.
/// The inlining attributes are justified by EcdsaBenchmarks.
/// </remarks>
[DebuggerDisplay("{ToString()}")]
public readonly partial struct Secp256k1Field : IPrimeField<Secp256k1Field>
{
    private const int LimbBits = 52;
    private const int TopBits = 48;
    private const ulong LimbMask = (1UL << LimbBits) - 1;
    private const ulong TopMask = (1UL << TopBits) - 1;
    private const ulong Fold = (1UL << 32) + 977; // 2^256 modulo p

    // The limbs of p.
    private const ulong P0 = LimbMask - Fold + 1;
    private const ulong P4 = TopMask;

    private readonly ulong _0, _1, _2, _3, _4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Secp256k1Field(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4)
    {
        _0 = l0;
        _1 = l1;
        _2 = l2;
        _3 = l3;
        _4 = l4;
    }

    /// <inheritdoc/>
    public static Secp256k1Field Zero => default;

    /// <inheritdoc/>
    public static Secp256k1Field One => new(1, 0, 0, 0, 0);

    /// <inheritdoc/>
    /// <remarks>Zero is 0 or p: the one integer that 2^32 + 977 lifts to 2^256.</remarks>
    public bool IsZero
    {
        get
        {
            ulong l0 = _0 + Fold;
            ulong l1 = _1 + (l0 >> LimbBits);
            ulong l2 = _2 + (l1 >> LimbBits);
            ulong l3 = _3 + (l2 >> LimbBits);
            ulong l4 = _4 + (l3 >> LimbBits);
            ulong unlikeModulus = ((l0 | l1 | l2 | l3) & LimbMask) | (l4 ^ (1UL << TopBits));
            return ((_0 | _1 | _2 | _3 | _4) == 0) | (unlikeModulus == 0);
        }
    }

    /// <inheritdoc/>
    public static Secp256k1Field operator +(in Secp256k1Field a, in Secp256k1Field b) =>
        Carry(a._0 + b._0, a._1 + b._1, a._2 + b._2, a._3 + b._3, a._4 + b._4);

    /// <inheritdoc/>
    /// <remarks>Twice p keeps every limb of the difference positive.</remarks>
    public static Secp256k1Field operator -(in Secp256k1Field a, in Secp256k1Field b) => Carry(
        a._0 + 2 * P0 - b._0, a._1 + 2 * LimbMask - b._1, a._2 + 2 * LimbMask - b._2, a._3 + 2 * LimbMask - b._3, a._4 + 2 * P4 - b._4);

    /// <inheritdoc/>
    public static Secp256k1Field operator -(in Secp256k1Field a) => default(Secp256k1Field) - a;

    /// <inheritdoc/>
    public Secp256k1Field Double() => this + this;

    /// <inheritdoc/>
    public Secp256k1Field Square() => Square(this);

    /// <inheritdoc/>
    public static Secp256k1Field Select(in Secp256k1Field whenClear, in Secp256k1Field whenSet, ulong mask) => new(
        whenClear._0 ^ ((whenClear._0 ^ whenSet._0) & mask),
        whenClear._1 ^ ((whenClear._1 ^ whenSet._1) & mask),
        whenClear._2 ^ ((whenClear._2 ^ whenSet._2) & mask),
        whenClear._3 ^ ((whenClear._3 ^ whenSet._3) & mask),
        whenClear._4 ^ ((whenClear._4 ^ whenSet._4) & mask));

    /// <inheritdoc/>
    public bool Equals(Secp256k1Field other) => (this - other).IsZero;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Secp256k1Field other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        Secp256k1Field x = Canonical();
        return HashCode.Combine(x._0, x._1, x._2, x._3, x._4);
    }

    /// <summary>Whether the two are the same element.</summary>
    public static bool operator ==(Secp256k1Field a, Secp256k1Field b) => a.Equals(b);

    /// <summary>Whether the two are different elements.</summary>
    public static bool operator !=(Secp256k1Field a, Secp256k1Field b) => !a.Equals(b);

    /// <summary>What each limb of up to 62 bits holds above its own goes one limb up, all at once: a limb receives less than 2^44.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Secp256k1Field Carry(ulong l0, ulong l1, ulong l2, ulong l3, ulong l4) => new(
        (l0 & LimbMask) + (l4 >> TopBits) * Fold,
        (l1 & LimbMask) + (l0 >> LimbBits),
        (l2 & LimbMask) + (l1 >> LimbBits),
        (l3 & LimbMask) + (l2 >> LimbBits),
        (l4 & TopMask) + (l3 >> LimbBits));

    /// <summary>The limbs of the one integer below p. Limb after limb, so slower than a sum.</summary>
    private Secp256k1Field Canonical()
    {
        // The quotient by p of an integer below 2p: what goes over 2^256 once 2^32 + 977 is added.
        ulong carry = _0 + Fold;
        carry = _1 + (carry >> LimbBits);
        carry = _2 + (carry >> LimbBits);
        carry = _3 + (carry >> LimbBits);
        carry = _4 + (carry >> LimbBits);
        ulong l0 = _0 + (carry >> TopBits) * Fold;
        ulong l1 = _1 + (l0 >> LimbBits);
        ulong l2 = _2 + (l1 >> LimbBits);
        ulong l3 = _3 + (l2 >> LimbBits);
        ulong l4 = _4 + (l3 >> LimbBits);
        return new(l0 & LimbMask, l1 & LimbMask, l2 & LimbMask, l3 & LimbMask, l4 & TopMask);
    }
}
