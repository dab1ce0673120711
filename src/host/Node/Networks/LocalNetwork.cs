using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.Validator;

namespace Flashback.Node;

/// <summary>What a network of one machine is made of: keys that everybody knows, accounts that have coins, and a file that says so.</summary>
internal static class LocalNetwork
{
    /// <summary>The mnemonic whose accounts every tool for local chains knows; validators' keys come from it, too.</summary>
    public const string KnownMnemonic = "test test test test test test test test test test test junk";

    private const string CoinInWei = "000000000000000000"; // 18 decimals

    /// <summary>The secret keys of validators: m/12381/3600/i/0/0 of the mnemonic.</summary>
    /// <param name="mnemonic">The words.</param>
    /// <param name="first">The first validator.</param>
    /// <param name="count">How many.</param>
    public static BlsSecretKey[] ValidatorKeys(string mnemonic, int first, int count)
    {
        if (Mnemonic.Parse(mnemonic, out Mnemonic? words) is { } invalid)
            throw new InvalidDataException($"the mnemonic is none: {invalid}");
        using (words)
        using (SecretBytes seed = words!.DeriveSeed(""))
        {
            BlsSecretKey[] keys = new BlsSecretKey[count];
            Parallel.For(0, count, i => keys[i] = KeyPath.Signing((uint)(first + i)).Derive(seed));
            return keys;
        }
    }

    /// <summary>The secret keys of accounts: m/44'/60'/0'/0/i of the mnemonic, from the first on.</summary>
    public static List<Secp256k1SecretKey> AccountKeys(string mnemonic, int count, int first = 0)
    {
        using HierarchicalKey root = HierarchicalKey.FromMnemonic(mnemonic);
        List<Secp256k1SecretKey> keys = [];
        for (int i = first; i < first + count; i++)
        {
            if (!root.TryDerive(string.Create(CultureInfo.InvariantCulture, $"m/44'/60'/0'/0/{i}"), out HierarchicalKey? key))
                throw new InvalidOperationException("the path is written here");
            keys.Add(key.Key);
        }
        return keys;
    }

    /// <summary>Coins in wei.</summary>
    public static UInt256 ToWei(ulong coins) => (UInt256)System.Numerics.BigInteger.Parse(coins.ToString(CultureInfo.InvariantCulture) + CoinInWei, CultureInfo.InvariantCulture);

    /// <summary>A network file without its genesis: the rules, and accounts with coins.</summary>
    /// <param name="config">The rules of consensus.</param>
    /// <param name="chainId">The number of the execution chain.</param>
    /// <param name="gasLimit">The gas limit of its first block.</param>
    /// <param name="accounts">Who has coins.</param>
    /// <param name="coins">How many each.</param>
    public static JsonObject Parameters(ConsensusConfig config, ulong chainId, ulong gasLimit, IEnumerable<Address> accounts, ulong coins)
    {
        JsonObject alloc = [];
        UInt256 balance = ToWei(coins);
        foreach (GenesisAccount contract in (GenesisAccount[])[.. SystemContracts.Accounts, GenesisContracts.Deposit(ChainConfig.MainnetDepositContract), CreateProxy.Account])
            alloc[contract.Address.ToString()] = new JsonObject { ["nonce"] = Quantity(contract.Nonce), ["balance"] = "0x0", ["code"] = Hex.Encode(contract.Code.Span) };
        foreach (Address address in accounts)
            alloc[address.ToString()] = new JsonObject { ["balance"] = balance.ToString() };
        JsonObject times = new() { ["chainId"] = chainId, ["depositContractAddress"] = ChainConfig.MainnetDepositContract.ToString(), ["shanghaiTime"] = 0, ["cancunTime"] = 0, ["pragueTime"] = 0 };
        return new JsonObject
        {
            ["name"] = config.Name,
            ["base"] = config.Name,
            ["config"] = new JsonObject { ["SECONDS_PER_SLOT"] = config.SecondsPerSlot.ToString(CultureInfo.InvariantCulture) },
            ["execution"] = new JsonObject { ["config"] = times, ["gasLimit"] = Quantity(gasLimit), ["baseFeePerGas"] = Quantity(1_000_000_000), ["alloc"] = alloc },
        };
    }

    /// <summary>Gives a network file its genesis.</summary>
    /// <param name="file">The parameters; changed.</param>
    /// <param name="time">When slot 0 begins, in seconds since 1970.</param>
    /// <param name="entropy">The first random mix.</param>
    /// <param name="validators">The first validators.</param>
    public static void AddGenesis(JsonObject file, ulong time, Hash32 entropy, IEnumerable<GenesisValidator> validators)
    {
        file["genesis"] = new JsonObject
        {
            ["time"] = time.ToString(CultureInfo.InvariantCulture),
            ["entropy"] = entropy.ToString(),
            ["validators"] = new JsonArray([.. validators.Select(validator => (JsonNode)NetworkFile.Write(validator))]),
        };
        SpacetimeSection.AddContracts(file, time);
    }

    /// <summary>The network that a folder holds; where it holds none, or there is no folder, a new one, which is written into it.</summary>
    /// <param name="folder">The folder; null for a network that goes when the program does.</param>
    /// <param name="describe">What the file says, given what it said before if there is one.</param>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static NetworkGenesis Open(string? folder, Func<JsonObject?, JsonObject> describe)
    {
        if (folder is null)
            return NetworkFile.Read(ToBytes(describe(null)));
        string path = NodeFolder.Network(folder);
        if (File.Exists(path))
            return NetworkFile.Read(ToBytes(describe(NetworkFile.Parse(File.ReadAllBytes(path)))));
        byte[] bytes = ToBytes(describe(null));
        _ = Directory.CreateDirectory(folder);
        File.WriteAllBytes(path + ".part", bytes);
        File.Move(path + ".part", path);
        return NetworkFile.Read(bytes);
    }

    /// <summary>When the chain of a store goes on: just before the slot after its head. While nobody ran it no time has passed for it.</summary>
    /// <returns>Null where there is no chain yet.</returns>
    /// <exception cref="StoreException">The store fails, or another process has it.</exception>
    public static DateTimeOffset? TimeToResume(StoreSettings settings, NetworkGenesis genesis)
    {
        if (!Directory.Exists(settings.Folder))
            return null;
        using IStore store = settings.Open();
        return BeaconChain.HeadSlotIn(store) is { } head
            ? DateTimeOffset.FromUnixTimeSeconds((long)(genesis.Time + ((head.Value + 1) * genesis.Config.SecondsPerSlot))) - TimeSpan.FromMilliseconds(100)
            : null;
    }

    /// <summary>A file's bytes.</summary>
    public static byte[] ToBytes(JsonObject file) => JsonSerializer.SerializeToUtf8Bytes(file, NetworkJson.Default.JsonObject);

    /// <summary>Validators whose stake goes to accounts, in turn.</summary>
    public static IEnumerable<GenesisValidator> Validators(ConsensusConfig config, IReadOnlyList<BlsSecretKey> keys, IReadOnlyList<Address> owners) => keys.Select((key, i) =>
        new GenesisValidator(Bytes48.Read(key.ToPublicKey().ToBytes()), WithdrawalCredentials.OfAddress(owners[i % owners.Count]), config.Preset.MinActivationBalance));

    private static string Quantity(ulong number) => string.Create(CultureInfo.InvariantCulture, $"0x{number:x}");
}
