using System.Buffers.Binary;
using System.Numerics;

namespace Flashback.Primitives;

/// <summary>Something that can write itself as RLP. It is asked twice, first to measure and then to write, and must say the same both times.</summary>
public interface IRlpEncodable
{
    /// <summary>Writes the items in order.</summary>
    void WriteTo(ref RlpWriter writer);
}

/// <summary>
/// Recursive-length prefix: lengths and writing of single items into a caller's buffer, and whole objects through <see cref="RlpWriter"/>.
/// Reading is <see cref="RlpReader"/>'s. spec: Ethereum Yellow Paper, appendix B
/// </summary>
public static class Rlp
{
    /// <summary>The encoding of the empty byte string, which is also the number 0.</summary>
    public const byte EmptyBytes = 0x80;

    /// <summary>The encoding of the empty list.</summary>
    public const byte EmptyList = 0xc0;

    /// <summary>The encoding of an object, in an array of exactly its length.</summary>
    public static byte[] Encode<T>(in T value)
        where T : IRlpEncodable, allows ref struct
    {
        using RlpListLengths lengths = RlpListLengths.Rent();
        RlpWriter measure = new(lengths);
        value.WriteTo(ref measure);
        byte[] encoded = new byte[measure.Length];
        RlpWriter writer = new(lengths, encoded);
        value.WriteTo(ref writer);
        writer.RequireFilled();
        return encoded;
    }

    /// <summary>How many bytes an object's encoding takes.</summary>
    public static int Measure<T>(in T value)
        where T : IRlpEncodable, allows ref struct
    {
        using RlpListLengths lengths = RlpListLengths.Rent();
        RlpWriter measure = new(lengths);
        value.WriteTo(ref measure);
        return measure.Length;
    }

    /// <summary>Keccak-256 of an object's encoding, which goes through a pooled buffer.</summary>
    public static Hash32 Hash<T>(in T value)
        where T : IRlpEncodable, allows ref struct
    {
        using RlpListLengths lengths = RlpListLengths.Rent();
        RlpWriter measure = new(lengths);
        value.WriteTo(ref measure);
        byte[] rented = System.Buffers.ArrayPool<byte>.Shared.Rent(measure.Length);
        try
        {
            Span<byte> encoded = rented.AsSpan(0, measure.Length);
            RlpWriter writer = new(lengths, encoded);
            value.WriteTo(ref writer);
            writer.RequireFilled();
            return Keccak.Hash256(encoded);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>How many bytes a byte string takes, prefix included.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 1 && bytes[0] < 0x80 ? 1 : LengthOfHeader(bytes.Length) + bytes.Length;

    /// <summary>How many bytes a number takes, prefix included.</summary>
    public static int LengthOf(ulong value) => value < 0x80 ? 1 : 1 + (71 - BitOperations.LeadingZeroCount(value)) / 8;

    /// <summary>How many bytes a number takes, prefix included.</summary>
    public static int LengthOf(in UInt256 value) => value.FitsUInt64 ? LengthOf(value.Low) : 1 + value.ByteLength;

    /// <summary>How many bytes a list takes whose items fill <paramref name="contentLength"/> bytes.</summary>
    public static int LengthOfList(int contentLength) => LengthOfHeader(contentLength) + contentLength;

    /// <summary>Writes a byte string; returns how many bytes that took.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 1 && bytes[0] < 0x80)
        {
            destination[0] = bytes[0];
            return 1;
        }
        int header = WriteHeader(destination, bytes.Length, EmptyBytes);
        bytes.CopyTo(destination[header..]);
        return header + bytes.Length;
    }

    /// <summary>Writes a number, big-endian without leading zeros; returns how many bytes that took.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, ulong value)
    {
        Span<byte> digits = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(digits, value);
        return Write(destination, digits[(BitOperations.LeadingZeroCount(value) / 8)..]);
    }

    /// <summary>Writes a number, big-endian without leading zeros; returns how many bytes that took.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write(Span<byte> destination, in UInt256 value)
    {
        Span<byte> digits = stackalloc byte[32];
        value.WriteBigEndian(digits);
        return Write(destination, digits[(32 - value.ByteLength)..]);
    }

    /// <summary>Writes the prefix of a list whose items fill <paramref name="contentLength"/> bytes; returns how many bytes that took.</summary>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteListHeader(Span<byte> destination, int contentLength) => WriteHeader(destination, contentLength, EmptyList);

    private static int LengthOfHeader(int length) => length < 56 ? 1 : 1 + LengthOfLength(length);

    private static int LengthOfLength(int length) => (39 - BitOperations.LeadingZeroCount((uint)length)) / 8;

    private static int WriteHeader(Span<byte> destination, int length, byte kind)
    {
        if (length < 56)
        {
            destination[0] = (byte)(kind + length);
            return 1;
        }
        int digits = LengthOfLength(length);
        destination[0] = (byte)(kind + 55 + digits);
        for (int i = digits; i > 0; i--, length >>= 8)
            destination[i] = (byte)length;
        return 1 + digits;
    }
}
