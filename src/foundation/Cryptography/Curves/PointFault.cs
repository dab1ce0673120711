namespace Flashback.Cryptography.Curves;

/// <summary>Why bytes are not the encoding of a point.</summary>
public enum PointFault
{
    /// <summary>They are one.</summary>
    None,

    /// <summary>Their number is not that of the encoding.</summary>
    Length,

    /// <summary>The flag bits do not fit together or do not announce this encoding.</summary>
    Flags,

    /// <summary>The point at infinity is announced, but another bit is set.</summary>
    InfinityNotZero,

    /// <summary>A coordinate is not below the field's modulus.</summary>
    CoordinateNotReduced,

    /// <summary>The coordinates are not on the curve; for a compressed point, x belongs to no point.</summary>
    NotOnCurve,

    /// <summary>The point is on the curve but not in the subgroup of prime order.</summary>
    NotInSubgroup,

    /// <summary>The point at infinity, where it has no business: as a public key.</summary>
    Infinity,
}
