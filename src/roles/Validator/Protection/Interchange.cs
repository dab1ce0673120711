using System.Text.Json;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>What a key has signed.</summary>
/// <param name="PublicKey">The key.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="Attestations">Votes.</param>
public sealed record KeyHistory(Bytes48 PublicKey, IReadOnlyList<SignedBlock> Blocks, IReadOnlyList<SignedAttestation> Attestations);

/// <summary>What keys have signed, as one validator client hands it to the next. spec: EIP-3076</summary>
/// <param name="GenesisValidatorsRoot">The chain.</param>
/// <param name="Keys">The keys; the same may come more than once.</param>
public sealed record Interchange(Hash32 GenesisValidatorsRoot, IReadOnlyList<KeyHistory> Keys)
{
    private const string Version = "5";
    private const int MostBytes = 256 << 20;

    /// <summary>Reads a file.</summary>
    public static Invalid<ProtectionRule>? Parse(ReadOnlySpan<byte> json, out Interchange? interchange)
    {
        interchange = null;
        if (json.Length > MostBytes)
            return new(ProtectionRule.InterchangeFormat, $"{json.Length} bytes; {MostBytes} are read at most");
        try
        {
            return FromJson(JsonSerializer.Deserialize(json, InterchangeContext.Default.InterchangeJson), out interchange);
        }
        catch (JsonException e)
        {
            return new(ProtectionRule.InterchangeFormat, e.Message);
        }
    }

    /// <summary>The file.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(
        new InterchangeJson(new(Version, Hex.Encode(GenesisValidatorsRoot.AsSpan())), [.. Keys.Select(ToJson)]), InterchangeContext.Default.InterchangeJson);

    private static KeyHistoryJson ToJson(KeyHistory key) => new(
        Hex.Encode(key.PublicKey.AsSpan()),
        [.. key.Blocks.Select(block => new SignedBlockJson(block.Slot.Value, TextOf(block.SigningRoot)))],
        [.. key.Attestations.Select(vote => new SignedAttestationJson(vote.Source.Value, vote.Target.Value, TextOf(vote.SigningRoot)))]);

    private static Invalid<ProtectionRule>? FromJson(InterchangeJson? json, out Interchange? interchange)
    {
        interchange = null;
        if (json is not { Metadata: { } metadata, Data: { } data })
            return new(ProtectionRule.InterchangeFormat, "metadata or data is missing");
        if (metadata.InterchangeFormatVersion != Version)
            return new(ProtectionRule.InterchangeFormat, $"version {metadata.InterchangeFormatVersion}; this program reads {Version}");
        if (!FixedBytes.TryParse(metadata.GenesisValidatorsRoot, out Hash32 root))
            return new(ProtectionRule.InterchangeFormat, "genesis_validators_root is not 32 bytes in hexadecimal");
        List<KeyHistory> keys = new(data.Length);
        foreach (KeyHistoryJson? entry in data)
        {
            if (entry is not { SignedBlocks: { } blocks, SignedAttestations: { } votes } || !FixedBytes.TryParse(entry.Pubkey, out Bytes48 key))
                return new(ProtectionRule.InterchangeFormat, $"entry {keys.Count}: pubkey, signed_blocks or signed_attestations is missing or malformed");
            if (blocks.Any(block => !IsRoot(block?.SigningRoot)) || votes.Any(vote => !IsRoot(vote?.SigningRoot)) || blocks.Contains(null!) || votes.Contains(null!))
                return new(ProtectionRule.InterchangeFormat, $"{key}: a signing_root is not 32 bytes in hexadecimal, or an entry is empty");
            keys.Add(new KeyHistory(
                key,
                [.. blocks.Select(block => new SignedBlock(new(block.Slot), RootOf(block.SigningRoot)))],
                [.. votes.Select(vote => new SignedAttestation(new(vote.SourceEpoch), new(vote.TargetEpoch), RootOf(vote.SigningRoot)))]));
        }
        interchange = new Interchange(root, keys);
        return null;
    }

    private static bool IsRoot(string? text) => text is null || FixedBytes.TryParse(text, out Hash32 _);

    private static Hash32? RootOf(string? text) => text is null ? null : FixedBytes.Parse<Hash32>(text);

    private static string? TextOf(Hash32? root) => root is { } known ? Hex.Encode(known.AsSpan()) : null;
}
