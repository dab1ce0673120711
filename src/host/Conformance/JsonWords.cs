using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Numbers and bytes as the execution layer's vectors write them: hexadecimal text, numbers with or without leading zeros.</summary>
internal static class JsonWords
{
    public static UInt256 Word(JsonElement text) => Word(text.GetString()!);

    public static UInt256 Word(string text)
    {
        ReadOnlySpan<char> digits = text.AsSpan(text.StartsWith("0x", StringComparison.Ordinal) ? 2 : 0);
        return UInt256.ReadBigEndian(digits.Length % 2 == 0 ? Hex.Decode(digits) : Hex.Decode($"0{digits}"));
    }

    public static ulong UInt64(JsonElement text) =>
        Word(text) is { FitsUInt64: true } word ? word.Low : throw new FormatException($"{text} is no number below 2^64");

    public static byte[] Bytes(JsonElement text) => Hex.Decode(text.GetString());
}
