using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>An unsigned integer of 256 bits with the arithmetic of the EVM: everything wraps modulo 2^256, and dividing by zero gives zero.</summary>
/// <remarks>Four 64-bit words, the least significant first. spec: Ethereum Yellow Paper, appendix H.2.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly partial struct UInt256 : IEquatable<UInt256>, IComparable<UInt256>
{
    private readonly ulong _u0;
    private readonly ulong _u1;
    private readonly ulong _u2;
    private readonly ulong _u3;

    /// <summary>The number <c>u3·2^192 + u2·2^128 + u1·2^64 + u0</c>.</summary>
    public UInt256(ulong u0, ulong u1 = 0, ulong u2 = 0, ulong u3 = 0)
    {
        _u0 = u0;
        _u1 = u1;
        _u2 = u2;
        _u3 = u3;
    }

    /// <summary>0.</summary>
    public static UInt256 Zero => default;

    /// <summary>1.</summary>
    public static UInt256 One => new(1);

    /// <summary>2^256 − 1.</summary>
    public static UInt256 MaxValue => new(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, ulong.MaxValue);

    /// <summary>The low 64 bits.</summary>
    public ulong Low => _u0;

    /// <summary>True when the number is 0.</summary>
    public bool IsZero => (_u0 | _u1 | _u2 | _u3) == 0;

    /// <summary>True when the number is below 2^64, so that <see cref="Low"/> is all of it.</summary>
    public bool FitsUInt64 => (_u1 | _u2 | _u3) == 0;

    /// <summary>True when the highest bit is set: the number is negative where it is read as two's complement.</summary>
    public bool IsNegative => (long)_u3 < 0;

    /// <summary>The number of significant bits: 0 for 0, 256 for the largest.</summary>
    public int BitLength => 256 - LeadingZeroCount;

    /// <summary>The number of zero bits above the highest set one: 256 for 0. spec: EIP-7939</summary>
    public int LeadingZeroCount =>
        _u3 != 0 ? BitOperations.LeadingZeroCount(_u3)
        : _u2 != 0 ? 64 + BitOperations.LeadingZeroCount(_u2)
        : _u1 != 0 ? 128 + BitOperations.LeadingZeroCount(_u1)
        : 192 + BitOperations.LeadingZeroCount(_u0);

    /// <summary>The number of bytes without leading zeros: 0 for 0, 32 for the largest.</summary>
    public int ByteLength => (BitLength + 7) / 8;

    /// <summary>Reads up to 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentException">There are more than 32 bytes.</exception>
    public static UInt256 ReadBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 32)
        {
            return new UInt256(
                BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
                BinaryPrimitives.ReadUInt64BigEndian(bytes));
        }
        if (bytes.Length == 20) // an address: code asks for them all the time
            return new UInt256(BinaryPrimitives.ReadUInt64BigEndian(bytes[12..]), BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]), BinaryPrimitives.ReadUInt32BigEndian(bytes));
        if (bytes.Length > 32)
            throw new ArgumentException($"{bytes.Length} bytes are more than 32", nameof(bytes));
        Span<byte> padded = stackalloc byte[32];
        padded[..(32 - bytes.Length)].Clear();
        bytes.CopyTo(padded[(32 - bytes.Length)..]);
        return ReadBigEndian(padded);
    }

    /// <summary>Reads 32 bytes, the least significant first, as SSZ writes uint256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 32 bytes.</exception>
    public static UInt256 ReadLittleEndian(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));

    /// <summary>Writes 32 bytes, the most significant first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter.</exception>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination[24..], _u0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], _u1);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _u2);
        BinaryPrimitives.WriteUInt64BigEndian(destination, _u3);
    }

    /// <summary>Writes 32 bytes, the least significant first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The destination is shorter.</exception>
    public void WriteLittleEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], _u3);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[16..], _u2);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], _u1);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, _u0);
    }

    /// <summary>The number as 32 bytes, the most significant first: how the EVM writes a word.</summary>
    public Hash32 ToHash32()
    {
        Span<byte> bytes = stackalloc byte[32];
        WriteBigEndian(bytes);
        return Hash32.Read(bytes);
    }

    /// <summary>The low 160 bits as an address: how the EVM reads an address from a word.</summary>
    public Address ToAddress()
    {
        Span<byte> bytes = stackalloc byte[32];
        WriteBigEndian(bytes);
        return Address.Read(bytes[12..]);
    }

    /// <summary>Any number below 2^64.</summary>
    public static implicit operator UInt256(ulong value) => new(value);

    /// <summary>The number in the framework's arbitrary-precision type.</summary>
    public static explicit operator BigInteger(in UInt256 value)
    {
        Span<byte> bytes = stackalloc byte[32];
        value.WriteLittleEndian(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }

    /// <summary>The number modulo 2^256, which is its two's complement when it is negative.</summary>
    public static explicit operator UInt256(BigInteger value)
    {
        BigInteger reduced = value & ((BigInteger.One << 256) - 1);
        Span<byte> bytes = stackalloc byte[33];
        bytes.Clear();
        reduced.TryWriteBytes(bytes, out _);
        return ReadLittleEndian(bytes);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // EVM comparisons: UInt256Benchmarks
    public bool Equals(UInt256 other) => ((_u0 ^ other._u0) | (_u1 ^ other._u1) | (_u2 ^ other._u2) | (_u3 ^ other._u3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UInt256 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_u0, _u1, _u2, _u3);

    /// <inheritdoc/>
    public int CompareTo(UInt256 other) => this < other ? -1 : this == other ? 0 : 1;

    /// <summary>Hexadecimal with the prefix "0x" and no leading zeros: "0x0", "0x1f".</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[32];
        WriteBigEndian(bytes);
        return "0x" + Convert.ToHexStringLower(bytes).TrimStart('0').PadLeft(1, '0');
    }

    /// <summary>Equal numbers.</summary>
    public static bool operator ==(in UInt256 left, in UInt256 right) => left.Equals(right);

    /// <summary>Different numbers.</summary>
    public static bool operator !=(in UInt256 left, in UInt256 right) => !left.Equals(right);

    /// <summary>Unsigned order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // EVM LT and GT: UInt256Benchmarks
    public static bool operator <(in UInt256 left, in UInt256 right)
    {
        ulong borrow = 0;
        WideMath.SubtractBorrow(left._u0, right._u0, ref borrow);
        WideMath.SubtractBorrow(left._u1, right._u1, ref borrow);
        WideMath.SubtractBorrow(left._u2, right._u2, ref borrow);
        WideMath.SubtractBorrow(left._u3, right._u3, ref borrow);
        return borrow != 0;
    }

    /// <summary>Unsigned order.</summary>
    public static bool operator >(in UInt256 left, in UInt256 right) => right < left;

    /// <summary>Unsigned order.</summary>
    public static bool operator <=(in UInt256 left, in UInt256 right) => !(right < left);

    /// <summary>Unsigned order.</summary>
    public static bool operator >=(in UInt256 left, in UInt256 right) => !(left < right);

    /// <summary>Order as two's complement. spec: EVM SLT</summary>
    public static bool SignedLessThan(in UInt256 left, in UInt256 right) =>
        left.IsNegative == right.IsNegative ? left < right : left.IsNegative;
}
