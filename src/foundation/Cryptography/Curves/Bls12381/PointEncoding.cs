using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The point encodings of BLS12-381, flags in the top three bits of the first byte. spec: draft-irtf-cfrg-pairing-friendly-curves-11 appendix C (ZCash).</summary>
/// <remarks>
/// <code>
/// compressed    [ 1 | infinity | y is the larger | x ]     one coordinate
/// uncompressed  [ 0 | infinity | 0               | x ][ y ] two coordinates
/// </code>
/// There is exactly one encoding of each kind for a point: a set sign at infinity, a non-zero bit after the infinity flag and a
/// coordinate from the modulus up are refused.
/// </remarks>
internal static class PointEncoding<TField, TCurve>
    where TField : struct, IField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private const byte Compressed = 0x80;
    private const byte Infinity = 0x40;
    private const byte LargerY = 0x20;
    private const byte Flags = Compressed | Infinity | LargerY;

    /// <summary>Reads a compressed point and checks all but the subgroup.</summary>
    public static bool TryDecodeCompressed(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
    {
        point = default;
        if (bytes.Length != TField.EncodedSize)
            return Fail(PointFault.Length, out fault);
        int flags = bytes[0] & Flags;
        if ((flags & Compressed) == 0)
            return Fail(PointFault.Flags, out fault);
        if ((flags & Infinity) != 0)
            return TryDecodeInfinity(bytes, flags, out fault);
        if (!TryDecodeFlagged(bytes, out TField x))
            return Fail(PointFault.CoordinateNotReduced, out fault);
        if (!AffinePoint<TField, TCurve>.RightHandSide(x).TrySquareRoot(out TField y))
            return Fail(PointFault.NotOnCurve, out fault);
        point = new(x, y.IsLexicographicallyLargest == ((flags & LargerY) != 0) ? y : -y);
        fault = PointFault.None;
        return true;
    }

    /// <summary>Reads an uncompressed point and checks all but the subgroup.</summary>
    public static bool TryDecodeUncompressed(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
    {
        point = default;
        if (bytes.Length != 2 * TField.EncodedSize)
            return Fail(PointFault.Length, out fault);
        int flags = bytes[0] & Flags;
        if ((flags & (Compressed | LargerY)) != 0)
            return Fail(PointFault.Flags, out fault);
        if ((flags & Infinity) != 0)
            return TryDecodeInfinity(bytes, flags, out fault);
        if (!TField.TryDecode(bytes[..TField.EncodedSize], out TField x) || !TField.TryDecode(bytes[TField.EncodedSize..], out TField y))
            return Fail(PointFault.CoordinateNotReduced, out fault);
        AffinePoint<TField, TCurve> candidate = new(x, y);
        if (candidate.IsInfinity || !candidate.IsOnCurve) // (0, 0) is not on the curve; infinity has a flag of its own
            return Fail(PointFault.NotOnCurve, out fault);
        point = candidate;
        fault = PointFault.None;
        return true;
    }

    /// <summary>Writes one coordinate with its flags.</summary>
    public static void EncodeCompressed(in AffinePoint<TField, TCurve> point, Span<byte> bytes)
    {
        point.X.Encode(bytes);
        bytes[0] |= Compressed;
        if (point.IsInfinity)
            bytes[0] |= Infinity;
        else if (point.Y.IsLexicographicallyLargest)
            bytes[0] |= LargerY;
    }

    /// <summary>Writes both coordinates with their flags.</summary>
    public static void EncodeUncompressed(in AffinePoint<TField, TCurve> point, Span<byte> bytes)
    {
        point.X.Encode(bytes);
        point.Y.Encode(bytes[TField.EncodedSize..]);
        if (point.IsInfinity)
            bytes[0] |= Infinity;
    }

    private static bool TryDecodeInfinity(ReadOnlySpan<byte> bytes, int flags, out PointFault fault)
    {
        fault = (flags & LargerY) != 0 ? PointFault.Flags
            : (bytes[0] & ~Flags) != 0 || bytes[1..].ContainsAnyExcept((byte)0) ? PointFault.InfinityNotZero
            : PointFault.None;
        return fault == PointFault.None;
    }

    private static bool TryDecodeFlagged(ReadOnlySpan<byte> bytes, out TField x)
    {
        Span<byte> plain = stackalloc byte[TField.EncodedSize];
        bytes.CopyTo(plain);
        plain[0] = (byte)(plain[0] & ~Flags);
        return TField.TryDecode(plain, out x);
    }

    private static bool Fail(PointFault found, out PointFault fault)
    {
        fault = found;
        return false;
    }
}
