using System.Text.Json.Serialization;

namespace Flashback.Validator;

/// <summary>An interchange as it is written. spec: EIP-3076, JSON schema</summary>
internal sealed record InterchangeJson(InterchangeMetadata? Metadata, KeyHistoryJson[]? Data);

internal sealed record InterchangeMetadata(string? InterchangeFormatVersion, string? GenesisValidatorsRoot);

internal sealed record KeyHistoryJson(string? Pubkey, SignedBlockJson[]? SignedBlocks, SignedAttestationJson[]? SignedAttestations);

internal sealed record SignedBlockJson([property: JsonRequired] ulong Slot, string? SigningRoot);

internal sealed record SignedAttestationJson([property: JsonRequired] ulong SourceEpoch, [property: JsonRequired] ulong TargetEpoch, string? SigningRoot);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, MaxDepth = 8,
    NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.WriteAsString)]
[JsonSerializable(typeof(InterchangeJson))]
internal sealed partial class InterchangeContext : JsonSerializerContext;
