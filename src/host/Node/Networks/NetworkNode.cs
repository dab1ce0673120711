using Flashback.Api;
using Flashback.Api.Beacon;
using Flashback.Api.Beacon.Http;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>What one node of a network is asked for.</summary>
/// <param name="Name">Its name among its peers.</param>
/// <param name="Store">Where both chains are kept.</param>
/// <param name="ProtectionFolder">Where it is kept what validators have signed; null for a place that goes when the program does.</param>
/// <param name="Http">Where JSON-RPC is answered.</param>
/// <param name="BeaconPort">Where the Beacon API is answered, at the same address; null for nowhere.</param>
/// <param name="Duties">What validators do where nothing else is set for their key.</param>
internal sealed record NetworkNodeSettings(string Name, StoreSettings Store, string? ProtectionFolder, HttpSettings Http, int? BeaconPort, DutySettings Duties)
{
    /// <summary>Whether keys watch first that nobody else signs with them.</summary>
    public bool ChecksForDoppelgangers { get; init; }

    /// <summary>What the blocks have that are built here.</summary>
    public BuildingOptions Building { get; init; } = new();

    /// <summary>Adds methods to JSON-RPC that only this node has.</summary>
    public Action<RpcTable> AddMethods { get; init; } = _ => { };
}

/// <summary>A node of a network as one running thing: its parts, put together. Both layers, the validators and their keys are in one process.</summary>
internal sealed class NetworkNode : IAsyncDisposable
{
    private readonly NetworkNodeSettings _settings;
    private readonly IStore _store;
    private readonly SqliteStore _protectionStore;
    private readonly ExecutionEngine _engine;
    private readonly ApiPort _port;
    private readonly ApiServer _server;
    private readonly ApiPort? _beaconPort;
    private readonly BeaconServer? _beaconServer;
    private readonly ValidatorService _validators;

    /// <summary>Opens the node's chains; it does nothing yet.</summary>
    /// <param name="settings">What it is asked for.</param>
    /// <param name="port">Where JSON-RPC is answered: opened before all else, so that who starts a node and asks it at once is answered. The node closes it.</param>
    /// <param name="genesis">The network.</param>
    /// <param name="peers">Its peers.</param>
    /// <param name="wallet">The accounts that it signs for.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logging">The logs.</param>
    /// <exception cref="StoreException">A store fails, is damaged, or holds another chain.</exception>
    /// <exception cref="IOException">The Beacon API's port is taken.</exception>
    public NetworkNode(NetworkNodeSettings settings, ApiPort port, NetworkGenesis genesis, PeerNetwork peers, Wallet wallet, TimeProvider clock, ILoggerFactory logging)
    {
        _settings = settings;
        _port = port;
        _beaconPort = settings.BeaconPort is { } beaconPort ? ApiPort.Open(settings.Http.Address, beaconPort) : null;
        _store = settings.Store.Open();
        Execution = ChainService.Open(
            _store, genesis.ExecutionGenesis, new ChainOptions { Spacetime = genesis.SpacetimeFork }, new WorldStateOptions { KeptBlocks = settings.Store.KeptStates }, logging.CreateLogger<ChainService>());
        Pool = new TransactionPool(Execution, new PoolOptions(), _store, clock, logging.CreateLogger<TransactionPool>());
        BlockBuilder builder = new(Execution, Pool, clock);
        BeaconOptions options = new() { FeeRecipient = settings.Duties.FeeRecipient, Building = settings.Building };
        _engine = new ExecutionEngine(Execution, builder, options.Building, logging.CreateLogger<ExecutionEngine>());
        BeaconChain chain = BeaconChain.Open(genesis, _store, new BeaconParts(Execution, _engine, builder, clock, logging.CreateLogger<BeaconChain>()), options);
        Beacon = new BeaconNode(chain, Pool, peers, clock, logging);
        _protectionStore = settings.ProtectionFolder is { } folder ? SqliteStore.Open(folder, SlashingProtection.Columns) : SqliteStore.OpenTemporary(SlashingProtection.Columns);
        Protection = SlashingProtection.Open(_protectionStore, chain.GenesisValidatorsRoot);
        LocalNodeClient client = new(Beacon);
        Client = client;
        _validators = new ValidatorService(
            client, genesis.Config, chain.GenesisValidatorsRoot, new ValidatorOptions { ChecksForDoppelgangers = settings.ChecksForDoppelgangers }, clock,
            logging.CreateLogger<ValidatorService>());
        _server = ApiServer.Create(settings.Http.Api, _port, new ApiNode(Execution, Pool, builder, wallet, clock) { Proofs = new ProofArchive(chain) }, settings.AddMethods, engine: null, logging);
        _beaconServer = _beaconPort is null ? null : BeaconServer.Create(
            settings.Http.Api with { Limits = BeaconServer.DefaultLimits }, _beaconPort, new BeaconApiNode(Beacon, client, Execution, settings.Name), clock, logging);
    }

    /// <summary>Its name among its peers.</summary>
    public string Name => _settings.Name;

    /// <summary>The execution chain.</summary>
    public ChainService Execution { get; }

    /// <summary>What waits for a block.</summary>
    public TransactionPool Pool { get; }

    /// <summary>The node.</summary>
    public BeaconNode Beacon { get; }

    /// <summary>The node as its validators see it.</summary>
    public INodeClient Client { get; }

    /// <summary>What its validators have signed.</summary>
    public SlashingProtection Protection { get; }

    /// <summary>Where JSON-RPC is answered.</summary>
    public Uri Address => _port.Address;

    /// <summary>Where the Beacon API is answered; null for nowhere.</summary>
    public Uri? BeaconAddress => _beaconPort?.Address;

    /// <summary>Called for each key with which somebody else was seen to sign: a reason to stop.</summary>
    public event Action<Doppelganger>? DoppelgangerFound
    {
        add => _validators.DoppelgangerFound += value;
        remove => _validators.DoppelgangerFound -= value;
    }

    /// <summary>Has validators do their duties here, with keys that everybody knows.</summary>
    public void Add(IEnumerable<BlsSecretKey> keys)
    {
        foreach (BlsSecretKey key in keys)
            _validators.Add(new ProtectedSigner(key, Protection), _settings.Duties);
    }

    /// <summary>Has these validators do their duties here, and no others.</summary>
    public void Replace(IReadOnlyCollection<(ProtectedSigner Signer, DutySettings Settings)> keys) => _validators.Replace(keys);

    /// <summary>Answers, and does duties, until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await _server.StartAsync(stop).ConfigureAwait(false);
        if (_beaconServer is not null)
            await _beaconServer.StartAsync(stop).ConfigureAwait(false);
        await _validators.RunAsync(stop).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        if (_beaconServer is not null)
            await _beaconServer.DisposeAsync().ConfigureAwait(false);
        Beacon.Dispose();
        _engine.Dispose();
        Pool.Dispose();
        Execution.Dispose(); // and the store of both chains
        _protectionStore.Dispose();
        _port.Dispose();
        _beaconPort?.Dispose();
    }
}
