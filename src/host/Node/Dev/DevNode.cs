using System.Globalization;
using Flashback.Api;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>A local chain as one running program: its parts, put together.</summary>
internal static class DevNode
{
    private const string EtherInWei = "000000000000000000"; // 18 decimals
    private static readonly UInt256 FirstBaseFee = 1_000_000_000; // wei per gas: one Gwei

    /// <summary>Runs until it is told to stop. Returns the program's exit code.</summary>
    public static async Task<int> RunAsync(DevSettings settings, CancellationToken stop)
    {
        using ApiPort? port = TakePort(settings);
        if (port is null)
            return 1;
        using ILoggerFactory logging = LoggerFactory.Create(builder => Configure(builder, settings));
        WarpedTime clock = new(TimeProvider.System);
        clock.Advance(settings.Warp);
        try
        {
            Wallet wallet = new(KeysOf(settings));
            using IStore store = OpenStore(settings);
            using ChainService chain = ChainService.Open(
                store, GenesisOf(settings, wallet), new ChainOptions(), new WorldStateOptions { KeptBlocks = settings.IsArchive ? null : 1024 }, logging.CreateLogger<ChainService>());
            using TransactionPool pool = new(chain, new PoolOptions(), store, clock, logging.CreateLogger<TransactionPool>());
            BlockBuilder builder = new(chain, pool, clock);
            DevProducer producer = new(
                chain, pool, builder, new DevOptions { BlockTime = settings.BlockTime, Coinbase = wallet.Addresses.Count > 0 ? wallet.Addresses[0] : default }, clock,
                logging.CreateLogger<DevProducer>());
            ApiOptions api = new()
            {
                CorsOrigins = settings.CorsOrigins, Hosts = settings.Hosts,
                Limits = new RpcLimits { Timeout = settings.RequestTimeout },
            };
            await using ApiServer server = ApiServer.Create(
                api, port, new ApiNode(chain, pool, builder, wallet, clock), new DevMethods(producer, clock).AddTo, engine: null, logging);
            await server.StartAsync(stop).ConfigureAwait(false);
            Greet(settings, port, wallet, chain);
            await producer.RunAsync(stop).ConfigureAwait(false);
            return 0;
        }
        catch (Exception failure) when (failure is StoreException or IOException)
        {
            await Console.Error.WriteLineAsync($"dev: {failure.Message}").ConfigureAwait(false);
            return 1;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>The first thing to do: who starts a node and asks it at once shall be answered.</summary>
    private static ApiPort? TakePort(DevSettings settings)
    {
        try
        {
            return ApiPort.Open(settings.HttpAddress, settings.HttpPort);
        }
        catch (IOException taken)
        {
            Console.Error.WriteLine($"dev: {taken.Message}");
            return null;
        }
    }

    private static IStore OpenStore(DevSettings settings)
    {
        IReadOnlyList<Column> columns = [.. ChainService.Columns, .. TransactionPool.Columns];
        return settings switch
        {
            { DataFolder: null } => SqliteStore.OpenTemporary(columns),
            { Engine: StoreEngine.RocksDb } => RocksDbStore.Open(settings.DataFolder, columns),
            _ => SqliteStore.Open(settings.DataFolder, columns),
        };
    }

    private static List<Secp256k1SecretKey> KeysOf(DevSettings settings)
    {
        using HierarchicalKey root = HierarchicalKey.FromMnemonic(settings.Mnemonic);
        List<Secp256k1SecretKey> keys = [];
        for (int i = 0; i < settings.Accounts; i++)
        {
            if (!root.TryDerive(string.Create(CultureInfo.InvariantCulture, $"m/44'/60'/0'/0/{i}"), out HierarchicalKey? key))
                throw new InvalidOperationException("the path is written here");
            keys.Add(key.Key);
        }
        return keys;
    }

    /// <summary>The chain's beginning: it depends on the settings alone, so that a folder is taken up again only with the same ones.</summary>
    private static Genesis GenesisOf(DevSettings settings, Wallet wallet)
    {
        ForkRules rules = ForkRules.Of(settings.Fork);
        ChainConfig config = new(settings.ChainId, ChainConfig.MainnetDepositContract, new RulesActivation(0, rules));
        UInt256 balance = (UInt256)System.Numerics.BigInteger.Parse(settings.Ether + EtherInWei, CultureInfo.InvariantCulture);
        GenesisAccount[] accounts =
        [
            .. SystemContracts.Accounts,
            CreateProxy.Account,
            .. wallet.Addresses.Select(address => new GenesisAccount(address, 0, balance, default, [])),
        ];
        return new Genesis(config, Genesis.FirstHeader(rules, settings.GasLimit, FirstBaseFee), accounts);
    }

    private static void Configure(ILoggingBuilder builder, DevSettings settings)
    {
        builder.SetMinimumLevel(settings.LogLevel);
        builder.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.AddFilter("Microsoft.Hosting", LogLevel.Warning);
        if (settings.LogsJson)
            builder.AddJsonConsole(json => json.UseUtcTimestamp = true);
        else
            builder.AddSimpleConsole(line => (line.SingleLine, line.TimestampFormat) = (true, "HH:mm:ss "));
    }

    private static void Greet(DevSettings settings, ApiPort port, Wallet wallet, ChainService chain)
    {
        foreach (Address address in wallet.Addresses)
            Console.WriteLine($"{address}  {settings.Ether} ether");
        if (wallet.Addresses.Count > 0)
            Console.WriteLine($"Keys: m/44'/60'/0'/0/n of \"{settings.Mnemonic}\" (everybody knows them: use them here only)");
        Console.WriteLine($"Chain {settings.ChainId} ({settings.Fork}) at block {chain.Snapshot.Number}; JSON-RPC at {port.Address}");
    }
}
