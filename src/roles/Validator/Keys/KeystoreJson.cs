using System.Text.Json.Serialization;

namespace Flashback.Validator;

/// <summary>A keystore as it is written. spec: EIP-2335, JSON schema</summary>
internal sealed record KeystoreJson(KeystoreCrypto? Crypto, string? Description, string? Pubkey, string? Path, string? Uuid, int Version);

/// <summary>What hides the secret.</summary>
internal sealed record KeystoreCrypto(KeystoreModule? Kdf, KeystoreModule? Checksum, KeystoreModule? Cipher);

/// <summary>One step of three.</summary>
internal sealed record KeystoreModule(string? Function, KeystoreParameters? Params, string? Message);

/// <summary>The parameters of all functions; each uses its own.</summary>
internal sealed record KeystoreParameters
{
    public int? Dklen { get; init; }

    public long? N { get; init; }

    public long? R { get; init; }

    public long? P { get; init; }

    public long? C { get; init; }

    public string? Prf { get; init; }

    public string? Salt { get; init; }

    public string? Iv { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true, MaxDepth = 8)]
[JsonSerializable(typeof(KeystoreJson))]
internal sealed partial class KeystoreContext : JsonSerializerContext;
