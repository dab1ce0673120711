using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Validator;

/// <summary>A validator's number on the chain and the present epoch; null when the chain does not know the key.</summary>
public delegate Task<VoluntaryExit?> ExitLookup(Bytes48 key, CancellationToken cancellation);

/// <summary>What the keymanager API does, without HTTP. Safe for any number of threads.</summary>
/// <param name="config">The network.</param>
/// <param name="folder">Where keys lie.</param>
/// <param name="keys">The keys that sign.</param>
/// <param name="protection">What they have signed.</param>
/// <param name="defaults">What holds where nothing is set for a key.</param>
/// <param name="lookup">Finds out what an exit must say.</param>
public sealed class KeymanagerRequests(ConsensusConfig config, ValidatorFolder folder, ValidatorKeys keys, SlashingProtection protection, ValidatorSettings defaults, ExitLookup lookup)
{
    // Unlocking takes memory: one request at a time. And what is set is read, changed and written.
    private readonly Lock _importing = new(), _setting = new();

    internal JsonObject List() => new()
    {
        ["data"] = new JsonArray([.. keys.Signers.OrderBy(signer => signer.PublicKey).Select(signer => new JsonObject
        {
            ["validating_pubkey"] = signer.PublicKey.ToString(), ["derivation_path"] = folder.ReadKeystore(signer.PublicKey).Path, ["readonly"] = false,
        })]),
    };

    /// <exception cref="InvalidDataException">The request is malformed, or its slashing protection is not taken in: then no key is.</exception>
    internal JsonObject Import(JsonElement body)
    {
        string[] keystores = Texts(body, "keystores"), passwords = Texts(body, "passwords");
        if (keystores.Length != passwords.Length)
            throw new InvalidDataException($"{keystores.Length} keystores, {passwords.Length} passwords");
        if (body.TryGetProperty("slashing_protection", out JsonElement history) && history.ValueKind == JsonValueKind.String)
        {
            Invalid<ProtectionRule>? invalid = Interchange.Parse(Encoding.UTF8.GetBytes(history.GetString()!), out Interchange? interchange) ?? protection.Import(interchange!);
            if (invalid is not null)
                throw new InvalidDataException($"slashing_protection: {invalid}");
        }
        lock (_importing)
            return new() { ["data"] = new JsonArray([.. keystores.Zip(passwords, ImportOne)]) };
    }

    /// <exception cref="InvalidDataException">The request is malformed.</exception>
    internal JsonObject Delete(JsonElement body)
    {
        Bytes48[] gone = [.. Texts(body, "pubkeys").Select(Key)];
        JsonArray results = [];
        foreach (Bytes48 key in gone)
            results.Add((JsonNode)DeleteOne(key));
        // After the keys are gone: nothing is signed that is not in here.
        string history = Encoding.UTF8.GetString(protection.Export(gone.Distinct()).ToJson());
        return new() { ["data"] = results, ["slashing_protection"] = history };
    }

    internal JsonObject Read(KeySetting setting, string key)
    {
        Bytes48 known = Known(key);
        return new()
        {
            ["data"] = new JsonObject { ["pubkey"] = known.ToString(), [setting.Field] = setting.Read(folder.ReadSettings(known)) ?? setting.Read(defaults) ?? "" },
        };
    }

    internal JsonObject? Write(KeySetting setting, string key, JsonElement body) => Change(setting, key, setting.ValueIn(body));

    internal JsonObject? Remove(KeySetting setting, string key) => Change(setting, key, value: null);

    internal async Task<JsonObject?> ExitAsync(string key, string? epoch, CancellationToken cancellation)
    {
        Bytes48 known = Known(key);
        VoluntaryExit exit = await lookup(known, cancellation).ConfigureAwait(false) ?? throw new KeyNotFoundException($"the chain knows no validator {known}");
        if (epoch is not null)
        {
            exit = exit with
            {
                Epoch = new(ulong.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out ulong asked) ? asked : throw new InvalidDataException("epoch is no number")),
            };
        }
        ProtectedSigner signer = keys.Find(known) ?? throw new KeyNotFoundException($"{known} is not here");
        Bytes96 signature = signer.Sign(DomainType.VoluntaryExit, config.CapellaForkVersion, exit.HashTreeRoot());
        return new() { ["data"] = JsonNode.Parse(StakingJson.Exit(new SignedVoluntaryExit(exit, signature))) };
    }

    private JsonObject? Change(KeySetting setting, string key, string? value)
    {
        Bytes48 known = Known(key);
        lock (_setting)
            folder.WriteSettings(known, setting.With(folder.ReadSettings(known), value));
        return null;
    }

    private JsonObject ImportOne(string json, string password)
    {
        try
        {
            if (Keystore.Parse(Encoding.UTF8.GetBytes(json), out Keystore? keystore) is { } invalid)
                return Status("error", $"{invalid}");
            using SecretBytes secret = Password.FromText(password);
            return Status(keys.Add(keystore!, secret) == KeyAddition.Imported ? "imported" : "duplicate");
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            return Status("error", e.Message);
        }
    }

    private JsonObject DeleteOne(Bytes48 key)
    {
        try
        {
            return Status(keys.Delete(key) switch { KeyRemoval.Deleted => "deleted", KeyRemoval.NotActive => "not_active", _ => "not_found" });
        }
        catch (IOException e)
        {
            return Status("error", e.Message);
        }
    }

    private Bytes48 Known(string key) => keys.Find(Key(key)) is { } signer ? signer.PublicKey : throw new KeyNotFoundException($"{key} is not here");

    private static JsonObject Status(string status, string message = "") => new() { ["status"] = status, ["message"] = message };

    private static Bytes48 Key(string text) => FixedBytes.TryParse(text, out Bytes48 key) ? key : throw new InvalidDataException("a public key is 48 bytes in hexadecimal");

    private static string[] Texts(JsonElement body, string name)
    {
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(name, out JsonElement list) || list.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{name} is missing or no list");
        return [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw new InvalidDataException($"{name} holds something that is no text"))];
    }
}
