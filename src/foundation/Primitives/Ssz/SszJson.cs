using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Numbers and byte strings as the JSON mapping writes them. spec: cs/ssz/simple-serialize#json-mapping</summary>
/// <remarks>
/// Numbers are text in decimal digits without zeros in front; bytes are text in hexadecimal digits, two each, after 0x. None of these characters
/// needs an escape, so text with one is refused: what stands in the input is looked at where it lies.
/// </remarks>
internal static class SszJson
{
    private const int MostDigits = 78; // of 2^256 - 1

    private const int DigitsPerWord = 19; // 10^19 fits 64 bits

    private const ulong WordScale = 10_000_000_000_000_000_000; // 10^19

    /// <summary>Bytes that are turned into digits at once.</summary>
    private const int HexBatch = 240;

    private static ReadOnlySpan<byte> Largest => "115792089237316195423570985008687907853269984665640564039457584007913129639935"u8;

    public static void WriteNumber<T>(in T value, Utf8JsonWriter writer)
        where T : unmanaged
    {
        UInt256 number = default;
        Unsafe.As<UInt256, T>(ref number) = value; // the least significant byte is first, so what is behind is zero
        Span<byte> text = stackalloc byte[MostDigits];
        int length = 0;
        if (number.FitsUInt64)
            number.Low.TryFormat(text, out length, default, CultureInfo.InvariantCulture);
        else
            length = PutWords(number, text);
        writer.WriteStringValue(text[..length]);
    }

    public static bool TryReadNumber<T>(ref Utf8JsonReader reader, out T value, out SszFault fault)
        where T : unmanaged
    {
        value = default;
        if (!TryText(ref reader, out ReadOnlySpan<byte> digits, out fault))
            return false;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9') || (digits[0] == '0' && digits.Length > 1))
            return SszSequence.Fail(SszRule.NotDecimal, out fault);
        if (digits.Length > MostDigits || (digits.Length == MostDigits && digits.SequenceCompareTo(Largest) > 0))
            return SszSequence.Fail(SszRule.NumberTooLarge, out fault);
        UInt256 number = NumberOf(digits);
        if (number.BitLength > 8 * Unsafe.SizeOf<T>())
            return SszSequence.Fail(SszRule.NumberTooLarge, out fault);
        value = Unsafe.As<UInt256, T>(ref number);
        return true;
    }

    public static void WriteHex(ReadOnlySpan<byte> bytes, Utf8JsonWriter writer)
    {
        Span<byte> text = stackalloc byte[2 + (2 * HexBatch)];
        "0x"u8.CopyTo(text);
        if (bytes.Length <= HexBatch)
        {
            PutHex(bytes, text[2..]);
            writer.WriteStringValue(text[..(2 + (2 * bytes.Length))]);
            return;
        }
        writer.WriteStringValueSegment(text[..2], isFinalSegment: false);
        for (; bytes.Length > HexBatch; bytes = bytes[HexBatch..])
        {
            PutHex(bytes[..HexBatch], text);
            writer.WriteStringValueSegment(text[..(2 * HexBatch)], isFinalSegment: false);
        }
        PutHex(bytes, text);
        writer.WriteStringValueSegment(text[..(2 * bytes.Length)], isFinalSegment: true);
    }

    /// <summary>Reads bytes that fill the destination exactly.</summary>
    public static bool TryReadHex(ref Utf8JsonReader reader, scoped Span<byte> destination, out SszFault fault)
    {
        if (!TryHexDigits(ref reader, out ReadOnlySpan<byte> digits, out fault))
            return false;
        fault = digits.Length == 2L * destination.Length ? default : new SszFault(digits.Length < 2L * destination.Length ? SszRule.Truncated : SszRule.TrailingBytes, "");
        return fault.Rule == SszRule.None && IsHex(digits, destination, out fault);
    }

    /// <summary>Reads as many bytes as the bound allows.</summary>
    public static bool TryReadHex(ref Utf8JsonReader reader, SszBound bound, out byte[] bytes, out SszFault fault)
    {
        bytes = [];
        if (!TryHexDigits(ref reader, out ReadOnlySpan<byte> digits, out fault))
            return false;
        if (!bound.Allows(digits.Length / 2))
            return SszSequence.Fail(bound.IsVector ? SszRule.WrongCount : SszRule.AboveLimit, out fault);
        bytes = GC.AllocateUninitializedArray<byte>(digits.Length / 2);
        return IsHex(digits, bytes, out fault);
    }

    private static UInt256 NumberOf(ReadOnlySpan<byte> digits)
    {
        UInt256 number = default;
        while (!digits.IsEmpty)
        {
            ReadOnlySpan<byte> part = digits[..Math.Min(DigitsPerWord, digits.Length)];
            (ulong word, ulong scale) = (0, 1);
            foreach (byte digit in part)
                (word, scale) = ((10 * word) + (ulong)(digit - '0'), 10 * scale);
            number = (number * new UInt256(scale)) + new UInt256(word);
            digits = digits[part.Length..];
        }
        return number;
    }

    /// <summary>Writes a number of more than 64 bits: 19 digits at a time, the last first, then all moved to the front.</summary>
    private static int PutWords(UInt256 number, Span<byte> text)
    {
        int start = text.Length;
        for (UInt256 scale = new(WordScale); !number.FitsUInt64; number = UInt256.Divide(number, scale))
        {
            start -= DigitsPerWord;
            UInt256.Modulo(number, scale).Low.TryFormat(text[start..], out _, "D19", CultureInfo.InvariantCulture);
        }
        Span<byte> first = stackalloc byte[DigitsPerWord + 1]; // 2^64 has a digit more
        number.Low.TryFormat(first, out int length, default, CultureInfo.InvariantCulture);
        Span<byte> rest = text[start..];
        rest.CopyTo(text[length..]);
        first[..length].CopyTo(text);
        return length + rest.Length;
    }

    private static void PutHex(ReadOnlySpan<byte> bytes, Span<byte> text) => Convert.TryToHexStringLower(bytes, text, out _);

    private static bool IsHex(ReadOnlySpan<byte> digits, Span<byte> destination, out SszFault fault)
    {
        fault = Convert.FromHexString(digits, destination, out _, out int written) == OperationStatus.Done && written == destination.Length ? default : new SszFault(SszRule.NotHex, "");
        return fault.Rule == SszRule.None;
    }

    /// <summary>The digits behind 0x, an even number of characters.</summary>
    private static bool TryHexDigits(ref Utf8JsonReader reader, out ReadOnlySpan<byte> digits, out SszFault fault)
    {
        if (!TryText(ref reader, out digits, out fault))
            return false;
        if (digits.Length % 2 != 0 || !digits.StartsWith("0x"u8))
            return SszSequence.Fail(SszRule.NotHex, out fault);
        digits = digits[2..];
        return true;
    }

    /// <summary>The text of a string without escapes; one with an escape comes out with its backslash.</summary>
    private static bool TryText(ref Utf8JsonReader reader, out ReadOnlySpan<byte> text, out SszFault fault)
    {
        bool isText = reader.TokenType == JsonTokenType.String;
        text = !isText ? default : reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        fault = isText ? default : new SszFault(SszRule.WrongJsonType, "");
        return isText;
    }
}
