using Flashback.Api.Beacon;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A node of a <see cref="StorageNetwork"/>, in memory.</summary>
internal sealed class StorageNode : IDisposable
{
    private readonly SqliteStore _store;
    private readonly ExecutionEngine _engine;

    public StorageNode(string name, NetworkGenesis genesis, VirtualTime time, ulong blobRetention)
    {
        Name = new PeerId(name);
        Peers = new PeerNetwork(Name, genesis.ForkDigest(), time, NullLogger<PeerNetwork>.Instance);
        _store = SqliteStore.OpenTemporary([.. ChainService.Columns, .. TransactionPool.Columns, .. BeaconChain.Columns]);
        Execution = ChainService.Open(
            _store, genesis.ExecutionGenesis, new ChainOptions { Spacetime = genesis.SpacetimeFork }, new WorldStateOptions { CacheBytes = 16 << 20 }, NullLogger<ChainService>.Instance);
        Pool = new TransactionPool(Execution, new PoolOptions(), _store, time, NullLogger<TransactionPool>.Instance);
        Builder = new BlockBuilder(Execution, Pool, time);
        _engine = new ExecutionEngine(Execution, Builder, new BuildingOptions(), NullLogger<ExecutionEngine>.Instance);
        BeaconOptions options = new() { BlobRetention = blobRetention, FindsSlashings = false };
        Chain = BeaconChain.Open(genesis, _store, new BeaconParts(Execution, _engine, Builder, time, NullLogger<BeaconChain>.Instance), options);
        Node = new BeaconNode(Chain, Pool, Peers, time, NullLoggerFactory.Instance);
        Client = new LocalNodeClient(Node);
    }

    public PeerId Name { get; }

    public PeerNetwork Peers { get; }

    public ChainService Execution { get; }

    public TransactionPool Pool { get; }

    public BlockBuilder Builder { get; }

    public BeaconChain Chain { get; }

    public BeaconNode Node { get; }

    public INodeClient Client { get; }

    public Hash32 Head => Chain.Snapshot.HeadRoot;

    /// <summary>What a contract answers in the state at the head.</summary>
    public byte[] Ask(Address contract, string signature, params object[] arguments)
    {
        ChainSnapshot now = Execution.Snapshot;
        JournaledState state = new(now.State, Execution.Codes);
        BlockHeader header = now.Head.Header;
        BlockEnvironment block = new(
            Execution.Config.ChainId, default, header.Number, header.Timestamp, header.GasLimit, default, header.BaseFeePerGas, UInt256.Zero, _ => default);
        SystemCallOutcome outcome = new TransactionExecutor(ForkRules.Prague, block, state).ViewAsSystem(contract, Abi.Call(signature, arguments))!;
        Assert.True(outcome.IsSuccess, $"{signature}: {SpacetimeWorld.Reason(outcome.Output)}");
        return outcome.Output.ToArray();
    }

    public void Dispose()
    {
        Node.Dispose();
        _engine.Dispose();
        Pool.Dispose();
        Execution.Dispose();
        _store.Dispose();
    }
}
