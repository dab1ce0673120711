using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The point encodings of the curves over prime fields. spec: SEC 1 version 2.0 §2.3.3 and §2.3.4.</summary>
/// <remarks>
/// <code>
/// compressed    [ 02 + parity of y ][ x ]
/// uncompressed  [ 04 ][ x ][ y ]
/// </code>
/// The point at infinity and the hybrid forms 06 and 07 are refused: no key is written so.
/// </remarks>
internal static class SecEncoding<TField, TCurve>
    where TField : struct, IPrimeField<TField>
    where TCurve : struct, IShortWeierstrass<TField>
{
    private const byte Even = 2;
    private const byte Odd = 3;
    private const byte Uncompressed = 4;

    /// <summary>Reads either form; the length tells which.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
    {
        point = default;
        if (bytes.Length == 1 + TField.EncodedSize)
            return TryDecodeCompressed(bytes, out point, out fault);
        fault = bytes.Length != 1 + 2 * TField.EncodedSize ? PointFault.Length : bytes[0] != Uncompressed ? PointFault.Flags : PointFault.None;
        return fault == PointFault.None && TryDecodeCoordinates(bytes[1..], out point, out fault);
    }

    /// <summary>Reads x and y without a prefix.</summary>
    public static bool TryDecodeCoordinates(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
    {
        point = default;
        fault = PointFault.None;
        int size = TField.EncodedSize;
        if (bytes.Length != 2 * size)
            fault = PointFault.Length;
        else if (!TField.TryDecode(bytes[..size], out TField x) || !TField.TryDecode(bytes[size..], out TField y))
            fault = PointFault.CoordinateNotReduced;
        else if (new AffinePoint<TField, TCurve>(x, y) is { IsInfinity: false, IsOnCurve: true } found)
            point = found;
        else
            fault = PointFault.NotOnCurve;
        return fault == PointFault.None;
    }

    /// <summary>The point with this x whose y has this parity.</summary>
    public static bool TryFromX(in TField x, int parity, out AffinePoint<TField, TCurve> point)
    {
        point = default;
        if (!AffinePoint<TField, TCurve>.RightHandSide(x).TrySquareRoot(out TField y) || (y.IsZero && parity != 0))
            return false;
        point = new(x, y.Sign == parity ? y : -y);
        return true;
    }

    /// <summary>Writes the compressed form of a point not at infinity.</summary>
    public static void EncodeCompressed(in AffinePoint<TField, TCurve> point, Span<byte> bytes)
    {
        bytes[0] = (byte)(Even + point.Y.Sign);
        point.X.Encode(bytes[1..]);
    }

    /// <summary>Writes the uncompressed form of a point not at infinity.</summary>
    public static void EncodeUncompressed(in AffinePoint<TField, TCurve> point, Span<byte> bytes)
    {
        bytes[0] = Uncompressed;
        point.X.Encode(bytes[1..]);
        point.Y.Encode(bytes[(1 + TField.EncodedSize)..]);
    }

    private static bool TryDecodeCompressed(ReadOnlySpan<byte> bytes, out AffinePoint<TField, TCurve> point, out PointFault fault)
    {
        point = default;
        fault = PointFault.None;
        if (bytes[0] is not (Even or Odd))
            fault = PointFault.Flags;
        else if (!TField.TryDecode(bytes[1..], out TField x))
            fault = PointFault.CoordinateNotReduced;
        else if (!TryFromX(x, bytes[0] - Even, out point))
            fault = PointFault.NotOnCurve;
        return fault == PointFault.None;
    }
}
