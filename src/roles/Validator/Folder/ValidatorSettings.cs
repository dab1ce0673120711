using System.Text.Json.Serialization;

namespace Flashback.Validator;

/// <summary>What is set for one key in place of the program's defaults; null where the default holds.</summary>
public sealed record ValidatorSettings
{
    /// <summary>Who gets the fees of its blocks: an address in hexadecimal.</summary>
    public string? FeeRecipient { get; init; }

    /// <summary>The gas limit that its blocks move toward.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>What its blocks say, up to 32 bytes in UTF-8.</summary>
    public string? Graffiti { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(ValidatorSettings))]
internal sealed partial class ValidatorSettingsContext : JsonSerializerContext;
