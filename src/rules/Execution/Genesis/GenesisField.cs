using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>Where a genesis description is wrong, and how.</summary>
/// <param name="Path">The field, with dots between the names.</param>
/// <param name="Problem">What is wrong with it.</param>
public readonly record struct GenesisFault(string Path, string Problem)
{
    /// <summary>Both on one line.</summary>
    public override string ToString() => string.IsNullOrEmpty(Path) ? Problem : $"{Path}: {Problem}";
}

/// <summary>Carries a fault from deep inside a description to the front door, and no further.</summary>
internal sealed class GenesisException(GenesisFault fault) : Exception(fault.ToString())
{
    public GenesisFault Fault => fault;
}

/// <summary>A field of a genesis description and the way there. Numbers are JSON numbers, or text in decimal or hexadecimal digits.</summary>
internal readonly record struct GenesisField(string Path, JsonElement Value)
{
    private const int MostDigits = 80; // 2^256 has 78 decimal digits

    public GenesisField this[string name] => Find(name) ?? throw Wrong($"has no \"{name}\"");

    public IEnumerable<GenesisField> Fields
    {
        get
        {
            RequireObject();
            foreach (JsonProperty property in Value.EnumerateObject())
                yield return new GenesisField(Below(property.Name), property.Value);
        }
    }

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The field of this name, or null when there is none.</summary>
    public GenesisField? Find(string name)
    {
        RequireObject();
        return Value.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? new GenesisField(Below(name), found) : null;
    }

    public UInt256 Word()
    {
        string text = Value.ValueKind == JsonValueKind.Number ? Value.GetRawText() : Text();
        return ParseWord(text);
    }

    public UInt256 ParseWord(string text)
    {
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        // The leading zero keeps hexadecimal digits from being read as a negative number.
        if (text.Length > MostDigits) // before the work of reading them
            throw Wrong("has too many digits");
        string digits = isHex ? $"0{text.AsSpan(2)}" : text;
        bool isNumber = BigInteger.TryParse(digits, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger number);
        return isNumber && number.GetBitLength() <= 256 ? (UInt256)number : throw Wrong($"\"{text}\" is no number below 2^256");
    }

    public ulong UInt64() => Word() is { FitsUInt64: true } word ? word.Low : throw Wrong("is no number below 2^64");

    public int Count() => Word() is { FitsUInt64: true, Low: <= int.MaxValue } word ? (int)word.Low : throw Wrong("is no number below 2^31");

    public byte[] Bytes()
    {
        string text = Text();
        ReadOnlySpan<char> digits = text.AsSpan(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 2 : 0);
        byte[] bytes = new byte[digits.Length / 2];
        return Hex.TryDecode(digits, bytes) ? bytes : throw Wrong("is no hexadecimal text");
    }

    public T Fixed<T>()
        where T : unmanaged, IFixedBytes<T> => ParseFixed<T>(Text());

    public T ParseFixed<T>(string text)
        where T : unmanaged, IFixedBytes<T> =>
        FixedBytes.TryParse(text, out T value) ? value : throw Wrong($"\"{text}\" is not the hexadecimal text of {T.Size} bytes");

    public GenesisException Wrong(string problem) => new(new GenesisFault(Path, problem));

    private string Text() => Value.ValueKind == JsonValueKind.String ? Value.GetString()! : throw Wrong("is no text");

    private void RequireObject()
    {
        if (Value.ValueKind != JsonValueKind.Object)
            throw Wrong("is no object");
    }

    private string Below(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
