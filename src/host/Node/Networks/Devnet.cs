using System.Globalization;
using System.Text.Json.Nodes;
using Flashback.Api;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.Network.Loopback;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>A network in one process: nodes that talk over a loopback, on a clock that never leaves them behind.</summary>
/// <remarks>
/// All nodes work in the one thread that lets time pass, so with the same seed, faults and requests everything happens again. Where the machine is too slow for the
/// network's pace, time is late, and no slot is missed.
/// </remarks>
internal sealed class Devnet : IAsyncDisposable
{
    /// <summary>The number of its execution chain: the one that tools for local chains know.</summary>
    public const ulong ChainId = 31337;

    /// <summary>Most gas of its first block.</summary>
    public const ulong GasLimit = 60_000_000;

    /// <summary>What each account has, in FLASH.</summary>
    public const ulong CoinsOfAccounts = 1_000_000;

    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(2); // from the start to slot 0

    private readonly DevnetSettings _settings;
    private readonly VirtualTime _clock;
    private readonly List<NetworkNode> _nodes = [];

    /// <summary>Opens all nodes.</summary>
    /// <exception cref="StoreException">A store fails, is damaged, or holds another chain.</exception>
    /// <exception cref="IOException">A port is taken, or a file cannot be read or written.</exception>
    public Devnet(DevnetSettings settings, ILoggerFactory logging)
    {
        _settings = settings;
        Wallet = new Wallet(LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, settings.Accounts));
        BlsSecretKey[] keys = LocalNetwork.ValidatorKeys(LocalNetwork.KnownMnemonic, 0, settings.Validators);
        Genesis = LocalNetwork.Open(settings.Folder, kept => kept ?? Describe(keys));
        _clock = new VirtualTime(StartTime());
        LoopbackHub hub = new(_clock, settings.Seed, settings.Faults);
        List<(PeerId, PeerNetwork)> peers = [];
        for (int i = 0; i < settings.Nodes; i++)
        {
            PeerId name = new(NameOf(i));
            PeerNetwork network = new(name, Genesis.ForkDigest(), _clock, logging.CreateLogger<PeerNetwork>());
            NetworkNodeSettings own = SettingsOf(i);
            NetworkNode node = new(own, ApiPort.Open(own.Http.Address, own.Http.Port), Genesis, network, Wallet, _clock, logging);
            node.Add(keys.Where((_, key) => key % settings.Nodes == i));
            _nodes.Add(node);
            peers.ForEach(peer => hub.Connect(peer, (name, network)));
            peers.Add((name, network));
        }
    }

    /// <summary>The accounts that have coins.</summary>
    public Wallet Wallet { get; }

    /// <summary>The network.</summary>
    public NetworkGenesis Genesis { get; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<NetworkNode> Nodes => _nodes;

    /// <summary>Where the network is written, for others to join; null where nothing is kept.</summary>
    public string? NetworkPath => _settings.Folder is { } folder ? NodeFolder.Network(folder) : null;

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        DateTimeOffset? end = _settings.Until is { } until ? GenesisTime + until : null;
        using ITimer? timer = end is { } at ? _clock.CreateTimer(_ => ending.Cancel(), null, at - _clock.GetUtcNow(), Timeout.InfiniteTimeSpan) : null;
        Task[] running = [.. _nodes.Select(node => node.RunAsync(ending.Token))];
        if (_settings.Warp > TimeSpan.Zero)
            await Task.Run(() => _clock.RunUntil(_clock.GetUtcNow() + _settings.Warp, ending.Token), CancellationToken.None).ConfigureAwait(false);
        await Task.Run(() => _clock.RunAtPaceAsync(TimeProvider.System, ending.Token), CancellationToken.None).ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (NetworkNode node in _nodes)
            await node.DisposeAsync().ConfigureAwait(false);
    }

    private DateTimeOffset GenesisTime => DateTimeOffset.FromUnixTimeSeconds((long)Genesis.Time);

    private static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node{node}");

    private JsonObject Describe(BlsSecretKey[] keys)
    {
        // The first validators are providers: their stake is that of accounts which nobody else sends from.
        Address[] storage = [.. DevnetStorage.AccountKeys(_settings.Providers).Select(key => key.PublicKey.ToAddress())];
        Address[] owners = [.. storage.Take(_settings.Providers), .. Enumerable.Range(_settings.Providers, keys.Length - _settings.Providers).Select(i => Wallet.Addresses[i % Wallet.Addresses.Count])];
        JsonObject file = LocalNetwork.Parameters(ConsensusConfig.Devnet, ChainId, GasLimit, [.. Wallet.Addresses, .. storage], CoinsOfAccounts);
        SpacetimeSection.AddDevnet(file);
        Hash32 entropy = Sha256.Hash(BitConverter.GetBytes((long)_settings.Seed));
        ulong time = (ulong)(DateTimeOffset.UtcNow + Lead).ToUnixTimeSeconds();
        LocalNetwork.AddGenesis(file, time, entropy, LocalNetwork.Validators(ConsensusConfig.Devnet, keys, owners));
        return file;
    }

    /// <summary>Before the first slot, or where the node stopped that was furthest.</summary>
    private DateTimeOffset StartTime() =>
        Enumerable.Range(0, _settings.Nodes).Max(node => LocalNetwork.TimeToResume(StoreOf(node), Genesis)) ?? GenesisTime - Lead;

    private StoreSettings StoreOf(int node) => _settings.Store with { Folder = FolderOf(node) is { } folder ? NodeFolder.Chain(folder) : null };

    private string? FolderOf(int node) => _settings.Folder is { } folder ? Path.Combine(folder, NameOf(node)) : null;

    private static int PortOf(int first, int node) => first == 0 ? 0 : first + node;

    private NetworkNodeSettings SettingsOf(int node) => new(
        NameOf(node), StoreOf(node), FolderOf(node) is { } folder ? NodeFolder.Protection(folder) : null, _settings.Http with { Port = PortOf(_settings.Http.Port, node) }, PortOf(_settings.BeaconPort, node),
        new DutySettings(Wallet.Addresses.Count > 0 ? Wallet.Addresses[node % Wallet.Addresses.Count] : default, DutySettings.GraffitiOf("Flashback " + NameOf(node))));
}
