using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Api;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>A local chain: a network of one node with all validators in it, whose slots come when they are wanted.</summary>
internal static class DevNode
{
    private const string Name = "dev";

    /// <summary>Runs until it is told to stop. Returns the program's exit code.</summary>
    public static async Task<int> RunAsync(DevSettings settings, CancellationToken stop)
    {
        using ILoggerFactory logging = settings.Log.Open();
        try
        {
            using ApiPort port = ApiPort.Open(settings.Http.Address, settings.Http.Port);
            // One account more than have coins: who gets fees and stakes is nobody whose balance a test looks at.
            List<Secp256k1SecretKey> accounts = LocalNetwork.AccountKeys(settings.Mnemonic, settings.Accounts + 1);
            Address owner = accounts[^1].PublicKey.ToAddress();
            Wallet wallet = new(accounts[..^1]);
            BlsSecretKey[] keys = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, settings.Validators);
            string? folder = settings.Store.Folder;
            NetworkGenesis genesis = LocalNetwork.Open(folder, kept => Describe(settings, wallet, owner, keys, kept));
            StoreSettings store = settings.Store with { Folder = folder is null ? null : NodeFolder.Chain(folder) };
            VirtualTime clock = new(LocalNetwork.TimeToResume(store, genesis) ?? DateTimeOffset.FromUnixTimeSeconds((long)genesis.Time));
            SlotDriver driver = new(clock, genesis, TimeProvider.System, settings.Warp);
            PeerNetwork alone = new(new PeerId(Name), genesis.ForkDigest(), clock, logging.CreateLogger<PeerNetwork>());
            NetworkNodeSettings node = new(
                Name, store, folder is null ? null : NodeFolder.Protection(folder), settings.Http, settings.BeaconPort, new DutySettings(owner, DutySettings.GraffitiOf("Flashback dev")))
            {
                Building = new BuildingOptions { GasLimit = settings.GasLimit },
                AddMethods = new DevMethods(driver).AddTo,
            };
            await using NetworkNode running = new(node, port, genesis, alone, wallet, clock, logging);
            running.Add(keys);
            Task duties = running.RunAsync(stop);
            Greet(settings, wallet, running);
            await (settings.BlockTime > TimeSpan.Zero ? driver.RunAtPaceAsync(settings.BlockTime, stop) : driver.RunOnDemandAsync(running.Pool, running.Execution, stop))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await duties.ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is StoreException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"dev: {failure.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>What the network is by the settings. When it began, and how long its slots are, is decided once.</summary>
    /// <exception cref="StoreException">The folder holds a network of other settings.</exception>
    private static JsonObject Describe(DevSettings settings, Wallet wallet, Address owner, BlsSecretKey[] keys, JsonObject? kept)
    {
        ConsensusConfig config = ConsensusConfig.Dev with { SecondsPerSlot = Math.Max(1, (ulong)Math.Ceiling(settings.BlockTime.TotalSeconds)) };
        ulong time = (ulong)(DateTimeOffset.UtcNow + settings.Warp).ToUnixTimeSeconds();
        if (kept is not null)
        {
            NetworkGenesis before = NetworkFile.Read(LocalNetwork.ToBytes(kept));
            (config, time) = (config with { SecondsPerSlot = before.Config.SecondsPerSlot }, before.Time);
        }
        JsonObject file = LocalNetwork.Parameters(config, settings.ChainId, settings.GasLimit, wallet.Addresses, settings.Coins);
        Gwei stake = new(2 * config.Preset.MinActivationBalance.Value); // above the least, and far below the most: nothing is paid out
        LocalNetwork.AddGenesis(file, time, default, keys.Select(key => new GenesisValidator(Bytes48.Read(key.ToPublicKey().ToBytes()), WithdrawalCredentials.Compounding(owner), stake)));
        return kept is null || JsonNode.DeepEquals(NetworkFile.Parse(LocalNetwork.ToBytes(file)), kept) ? file
            : throw new StoreException($"{settings.Store.Folder} holds a chain of other settings");
    }

    private static void Greet(DevSettings settings, Wallet wallet, NetworkNode node)
    {
        foreach (Address address in wallet.Addresses)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{address}  {settings.Coins} FLASH"));
        if (wallet.Addresses.Count > 0)
            Console.WriteLine($"Keys: m/44'/60'/0'/0/n of \"{settings.Mnemonic}\" (everybody knows them: use them here only)");
        if (node.BeaconAddress is { } beacon)
            Console.WriteLine($"Beacon API at {beacon}");
        Console.WriteLine($"Chain {settings.ChainId} at block {node.Execution.Snapshot.Number}; JSON-RPC at {node.Address}");
    }
}
