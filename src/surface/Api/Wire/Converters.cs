using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>Hexadecimal as the Ethereum JSON-RPC has it: quantities without leading zeros, bytes in full. spec: execution-apis, EIP-1474</summary>
internal static class WireHex
{
    /// <summary>Reads a quantity: "0x", then digits of which the first is not 0 unless it is the only one.</summary>
    public static UInt256 ReadQuantity(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("cannot unmarshal non-string as a quantity");
        return ParseQuantity(reader.GetString()!);
    }

    public static UInt256 ParseQuantity(string text)
    {
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            throw new JsonException("hex string without 0x prefix");
        if (text.Length == 2)
            throw new JsonException("hex string \"0x\"");
        if (text.Length > 2 + 64)
            throw new JsonException("hex number > 256 bits");
        if (text.Length > 3 && text[2] == '0')
            throw new JsonException("hex number with leading zero digits");
        byte[] word = new byte[32];
        string digits = text[2..].PadLeft(64, '0');
        return Hex.TryDecode(digits, word) ? UInt256.ReadBigEndian(word) : throw new JsonException("invalid hex string");
    }

    public static ulong ToUInt64(UInt256 value) => value.FitsUInt64 ? value.Low : throw new JsonException("hex number > 64 bits");

    public static byte[] ReadBytes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException("cannot unmarshal non-string as bytes");
        return ParseBytes(reader.GetString()!);
    }

    public static byte[] ParseBytes(string text)
    {
        if (!text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            throw new JsonException("hex string without 0x prefix");
        if (text.Length % 2 != 0)
            throw new JsonException("hex string of odd length");
        byte[] bytes = new byte[text.Length / 2 - 1];
        return Hex.TryDecode(text.AsSpan(2), bytes) ? bytes : throw new JsonException("invalid hex string");
    }

    public static T ParseFixed<T>(string text)
        where T : unmanaged, IFixedBytes<T>
    {
        byte[] bytes = ParseBytes(text);
        int length = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();
        return bytes.Length == length ? FixedBytes.Read<T>(bytes) : throw new JsonException($"hex string has length {2 * bytes.Length}, want {2 * length} for {typeof(T).Name}");
    }

    public static string Quantity(ulong value) => "0x" + value.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}

internal sealed class UInt256Converter : JsonConverter<UInt256>
{
    public override UInt256 Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ReadQuantity(ref reader);

    public override void Write(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override UInt256 ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ParseQuantity(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, UInt256 value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString());
}

internal sealed class QuantityConverter : JsonConverter<ulong>
{
    public override ulong Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ToUInt64(WireHex.ReadQuantity(ref reader));

    public override void Write(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) => writer.WriteStringValue(WireHex.Quantity(value));

    public override void WriteAsPropertyName(Utf8JsonWriter writer, ulong value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString(System.Globalization.CultureInfo.InvariantCulture)); // txpool_content keys nonces in decimal

    public override ulong ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        ulong.TryParse(reader.GetString(), out ulong value) ? value : throw new JsonException("no number");
}

internal sealed class BytesConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ReadBytes(ref reader);

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) => writer.WriteStringValue(Hex.Encode(value.Span));
}

internal sealed class ByteArrayConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ReadBytes(ref reader);

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) => writer.WriteStringValue(Hex.Encode(value));
}

/// <summary>A value of so many bytes: hash, address, bloom.</summary>
internal class FixedConverter<T> : JsonConverter<T>
    where T : unmanaged, IFixedBytes<T>
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? WireHex.ParseFixed<T>(reader.GetString()!) : throw new JsonException($"cannot unmarshal non-string as {typeof(T).Name}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => WireHex.ParseFixed<T>(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.ToString()!);
}

internal sealed class Hash32Converter : FixedConverter<Hash32>;

internal sealed class AddressConverter : FixedConverter<Address>;

internal sealed class LogBloomConverter : FixedConverter<Execution.LogBloom>;
