using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Node;

/// <summary>What a devnet tells to programs: endpoints and keys, in a file that its owner alone reads.</summary>
/// <remarks>
/// <code>
/// { "network": "…/network.json", "chainId": 31337, "mnemonic": "…", "accounts": [{ "address", "privateKey" }], "contracts": { "providers", "sectors", "market" },
///   "nodes": [{ "name", "rpc", "beacon" }],
///   "providers": [{ "id", "operator", "endpoint", "data", "process" }],
///   "gateway": { "http", "s3", "tokenFile", "accessKey", "secretKey", "wallet", "data", "process" } }
/// </code>
/// Providers and gateway stand in it once they answer.
/// </remarks>
internal static class DevFile
{
    /// <summary>Its name where nothing else is said.</summary>
    public const string DefaultName = "dev.json";

    private const long LongestFile = 1 << 20;

    /// <summary>What there is without storage.</summary>
    public static JsonObject Describe(Devnet devnet, int accounts) => new()
    {
        ["network"] = devnet.NetworkPath,
        ["chainId"] = Devnet.ChainId,
        ["mnemonic"] = LocalNetwork.KnownMnemonic,
        ["accounts"] = new JsonArray([.. LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, accounts).Select(key => (JsonNode)new JsonObject { ["address"] = key.PublicKey.ToAddress().ToString(), ["privateKey"] = TextOf(key) })]),
        ["contracts"] = new JsonObject { ["providers"] = StorageContracts.Providers.ToString(), ["sectors"] = StorageContracts.Sectors.ToString(), ["market"] = StorageContracts.Market.ToString() },
        ["nodes"] = new JsonArray([.. devnet.Nodes.Select(node => (JsonNode)new JsonObject { ["name"] = node.Name, ["rpc"] = node.Address.ToString(), ["beacon"] = node.BeaconAddress?.ToString() })]),
    };

    /// <summary>Writes the file, whole or not at all.</summary>
    /// <returns>What was written.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public static JsonObject Write(string path, JsonObject described)
    {
        SecretFile.Write(path, LocalNetwork.ToBytes(described));
        return described;
    }

    /// <summary>Where the devnet's gateway answers plain HTTP, and the file with its token; null where the file is not there or names none.</summary>
    /// <exception cref="InvalidDataException">The file is none of a devnet's.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (Uri Gateway, string TokenFile)? FindGateway(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: < LongestFile })
            return null;
        try
        {
            JsonNode? gateway = JsonNode.Parse(File.ReadAllBytes(path))?["gateway"];
            return gateway is null ? null
                : Uri.TryCreate(gateway["http"]?.GetValue<string>(), UriKind.Absolute, out Uri? address) && gateway["tokenFile"]?.GetValue<string>() is { } token ? (address, token)
                : throw new InvalidDataException($"{path} names a gateway, and not where it answers");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is no devnet's: {fault.Message}", fault);
        }
    }

    private static string TextOf(Secp256k1SecretKey key)
    {
        Span<byte> bytes = stackalloc byte[Secp256k1SecretKey.Size];
        key.Encode(bytes);
        return Hex.Encode(bytes);
    }
}
