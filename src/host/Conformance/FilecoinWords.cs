using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Values as the file of golden values writes them: nodes as 64 hexadecimal digits, sectors' kinds by number.</summary>
internal static class FilecoinWords
{
    public static Hash32 Hash(JsonElement text) => FixedBytes.Parse<Hash32>(text.GetString());

    public static byte[] Bytes(JsonElement text) => Convert.FromHexString(text.GetString()!);

    public static string Text(in Hash32 node) => Hex.Encode(node.AsSpan())[2..];

    public static string Text(ReadOnlySpan<byte> bytes) => Hex.Encode(bytes)[2..];

    /// <summary>A node as the decimal integer that a public input is.</summary>
    public static string Decimal(in Hash32 node) => new BigInteger(node.AsSpan(), isUnsigned: true).ToString(CultureInfo.InvariantCulture);

    public static long[] Longs(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetInt64())];

    public static string List(IEnumerable<long> numbers) => string.Join(',', numbers);

    public static Hash32 Repeated(byte value) => Hash32.Read([.. Enumerable.Repeat(value, 32)]);
}
