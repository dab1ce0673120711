namespace Flashback.Primitives;

public readonly partial struct UInt256
{
    /// <summary>Bitwise and.</summary>
    public static UInt256 operator &(in UInt256 left, in UInt256 right) =>
        new(left._u0 & right._u0, left._u1 & right._u1, left._u2 & right._u2, left._u3 & right._u3);

    /// <summary>Bitwise or.</summary>
    public static UInt256 operator |(in UInt256 left, in UInt256 right) =>
        new(left._u0 | right._u0, left._u1 | right._u1, left._u2 | right._u2, left._u3 | right._u3);

    /// <summary>Bitwise exclusive or.</summary>
    public static UInt256 operator ^(in UInt256 left, in UInt256 right) =>
        new(left._u0 ^ right._u0, left._u1 ^ right._u1, left._u2 ^ right._u2, left._u3 ^ right._u3);

    /// <summary>Bitwise complement.</summary>
    public static UInt256 operator ~(in UInt256 value) => new(~value._u0, ~value._u1, ~value._u2, ~value._u3);

    /// <summary>Shifts towards the high end, zeros coming in; a shift of 256 or more leaves 0. Negative shifts are a caller's error.</summary>
    public static UInt256 operator <<(in UInt256 value, int shift)
    {
        int bits = shift & 63;
        // A word shifted by 64 − 0 would come back whole, so the bits that cross a word go in two steps.
        ulong c0 = value._u0 >> 1 >> (63 - bits), c1 = value._u1 >> 1 >> (63 - bits), c2 = value._u2 >> 1 >> (63 - bits);
        ulong s0 = value._u0 << bits, s1 = value._u1 << bits | c0, s2 = value._u2 << bits | c1, s3 = value._u3 << bits | c2;
        return ((uint)shift >> 6) switch
        {
            0 => new UInt256(s0, s1, s2, s3),
            1 => new UInt256(0, s0, s1, s2),
            2 => new UInt256(0, 0, s0, s1),
            3 => new UInt256(0, 0, 0, s0),
            _ => Zero,
        };
    }

    /// <summary>Shifts towards the low end, zeros coming in; a shift of 256 or more leaves 0. Negative shifts are a caller's error.</summary>
    public static UInt256 operator >>(in UInt256 value, int shift) => ShiftRight(value, shift, 0);

    /// <summary>Shifts towards the high end by a number of bits that may be any word. spec: EIP-145 SHL</summary>
    public static UInt256 ShiftLeft(in UInt256 value, in UInt256 shift) => shift.FitsUInt64 && shift._u0 < 256 ? value << (int)shift._u0 : Zero;

    /// <summary>Shifts towards the low end by a number of bits that may be any word. spec: EIP-145 SHR</summary>
    public static UInt256 ShiftRight(in UInt256 value, in UInt256 shift) => shift.FitsUInt64 && shift._u0 < 256 ? value >> (int)shift._u0 : Zero;

    /// <summary>Shifts a two's complement towards the low end, copies of the sign coming in. spec: EIP-145 SAR</summary>
    public static UInt256 ShiftRightSigned(in UInt256 value, in UInt256 shift)
    {
        ulong sign = (ulong)((long)value._u3 >> 63);
        return shift.FitsUInt64 && shift._u0 < 256 ? ShiftRight(value, (int)shift._u0, sign) : new UInt256(sign, sign, sign, sign);
    }

    /// <summary>The byte at <paramref name="index"/>, counted from the most significant; 0 from 32 up. spec: EVM BYTE</summary>
    public static UInt256 ByteAt(in UInt256 index, in UInt256 value) =>
        index.FitsUInt64 && index._u0 < 32 ? (value >> (8 * (31 - (int)index._u0)))._u0 & 0xff : Zero;

    /// <summary>
    /// Reads the low <c>byteIndex + 1</c> bytes as a two's complement and widens it to 256 bits; unchanged from 31 up. spec: EVM SIGNEXTEND
    /// </summary>
    public static UInt256 SignExtend(in UInt256 byteIndex, in UInt256 value)
    {
        if (!byteIndex.FitsUInt64 || byteIndex._u0 >= 31)
            return value;
        int unused = 8 * (31 - (int)byteIndex._u0);
        UInt256 shifted = value << unused;
        return ShiftRight(shifted, unused, (ulong)((long)shifted._u3 >> 63));
    }

    /// <summary>Shifts towards the low end with words of <paramref name="fill"/> (all zeros or all ones) coming in.</summary>
    private static UInt256 ShiftRight(in UInt256 value, int shift, ulong fill)
    {
        int bits = shift & 63;
        ulong c1 = value._u1 << 1 << (63 - bits), c2 = value._u2 << 1 << (63 - bits), c3 = value._u3 << 1 << (63 - bits);
        ulong s0 = value._u0 >> bits | c1, s1 = value._u1 >> bits | c2, s2 = value._u2 >> bits | c3;
        ulong s3 = value._u3 >> bits | fill << 1 << (63 - bits);
        return ((uint)shift >> 6) switch
        {
            0 => new UInt256(s0, s1, s2, s3),
            1 => new UInt256(s1, s2, s3, fill),
            2 => new UInt256(s2, s3, fill, fill),
            3 => new UInt256(s3, fill, fill, fill),
            _ => new UInt256(fill, fill, fill, fill),
        };
    }
}
