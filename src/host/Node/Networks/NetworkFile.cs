using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography.Groth16;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Node;

/// <summary>A network as one file: the rules of consensus, those of execution with the first state, and the first validators. spec: ours#1</summary>
/// <remarks>
/// <code>
/// {
///   "name": "devnet",
///   "base": "devnet",                                    a network that is known, and what is different in this one:
///   "config": { "SECONDS_PER_SLOT": "2", … },
///   "genesis": { "time": 1700000000, "entropy": "0x…", "validators": [ { "pubkey", "withdrawal_credentials", "balance" }, … ] },
///   "execution": { go-ethereum's genesis.json },
///   "spacetime": { "PROVING_PERIOD": "7200", … },        what is decided about storage duties; without it there are none
///   "verifying_keys_from": "a ceremony of …",            what storage proofs are verified with, and where it came from
///   "verifying_keys": { "seal-32GiB": "0x…", … }         each as bellperson writes it
/// }
/// </code>
/// Without "genesis" it is a parameter file, which <c>flashback genesis</c> makes a network of.
/// </remarks>
internal static class NetworkFile
{
    // Of two values of one name nobody could say which one holds.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private static readonly ConsensusConfig[] Known = [ConsensusConfig.Flashback, ConsensusConfig.Devnet, ConsensusConfig.Dev, ConsensusConfig.Mainnet, ConsensusConfig.Minimal];

    /// <summary>Reads a network.</summary>
    /// <exception cref="InvalidDataException">The file is none; the message says where.</exception>
    public static NetworkGenesis Read(ReadOnlyMemory<byte> json)
    {
        JsonObject file = Parse(json);
        JsonObject genesis = ObjectAt(file, "genesis");
        GenesisValidator[] validators = [.. ArrayAt(genesis, "validators").Select(ReadValidator)];
        ConsensusConfig config = ReadConfig(file);
        ulong time = NumberAt(genesis, "time");
        NetworkGenesis network = new(config, ReadExecution(file), time, BytesAt<Hash32>(genesis, "entropy"), validators)
        {
            VerifyingKeys = VerifyingKeySection.Read(file),
            Spacetime = SpacetimeSection.Read(file, config, time),
        };
        RequireStorage(network);
        return network;
    }

    /// <summary>Reads a network out of a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is none; the message says where.</exception>
    public static NetworkGenesis Read(string path)
    {
        try
        {
            return Read(File.ReadAllBytes(path));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>The verifying keys alone out of a file, which may be a parameter file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is none; the message says where.</exception>
    public static IReadOnlyDictionary<StorageCircuit, VerifyingKey> ReadVerifyingKeys(string path)
    {
        try
        {
            return VerifyingKeySection.Read(Parse(File.ReadAllBytes(path)));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{path}: {fault.Message}", fault);
        }
    }

    /// <summary>Reads a file as JSON, with or without a genesis.</summary>
    public static JsonObject Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonNode.Parse(json.Span, documentOptions: Strict) as JsonObject ?? throw new InvalidDataException("a network file is an object");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"no JSON: {broken.Message}", broken);
        }
    }

    /// <summary>The network's rules of consensus.</summary>
    public static ConsensusConfig ReadConfig(JsonObject file)
    {
        string name = TextAt(file, "base");
        ConsensusConfig config = Known.FirstOrDefault(known => known.Name == name) ?? throw new InvalidDataException($"base: {name} is none of {string.Join(", ", Known.Select(known => known.Name))}");
        foreach ((string key, JsonNode? value) in file.ContainsKey("config") ? ObjectAt(file, "config") : [])
            config = ConfigKeys.Set(config, key, value?.ToString() ?? "");
        if (SpacetimeSection.IsIn(file))
            config = config.WithSpacetime();
        return config with { Name = TextAt(file, "name") };
    }

    /// <summary>A validator as it is written.</summary>
    public static JsonObject Write(in GenesisValidator validator) => new()
    {
        ["pubkey"] = validator.PublicKey.ToString(),
        ["withdrawal_credentials"] = validator.WithdrawalCredentials.ToString(),
        ["balance"] = validator.Balance.Value.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads a validator: as written here, or a deposit as staking tools write it, whose amount is its balance.</summary>
    public static GenesisValidator ReadValidator(JsonNode? node)
    {
        JsonObject validator = node as JsonObject ?? throw new InvalidDataException("a validator is an object");
        return new GenesisValidator(
            BytesAt<Bytes48>(validator, "pubkey"), BytesAt<Hash32>(validator, "withdrawal_credentials"), new Gwei(NumberAt(validator, validator.ContainsKey("balance") ? "balance" : "amount")));
    }

    /// <summary>A network with storage has the contracts that the protocol calls, and a key for each circuit.</summary>
    private static void RequireStorage(NetworkGenesis network)
    {
        if (network.Spacetime is not { } parameters)
            return;
        foreach (Address contract in (Address[])[GenesisContracts.Randomness, GenesisContracts.Providers, GenesisContracts.Sectors])
        {
            if (!network.Execution.Accounts.Any(account => account.Address == contract && !account.Code.IsEmpty))
                throw new InvalidDataException($"execution: there is no contract at {contract}, which spacetime asks for");
        }
        foreach (StorageCircuit circuit in ClaimVerifier.CircuitsOf(parameters.Seal))
        {
            if (!network.VerifyingKeys.ContainsKey(circuit))
                throw new InvalidDataException($"verifying_keys: {circuit} is missing, which spacetime asks for");
        }
    }

    private static Genesis ReadExecution(JsonObject file)
    {
        byte[] execution = JsonSerializer.SerializeToUtf8Bytes(ObjectAt(file, "execution"), NetworkJson.Default.JsonObject);
        return Genesis.TryParse(execution, out Genesis? genesis, out GenesisFault fault) ? genesis! : throw new InvalidDataException($"execution: {fault}");
    }

    private static JsonObject ObjectAt(JsonObject parent, string name) => parent[name] as JsonObject ?? throw new InvalidDataException($"{name} is missing, or no object");

    private static JsonArray ArrayAt(JsonObject parent, string name) => parent[name] as JsonArray ?? throw new InvalidDataException($"{name} is missing, or no list");

    private static string TextAt(JsonObject parent, string name) => parent[name]?.ToString() ?? throw new InvalidDataException($"{name} is missing");

    private static ulong NumberAt(JsonObject parent, string name) =>
        ulong.TryParse(TextAt(parent, name), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : throw new InvalidDataException($"{name} is no number");

    private static T BytesAt<T>(JsonObject parent, string name)
        where T : unmanaged, IFixedBytes<T> =>
        FixedBytes.TryParse(TextAt(parent, name).AsSpan(), out T bytes) ? bytes : throw new InvalidDataException($"{name} is not {T.Size} bytes in hexadecimal");
}

/// <summary>How network files are written.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(WriteIndented = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class NetworkJson : System.Text.Json.Serialization.JsonSerializerContext;
