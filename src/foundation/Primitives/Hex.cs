using System.Diagnostics.CodeAnalysis;

namespace Flashback.Primitives;

/// <summary>Hexadecimal text of byte strings, with the "0x" prefix that Ethereum's interfaces use.</summary>
public static class Hex
{
    /// <summary>Lower-case text of <paramref name="bytes"/> with the prefix "0x".</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <summary>Reads an even number of hexadecimal digits of either case, with or without the prefix "0x".</summary>
    /// <returns>False when a character is no hexadecimal digit or their number is odd.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        ReadOnlySpan<char> digits = WithoutPrefix(text);
        bytes = null;
        if (digits.Length % 2 != 0)
            return false;
        byte[] decoded = new byte[digits.Length / 2];
        if (!TryDecodeInto(digits, decoded))
            return false;
        bytes = decoded;
        return true;
    }

    /// <summary>As <see cref="TryDecode(ReadOnlySpan{char}, out byte[])"/>, into a buffer that the text must fill exactly.</summary>
    /// <returns>False when a character is no hexadecimal digit or the text holds more or fewer bytes than <paramref name="destination"/>.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        ReadOnlySpan<char> digits = WithoutPrefix(text);
        return digits.Length == destination.Length * 2L && TryDecodeInto(digits, destination);
    }

    /// <summary>The bytes of a text known to be hexadecimal: constants in code, and files already checked.</summary>
    /// <exception cref="FormatException">The text is not hexadecimal.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out byte[]? bytes) ? bytes : throw new FormatException("not a hexadecimal text with an even number of digits");

    private static bool TryDecodeInto(ReadOnlySpan<char> digits, Span<byte> destination) =>
        Convert.FromHexString(digits, destination, out _, out int written) == System.Buffers.OperationStatus.Done && written == destination.Length;

    private static ReadOnlySpan<char> WithoutPrefix(ReadOnlySpan<char> text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
}
