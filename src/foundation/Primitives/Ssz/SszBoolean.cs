using System.Text.Json;

namespace Flashback.Primitives;

/// <summary>boolean: a byte that is 0 or 1. spec: cs/ssz/simple-serialize#boolean</summary>
public readonly struct SszBoolean : ISszCodec<bool>
{
    /// <inheritdoc/>
    public static bool IsBasic => true;

    /// <inheritdoc/>
    public static bool IsPlain => false;

    /// <inheritdoc/>
    public bool IsFixedSize => true;

    /// <inheritdoc/>
    public int FixedLength => 1;

    /// <inheritdoc/>
    public SszShape Shape => new SszShape.Basic(1);

    /// <inheritdoc/>
    public int LengthOf(in bool value) => 1;

    /// <inheritdoc/>
    public int Write(in bool value, Span<byte> output)
    {
        output[0] = value ? (byte)1 : (byte)0;
        return 1;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> input, out bool value, out SszFault fault)
    {
        fault = SszPlain.HasLength(input, 1);
        value = false;
        if (fault.Rule != SszRule.None)
            return false;
        if (input[0] > 1)
            fault = new SszFault(SszRule.BooleanNotZeroOrOne);
        value = input[0] == 1;
        return fault.Rule == SszRule.None;
    }

    /// <inheritdoc/>
    public Hash32 RootOf(in bool value) => default(SszNumber<byte>).RootOf(value ? (byte)1 : (byte)0);

    /// <inheritdoc/>
    public void WriteRoots(ReadOnlySpan<bool> values, Span<byte> roots) => SszPlain.WriteRootsOneByOne(this, values, roots);

    /// <inheritdoc/>
    public Hash32 NodeAt(in bool value, ulong index) => SszPlain.NodeAt([value ? (byte)1 : (byte)0], 0, index);

    /// <inheritdoc/>
    public void WriteJson(in bool value, Utf8JsonWriter writer) => writer.WriteBooleanValue(value);

    /// <inheritdoc/>
    public bool TryReadJson(ref Utf8JsonReader reader, out bool value, out SszFault fault)
    {
        value = reader.TokenType == JsonTokenType.True;
        fault = reader.TokenType is JsonTokenType.True or JsonTokenType.False ? default : new SszFault(SszRule.WrongJsonType);
        return fault.Rule == SszRule.None;
    }
}
