using Flashback.Api;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>A local chain as one running program: its parts, put together.</summary>
internal static class DevNode
{
    private static readonly UInt256 FirstBaseFee = 1_000_000_000; // wei per gas: one Gwei

    /// <summary>Runs until it is told to stop. Returns the program's exit code.</summary>
    public static async Task<int> RunAsync(DevSettings settings, CancellationToken stop)
    {
        using ILoggerFactory logging = settings.Log.Open();
        WarpedTime clock = new(TimeProvider.System);
        clock.Advance(settings.Warp);
        try
        {
            // First of all: who starts a node and asks it at once shall be answered.
            using ApiPort port = ApiPort.Open(settings.Http.Address, settings.Http.Port);
            Wallet wallet = new(LocalNetwork.AccountKeys(settings.Mnemonic, settings.Accounts));
            using IStore store = settings.Store.Open();
            using ChainService chain = ChainService.Open(
                store, GenesisOf(settings, wallet), new ChainOptions(), new WorldStateOptions { KeptBlocks = settings.Store.KeptStates }, logging.CreateLogger<ChainService>());
            using TransactionPool pool = new(chain, new PoolOptions(), store, clock, logging.CreateLogger<TransactionPool>());
            BlockBuilder builder = new(chain, pool, clock);
            DevProducer producer = new(
                chain, pool, builder, new DevOptions { BlockTime = settings.BlockTime, Coinbase = wallet.Addresses.Count > 0 ? wallet.Addresses[0] : default }, clock,
                logging.CreateLogger<DevProducer>());
            await using ApiServer server = ApiServer.Create(
                settings.Http.Api, port, new ApiNode(chain, pool, builder, wallet, clock), new DevMethods(producer, clock).AddTo, engine: null, logging);
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

    /// <summary>The chain's beginning: it depends on the settings alone, so that a folder is taken up again only with the same ones.</summary>
    private static Genesis GenesisOf(DevSettings settings, Wallet wallet)
    {
        ForkRules rules = ForkRules.Of(settings.Fork);
        ChainConfig config = new(settings.ChainId, ChainConfig.MainnetDepositContract, new RulesActivation(0, rules));
        UInt256 balance = LocalNetwork.ToWei(settings.Ether);
        GenesisAccount[] accounts =
        [
            .. SystemContracts.Accounts,
            CreateProxy.Account,
            .. wallet.Addresses.Select(address => new GenesisAccount(address, 0, balance, default, [])),
        ];
        return new Genesis(config, Genesis.FirstHeader(rules, settings.GasLimit, FirstBaseFee), accounts);
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
