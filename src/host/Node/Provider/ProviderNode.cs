using Flashback.Chain.Beacon;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>What a provider's service is made of.</summary>
/// <param name="Settings">What it is asked for.</param>
/// <param name="Network">The network.</param>
/// <param name="Rpc">The node's JSON-RPC.</param>
/// <param name="KeyFile">The operator's key.</param>
/// <param name="Validator">The provider's number.</param>
/// <param name="ParentsFolder">Where tables of parents are kept.</param>
internal sealed record ProviderNodeSettings(ProviderSettings Settings, NetworkGenesis Network, Uri Rpc, string KeyFile, ulong Validator, string ParentsFolder);

/// <summary>A provider as one running thing: its parts, put together.</summary>
internal sealed class ProviderNode : IDisposable
{
    private static readonly TimeSpan DiskPatience = TimeSpan.FromSeconds(10); // at the start; later as long as windows leave time for

    private readonly ExecutionClient _node;
    private readonly Secp256k1SecretKey _key;
    private readonly ProviderDisk _disk;
    private readonly TransactionSender _sender;

    private ProviderNode(ExecutionClient node, Secp256k1SecretKey key, ProviderDisk disk, TransactionSender sender, ProviderService service) =>
        (_node, _key, _disk, _sender, Service) = (node, key, disk, sender, service);

    /// <summary>The service.</summary>
    public ProviderService Service { get; }

    /// <summary>Opens the provider's folder and asks the node who it is.</summary>
    /// <exception cref="InvalidDataException">The validator is no provider, or the operator is another account.</exception>
    /// <exception cref="NodeException">The node does not answer.</exception>
    /// <exception cref="State.Store.StoreException">Another process has the folder.</exception>
    public static async Task<ProviderNode> OpenAsync(ProviderNodeSettings settings, IStorageProver prover, ILoggerFactory logging, CancellationToken cancellation)
    {
        ExecutionClient? node = null;
        Secp256k1SecretKey? key = null;
        SqliteStore? store = null;
        try
        {
            key = AccountKeyFile.Read(settings.KeyFile);
            Directory.CreateDirectory(settings.Settings.Folder);
            store = SqliteStore.Open(settings.Settings.Work, ProviderDisk.Columns);
            node = ProviderOptions.Connect(settings.Rpc);
            KnownStorageNetwork network = await node.GetStorageNetworkAsync(cancellation).ConfigureAwait(false);
            SealKind kind = Require(settings.Network, network);
            KnownProvider provider = await node.FindProviderAsync(settings.Validator, cancellation).ConfigureAwait(false)
                ?? throw new InvalidDataException($"validator {settings.Validator} is no provider yet: flashback provider register makes it one");
            Address account = key.PublicKey.ToAddress();
            if (provider.Operator != account)
                throw new InvalidDataException($"the operator of provider {settings.Validator} is {provider.Operator}, and the key is that of {account}");
            TransactionSender sender = ProviderOptions.SenderOf(node, key, new FileJournal(settings.Settings.Transaction), settings.Network);
            ProviderChain chain = new(node, sender, settings.Validator, provider.ProverId, network, TimeProvider.System);
            SectorShelf shelf = new(settings.Settings.SectorDisks, kind, provider.ProverId, new ParentFiles(settings.ParentsFolder));
            await shelf.OpenAsync(DiskPatience, cancellation).ConfigureAwait(false);
            ProviderDisk disk = new(store, new WorkQueue(store, Guid.NewGuid().ToString("N")), shelf, new PieceShelf(settings.Settings.Pieces));
            return new ProviderNode(node, key, disk, sender, new ProviderService(settings.Settings, chain, disk, prover, TimeProvider.System, logging.CreateLogger<ProviderService>()));
        }
        catch
        {
            store?.Dispose();
            node?.Dispose();
            key?.Dispose();
            throw;
        }
    }

    /// <summary>Requires that proofs made with the keys of a folder are those that the network verifies; a key that is not there yet must be the devnet's, which is made on first use.</summary>
    /// <exception cref="ParameterException">A key is missing, or another.</exception>
    public static void RequireKeys(ParameterCache cache, NetworkGenesis network)
    {
        SealKind kind = network.Spacetime?.Seal ?? throw new InvalidDataException("the network has no storage");
        foreach (StorageCircuit circuit in (StorageCircuit[])[StorageCircuit.OfSeal(kind), new(StorageProof.Window, kind.Size)])
        {
            VerifyingKey? own = cache.HoldsVerifying(circuit) ? cache.OpenVerifying(circuit) : DevnetKeys.All.GetValueOrDefault(circuit);
            if (own is null || !own.Encode().AsSpan().SequenceEqual(network.VerifyingKeys[circuit].Encode()))
                throw new ParameterException($"the key of {circuit} is not that of the network: flashback params make, or the files of the network's ceremony, put it where --cache says");
        }
        StorageCircuit update = new(StorageProof.Update, kind.Size); // without it sectors are sealed for deals, not updated
        if (cache.HoldsVerifying(update) && !cache.OpenVerifying(update).Encode().AsSpan().SequenceEqual(network.VerifyingKeys[update].Encode()))
            throw new ParameterException($"the key of {update} is not that of the network: remove it, or put that of the network's ceremony where --cache says");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Service.Dispose();
        _sender.Dispose();
        _disk.Pieces.Dispose();
        _disk.Store.Dispose();
        _node.Dispose();
        _key.Dispose();
    }

    private static SealKind Require(NetworkGenesis file, KnownStorageNetwork told)
    {
        SpacetimeParameters parameters = file.Spacetime ?? throw new InvalidDataException("the network has no storage");
        return told.GenesisTime == parameters.GenesisTime && told.SealProof == (ulong)parameters.Seal.Number
            ? parameters.Seal
            : throw new InvalidDataException("the node is of another network than the file");
    }
}
