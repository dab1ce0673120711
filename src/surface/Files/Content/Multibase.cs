using System.Numerics;
using System.Text;

namespace Flashback.Files.Content;

/// <summary>Bytes as text in the two alphabets that content identifiers are written in. spec: multiformats/multibase</summary>
internal static class Multibase
{
    private const string Base32Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const string Base58Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>RFC 4648's base 32 in lower case, without padding (prefix <c>b</c>).</summary>
    public static string ToBase32(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new((bytes.Length * 8 + 4) / 5);
        int buffered = 0, bits = 0;
        foreach (byte b in bytes)
        {
            buffered = ((buffered << 8) | b) & 0xfff;
            for (bits += 8; bits >= 5; bits -= 5)
                text.Append(Base32Alphabet[(buffered >> (bits - 5)) & 31]);
        }
        return bits == 0 ? text.ToString() : text.Append(Base32Alphabet[(buffered << (5 - bits)) & 31]).ToString();
    }

    /// <summary>The bytes of a text in base 32; null for letters of no alphabet and for bits left over.</summary>
    public static byte[]? FromBase32(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[text.Length * 5 / 8];
        int buffered = 0, bits = 0, written = 0;
        foreach (char c in text)
        {
            int digit = Base32Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            buffered = ((buffered << 5) | digit) & 0xfff;
            bits += 5;
            if (bits < 8)
                continue;
            bits -= 8;
            bytes[written++] = (byte)(buffered >> bits);
        }
        return bits < 5 && (buffered & ((1 << bits) - 1)) == 0 ? bytes : null;
    }

    /// <summary>Bitcoin's base 58 (prefix <c>z</c>; none in identifiers of version 0).</summary>
    public static string ToBase58(ReadOnlySpan<byte> bytes)
    {
        BigInteger number = new(bytes, isUnsigned: true, isBigEndian: true);
        StringBuilder text = new();
        for (; number > 0; number /= 58)
            text.Insert(0, Base58Alphabet[(int)(number % 58)]);
        int zeros = bytes.IndexOfAnyExcept((byte)0);
        return text.Insert(0, "1", zeros < 0 ? bytes.Length : zeros).ToString();
    }

    /// <summary>The bytes of a text in base 58; null for letters of no alphabet.</summary>
    public static byte[]? FromBase58(ReadOnlySpan<char> text)
    {
        BigInteger number = 0;
        foreach (char c in text)
        {
            int digit = Base58Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            number = number * 58 + digit;
        }
        int zeros = text.IndexOfAnyExcept('1');
        byte[] leading = new byte[zeros < 0 ? text.Length : zeros];
        return number.IsZero ? leading : [.. leading, .. number.ToByteArray(isUnsigned: true, isBigEndian: true)];
    }
}
