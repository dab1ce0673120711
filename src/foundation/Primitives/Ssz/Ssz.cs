using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>Simple Serialize of values whose type is no container: a codec is put together and asked. spec: cs/ssz/simple-serialize</summary>
/// <remarks>Containers have the same as members of their own: <c>Checkpoint.TryDecode(bytes, out …)</c>, <c>checkpoint.HashTreeRoot()</c>.</remarks>
public static class Ssz
{
    /// <summary>A value's encoding.</summary>
    /// <exception cref="ArgumentException">The value is none of its type: a collection is longer than its limit, or has another length than its vector.</exception>
    public static byte[] Encode<T, TCodec>(in TCodec codec, in T value)
        where TCodec : struct, ISszCodec<T>
    {
        byte[] output = GC.AllocateUninitializedArray<byte>(codec.LengthOf(in value));
        codec.Write(in value, output);
        return output;
    }

    /// <summary>A value as JSON in UTF-8. spec: cs/ssz/simple-serialize#json-mapping</summary>
    /// <exception cref="ArgumentException">The value is none of its type.</exception>
    public static byte[] ToJson<T, TCodec>(in TCodec codec, in T value)
        where TCodec : struct, ISszCodec<T>
    {
        ArrayBufferWriter<byte> output = new();
        using Utf8JsonWriter writer = new(output);
        codec.WriteJson(in value, writer);
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a value from all of a text, which is JSON in UTF-8 from outside.</summary>
    public static bool TryParseJson<T, TCodec>(in TCodec codec, ReadOnlySpan<byte> utf8, [MaybeNullWhen(false)] out T value, out SszFault fault)
        where TCodec : struct, ISszCodec<T>
    {
        Utf8JsonReader reader = new(utf8);
        if (!TryReadJson(in codec, ref reader, out value, out fault))
            return false;
        try
        {
            if (!reader.Read())
                return true;
        }
        catch (JsonException)
        {
            // The reader refuses anything but white space after a value.
        }
        value = default;
        fault = new SszFault(SszRule.TrailingBytes, "");
        return false;
    }

    /// <summary>Reads the next value of a JSON text from outside: a part of a larger message.</summary>
    /// <param name="codec">The codec.</param>
    /// <param name="reader">Before the value, or at its first token; afterwards at its last.</param>
    /// <param name="value">The value.</param>
    /// <param name="fault">What is wrong.</param>
    public static bool TryReadJson<T, TCodec>(in TCodec codec, ref Utf8JsonReader reader, [MaybeNullWhen(false)] out T value, out SszFault fault)
        where TCodec : struct, ISszCodec<T>
    {
        try
        {
            bool isBefore = reader.TokenType is JsonTokenType.None or JsonTokenType.PropertyName;
            if (!isBefore || reader.Read())
                return codec.TryReadJson(ref reader, out value, out fault);
            fault = new SszFault(SszRule.NotJson, "");
        }
        catch (JsonException e)
        {
            fault = new SszFault(SszRule.NotJson, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        value = default;
        return false;
    }
}
