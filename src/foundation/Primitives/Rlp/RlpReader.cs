using System.Buffers.Binary;

namespace Flashback.Primitives;

/// <summary>Reads recursive-length-prefix items one after the other, accepting the canonical form only.</summary>
/// <remarks>
/// The first byte of an item says what follows:
/// <code>
/// 00 … 7f   the byte itself
/// 80 … b7   a byte string of 0 … 55 bytes
/// b8 … bf   1 … 8 bytes of length (56 or more, no leading zeros), then the byte string
/// c0 … f7   a list whose items fill 0 … 55 bytes
/// f8 … ff   1 … 8 bytes of length (56 or more, no leading zeros), then the items
/// </code>
/// Every method returns false at the first violation and says which in <see cref="Fault"/>; from then on the reader reads nothing more.
/// Nothing is copied: byte strings and inner lists are views of the input.
/// </remarks>
public ref struct RlpReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>A reader over items that fill <paramref name="input"/>.</summary>
    public RlpReader(ReadOnlySpan<byte> input) => _rest = input;

    /// <summary>The first violation met, or <see cref="RlpFault.None"/>.</summary>
    public RlpFault Fault { get; private set; }

    /// <summary>True when every item has been read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when the next item is a list; false for a byte string and at the end.</summary>
    public readonly bool NextIsList => !_rest.IsEmpty && _rest[0] >= 0xc0;

    /// <summary>Reads a byte string.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryReadHeader(out int header, out int length, out bool isList))
            return false;
        if (isList)
            return Fail(RlpFault.ExpectedBytes);
        bytes = _rest.Slice(header, length);
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Reads a list, whose items <paramref name="items"/> then reads.</summary>
    public bool TryReadList(out RlpReader items)
    {
        items = default;
        if (!TryReadHeader(out int header, out int length, out bool isList))
            return false;
        if (!isList)
            return Fail(RlpFault.ExpectedList);
        items = new RlpReader(_rest.Slice(header, length));
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Reads an item of either kind as it is written, prefix included; what is inside a list is not looked at.</summary>
    public bool TryReadRaw(out ReadOnlySpan<byte> encoded)
    {
        encoded = default;
        if (!TryReadHeader(out int header, out int length, out _))
            return false;
        encoded = _rest[..(header + length)];
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Reads a number below 2^64, big-endian without leading zeros.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        value = 0;
        if (!TryReadNumber(sizeof(ulong), out ReadOnlySpan<byte> digits))
            return false;
        foreach (byte digit in digits)
            value = value << 8 | digit;
        return true;
    }

    /// <summary>Reads a number below 2^256, big-endian without leading zeros.</summary>
    public bool TryReadUInt256(out UInt256 value)
    {
        value = default;
        if (!TryReadNumber(32, out ReadOnlySpan<byte> digits))
            return false;
        value = UInt256.ReadBigEndian(digits);
        return true;
    }

    /// <summary>Reads a byte string of exactly the type's length.</summary>
    public bool TryReadFixed<T>(out T value)
        where T : unmanaged, IFixedBytes<T>
    {
        value = default;
        if (!TryReadBytes(out ReadOnlySpan<byte> bytes))
            return false;
        if (bytes.Length != T.Size)
            return Fail(RlpFault.WrongLength);
        value = FixedBytes.Read<T>(bytes);
        return true;
    }

    /// <summary>True when nothing is left to read and nothing went wrong: the last question to ask a list, and the input.</summary>
    public bool TryEnd() => Fault == RlpFault.None && (_rest.IsEmpty || Fail(RlpFault.TrailingBytes));

    private bool TryReadNumber(int largest, out ReadOnlySpan<byte> digits)
    {
        if (!TryReadBytes(out digits))
            return false;
        if (digits.Length > 0 && digits[0] == 0)
            return Fail(RlpFault.LeadingZeros);
        return digits.Length <= largest || Fail(RlpFault.NumberTooLarge);
    }

    /// <summary>Where the next item's content begins and how long it is; both lie inside the input when this returns true.</summary>
    private bool TryReadHeader(out int header, out int length, out bool isList)
    {
        (header, length, isList) = (0, 0, false);
        if (_rest.IsEmpty)
            return Fail(RlpFault.Truncated);
        byte first = _rest[0];
        if (first < 0x80)
        {
            length = 1;
            return true;
        }
        isList = first >= 0xc0;
        int kind = first - (isList ? 0xc0 : 0x80);
        header = 1;
        length = kind;
        if (kind > 55 && !TryReadLongLength(kind - 55, out header, out length))
            return false;
        if (length > _rest.Length - header)
            return Fail(RlpFault.Truncated);
        return isList || length != 1 || _rest[header] >= 0x80 || Fail(RlpFault.PrefixedSingleByte);
    }

    private bool TryReadLongLength(int digits, out int header, out int length)
    {
        header = 1 + digits;
        length = 0;
        if (_rest.Length < header)
            return Fail(RlpFault.Truncated);
        Span<byte> padded = stackalloc byte[8];
        padded.Clear();
        _rest.Slice(1, digits).CopyTo(padded[(8 - digits)..]);
        ulong wide = BinaryPrimitives.ReadUInt64BigEndian(padded);
        if (_rest[1] == 0 || wide < 56)
            return Fail(RlpFault.NonCanonicalLength);
        if (wide > (ulong)(_rest.Length - header))
            return Fail(RlpFault.Truncated);
        length = (int)wide;
        return true;
    }

    /// <summary>Gives up with a fault that the caller found: in an inner list, or in a value. Returns false.</summary>
    public bool Fail(RlpFault fault)
    {
        if (Fault == RlpFault.None)
            Fault = fault;
        _rest = default;
        return false;
    }
}
