using System.Globalization;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>Numbers and bytes as the Beacon API writes them: text, in decimal and in hexadecimal digits.</summary>
internal static class JsonValues
{
    public static void WriteDecimal(this Utf8JsonWriter writer, string name, ulong value) => writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));

    public static void WriteDecimalValue(this Utf8JsonWriter writer, ulong value) => writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));

    public static void WriteHex(this Utf8JsonWriter writer, string name, ReadOnlySpan<byte> value) => writer.WriteString(name, Hex.Encode(value));

    public static void WriteContainer<T>(this Utf8JsonWriter writer, string name, T value, ISszPreset? preset = null)
        where T : ISszContainer<T>
    {
        writer.WritePropertyName(name);
        value.WriteJson(preset, writer);
    }

    /// <summary>An object whose members an action writes.</summary>
    public static Action<Utf8JsonWriter> Object(Action<Utf8JsonWriter> members) => writer =>
    {
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
    };

    /// <summary>An array of objects.</summary>
    public static Action<Utf8JsonWriter> Array<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> members) => writer =>
    {
        writer.WriteStartArray();
        foreach (T item in items)
        {
            writer.WriteStartObject();
            members(writer, item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    };

    /// <summary>An array of numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter writer, string name, IEnumerable<ulong> numbers)
    {
        writer.WriteStartArray(name);
        foreach (ulong number in numbers)
            writer.WriteDecimalValue(number);
        writer.WriteEndArray();
    }
}
