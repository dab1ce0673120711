using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>Values of Ethereum's JSON-RPC: quantities and bytes in hexadecimal. What makes no sense is the node's fault. spec: execution-apis</summary>
internal static class RpcJson
{
    /// <summary>The node answered, but not what it was asked for.</summary>
    public static NodeException Nonsense(string what, string how) => new(NodeFault.Failed, $"the node's answer makes no sense: {what} {how}");

    /// <summary>A quantity as it is written: no leading zeros.</summary>
    public static JsonNode Quantity(in UInt256 value) => JsonValue.Create(value.ToString());

    /// <summary>Bytes as they are written.</summary>
    public static JsonNode Bytes(ReadOnlySpan<byte> bytes) => JsonValue.Create(Hex.Encode(bytes));

    /// <summary>A member that must be there.</summary>
    public static JsonElement Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member) ? member : throw Nonsense(name, "is missing");

    /// <summary>A member that may be missing or null.</summary>
    public static JsonElement? Find(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;

    /// <summary>A number of up to 256 bits.</summary>
    public static UInt256 ToWide(this JsonElement element)
    {
        const int MostDigits = 64;
        string text = element.ToText();
        Span<byte> word = stackalloc byte[32];
        return text is ['0', 'x', .. { Length: > 0 and <= MostDigits } digits] && Hex.TryDecode(digits.PadLeft(MostDigits, '0'), word)
            ? UInt256.ReadBigEndian(word)
            : throw Nonsense(text, "is no quantity");
    }

    /// <summary>A number of up to 64 bits.</summary>
    public static ulong ToNumber(this JsonElement element) => element.ToWide() is { FitsUInt64: true } number ? number.Low : throw Nonsense(element.ToString(), "is above 64 bits");

    /// <summary>Bytes of a known length.</summary>
    public static T ToFixed<T>(this JsonElement element)
        where T : unmanaged, IFixedBytes<T> =>
        FixedBytes.TryParse(element.ToText(), out T value) ? value : throw Nonsense(element.ToString(), string.Create(CultureInfo.InvariantCulture, $"is no {typeof(T).Name}"));

    /// <summary>Bytes of any length.</summary>
    public static byte[] ToBytes(this JsonElement element) => Hex.TryDecode(element.ToText(), out byte[]? bytes) ? bytes : throw Nonsense("bytes", "are not in hexadecimal");

    /// <summary>A text.</summary>
    public static string ToText(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw Nonsense(element.ToString(), "is no text");

    /// <summary>A truth value.</summary>
    public static bool ToTruth(this JsonElement element) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw Nonsense(element.ToString(), "is neither true nor false");

    /// <summary>The elements of a list.</summary>
    public static IEnumerable<JsonElement> ToList(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw Nonsense(element.ToString(), "is no list");
}
