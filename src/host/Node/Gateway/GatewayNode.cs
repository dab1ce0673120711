using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Gateway;
using Flashback.Gateway.Market;
using Flashback.Gateway.Objects;
using Flashback.Proofs;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>What a gateway is made of.</summary>
/// <param name="Options">How it keeps things.</param>
/// <param name="Market">What it buys.</param>
/// <param name="Network">The network.</param>
/// <param name="Rpc">The node's JSON-RPC.</param>
/// <param name="KeyFile">The key of the wallet that pays.</param>
/// <param name="Endpoints">Makes the endpoints, once the folder is there.</param>
internal sealed record GatewayNodeSettings(GatewayOptions Options, MarketOptions Market, NetworkGenesis Network, Uri Rpc, string KeyFile, Func<GatewayEndpoints> Endpoints)
{
    /// <summary>Whether the index is made anew first, out of the pieces that the wallet's deals name.</summary>
    public bool Rebuilds { get; init; }
}

/// <summary>A gateway as one running thing: its parts, put together.</summary>
internal sealed class GatewayNode : IAsyncDisposable
{
    private readonly ExecutionClient _node;
    private readonly Secp256k1SecretKey _key;
    private readonly TransactionSender _wallet;
    private readonly SqliteStore _index;
    private readonly MarketNetwork _network;
    private readonly ObjectStore _store;

    private GatewayNode(ExecutionClient node, Secp256k1SecretKey key, TransactionSender wallet, SqliteStore index, MarketNetwork network, ObjectStore store, GatewayServer server) =>
        (_node, _key, _wallet, _index, _network, _store, Server) = (node, key, wallet, index, network, store, server);

    /// <summary>Answers.</summary>
    public GatewayServer Server { get; }

    /// <summary>Opens the gateway's folder and begins to answer.</summary>
    /// <exception cref="InvalidDataException">The key or the index is damaged, or sectors are too small.</exception>
    /// <exception cref="NodeException">The node does not answer.</exception>
    /// <exception cref="State.Store.StoreException">Another process has the folder.</exception>
    public static async Task<GatewayNode> OpenAsync(GatewayNodeSettings settings, ILoggerFactory logging, CancellationToken cancellation)
    {
        string folder = settings.Options.Folder;
        SecretFile.CreateFolder(folder);
        Secp256k1SecretKey key = AccountKeyFile.Read(settings.KeyFile);
        SqliteStore? index = null;
        ExecutionClient? node = null;
        TransactionSender? wallet = null;
        MarketNetwork? network = null;
        ObjectStore? store = null;
        try
        {
            index = SqliteStore.Open(Path.Combine(folder, "index"), [.. ObjectStore.Columns, .. MarketNetwork.Columns]);
            node = ProviderOptions.Connect(settings.Rpc);
            wallet = ProviderOptions.SenderOf(node, key, new FileJournal(Path.Combine(folder, "transaction.json")), settings.Network);
            network = await MarketNetwork.OpenAsync(node, wallet, index, settings.Market, TimeProvider.System, logging.CreateLogger<MarketNetwork>(), cancellation).ConfigureAwait(false);
            if (settings.Rebuilds)
            {
                foreach ((Piece piece, string reason) in await IndexRebuild.RunAsync(index, network, folder, cancellation).ConfigureAwait(false))
                    await Console.Error.WriteLineAsync($"gateway: the piece {piece.Commitment} is left out: {reason}").ConfigureAwait(false);
            }
            store = ObjectStore.Open(index, network, settings.Options, TimeProvider.System, logging.CreateLogger<ObjectStore>());
            GatewayServer server = await GatewayServer.StartAsync(settings.Endpoints(), store, settings.Options, logging, cancellation).ConfigureAwait(false);
            return new GatewayNode(node, key, wallet, index, network, store, server);
        }
        catch
        {
            if (store is not null)
                await store.DisposeAsync().ConfigureAwait(false);
            if (network is not null)
                await network.DisposeAsync().ConfigureAwait(false);
            wallet?.Dispose();
            node?.Dispose();
            index?.Dispose();
            key.Dispose();
            throw;
        }
    }

    /// <summary>Brings pieces to the network and keeps their deals going until it is told to stop.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_store.Placement.RunAsync(stop), _network.RunAsync(stop));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        await _network.DisposeAsync().ConfigureAwait(false);
        _wallet.Dispose();
        _node.Dispose();
        _index.Dispose();
        _key.Dispose();
    }
}
