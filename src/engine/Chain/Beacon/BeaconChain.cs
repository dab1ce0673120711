using Flashback.Chain.Spacetime;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <summary>The beacon chain of this node, with the execution chain below it: takes blocks and votes in, says which block is the head, and makes new ones.</summary>
/// <remarks>
/// One thread at a time works on it, whoever calls; <see cref="Snapshot"/> is read without waiting. Nothing here starts threads or timers: in virtual time
/// everything happens in order, and again in the same order.
/// <code>
/// peers ─► GossipDesk ─► Import ─► fork choice: data at hand? ─► transition: signatures, payload executed ─► claims proven? ─► on disk ─► head
///                    └─► votes ─► pools ─► the next block
/// </code>
/// A block is on disk before its payload is the head of the execution chain, and that is certain to be on disk when it is told to anybody.
/// </remarks>
public sealed partial class BeaconChain
{
    // immutable
    private readonly ConsensusConfig _config;
    private readonly BeaconOptions _options;
    private readonly BeaconDatabase _database;
    private readonly ChainService _execution;
    private readonly ExecutionEngine _engine;
    private readonly BlockBuilder _builder;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ulong _genesisTime;
    private readonly Lock _gate = new();

    // guarded by _gate
    private readonly ForkChoice<BlsVerifier> _forkChoice;
    private readonly LightClientData _light;
    private readonly VotePool _votes;
    private readonly SyncVotePool _syncVotes;
    private readonly OperationPool _operations = new();
    private readonly BlobShelf _blobs;
    private readonly WaitingBlocks _waiting;
    private readonly DeferredVotes _deferred = new();
    private readonly AdvancedStates _advanced = new();
    private readonly Slasher? _slasher;
    private Slot _ticked;

    private volatile BeaconSnapshot _snapshot;

    private BeaconChain(NetworkGenesis genesis, BeaconDatabase database, SignedBeaconBlock anchor, CachedState state, BeaconParts parts, BeaconOptions options)
    {
        (_config, _options, _database) = (genesis.Config, options, database);
        (_execution, _engine, _builder, _clock, _log) = (parts.Execution, parts.Engine, parts.Builder, parts.Clock, parts.Log);
        _genesisTime = genesis.Time;
        _blobs = new BlobShelf(_config, () => OldestBlobSlot);
        _waiting = new WaitingBlocks(Preset);
        _votes = new VotePool(Preset);
        _syncVotes = new SyncVotePool(Preset);
        _slasher = options.FindsSlashings ? new Slasher() : null;
        _forkChoice = new ForkChoice<BlsVerifier>(anchor.Message, state, new EngineAdapter(_engine, Preset), new StorageGate(_blobs, _execution, () => OldestBlobSlot, _log));
        _light = new LightClientData(anchor.Message, state);
        _snapshot = new BeaconSnapshot(anchor.Message.HashTreeRoot(Preset), anchor.Message, state.State.LatestExecutionPayloadHeader.BlockHash, _forkChoice.JustifiedCheckpoint, _forkChoice.FinalizedCheckpoint);
    }

    /// <summary>The columns that a store must have to hold a beacon chain.</summary>
    public static IReadOnlyList<Column> Columns => BeaconColumns.All;

    /// <summary>The network's rules.</summary>
    public ConsensusConfig Config => _config;

    /// <summary>The network's sizes.</summary>
    public Preset Preset => _config.Preset;

    /// <summary>When slot 0 begins, in seconds since 1970.</summary>
    public ulong GenesisTime => _genesisTime;

    /// <summary>What tells the chain apart: the root of its first registry.</summary>
    public Hash32 GenesisValidatorsRoot { get; private init; }

    /// <summary>Blocks, states and blobs on disk.</summary>
    public BeaconDatabase Database => _database;

    /// <summary>The chain as it is now.</summary>
    public BeaconSnapshot Snapshot => _snapshot;

    /// <summary>The slot that it is time for; 0 before genesis.</summary>
    public Slot CurrentSlot
    {
        get
        {
            long seconds = _clock.GetUtcNow().ToUnixTimeSeconds();
            return seconds <= (long)_genesisTime ? Slot.Genesis : new Slot(((ulong)seconds - _genesisTime) / _config.SecondsPerSlot);
        }
    }

    /// <summary>The first slot whose blobs are still kept. spec: cs/deneb/p2p-interface#blobsidecarsbyrange-v1</summary>
    public Slot OldestBlobSlot
    {
        get
        {
            ulong kept = _options.BlobRetention * Preset.SlotsPerEpoch;
            ulong now = Preset.StartSlotOf(Preset.EpochAt(CurrentSlot)).Value;
            return new Slot(now > kept ? now - kept : 0);
        }
    }

    /// <summary>Whoever holds it works on the chain.</summary>
    internal Lock Gate => _gate;

    /// <summary>Under the gate.</summary>
    internal ForkChoice<BlsVerifier> ForkChoice => _forkChoice;

    /// <inheritdoc cref="ForkChoice"/>
    internal VotePool Votes => _votes;

    /// <inheritdoc cref="ForkChoice"/>
    internal SyncVotePool SyncVotes => _syncVotes;

    /// <inheritdoc cref="ForkChoice"/>
    internal OperationPool OperationPool => _operations;

    /// <summary>Called when something has happened, by the thread that did it, in order. Who listens must be quick, must not throw, and must not call back.</summary>
    public event Action<BeaconEvent>? Happened;

    /// <summary>Opens the chain that a store holds, or begins one in an empty store.</summary>
    /// <param name="genesis">How the network began.</param>
    /// <param name="store">The store; the execution chain may be in the same.</param>
    /// <param name="parts">What it works with.</param>
    /// <param name="options">How it is kept and made.</param>
    /// <exception cref="StoreException">The store fails, is damaged, or holds a chain with another beginning.</exception>
    public static BeaconChain Open(NetworkGenesis genesis, IStore store, BeaconParts parts, BeaconOptions options)
    {
        BeaconDatabase database = new(store, genesis.Config);
        CachedState first = genesis.BeaconState();
        SignedBeaconBlock firstBlock = NetworkGenesis.FirstBlock(first);
        Hash32 firstRoot = firstBlock.Message.HashTreeRoot(genesis.Config.Preset);
        if (database.LastState is null)
            Begin(database, firstBlock, firstRoot, first);
        else if (database.RootAt(Slot.Genesis) != firstRoot)
            throw new StoreException($"the store holds another chain: its first beacon block is not {firstRoot}");
        (SignedBeaconBlock anchor, CachedState state) = LoadAnchor(database, genesis.Config, first.Keys);
        BeaconChain chain = new(genesis, database, anchor, state, parts, options) { GenesisValidatorsRoot = first.State.GenesisValidatorsRoot };
        chain.Resume();
        return chain;
    }

    /// <summary>The slot of the head that a store holds; null where it holds no chain. Whoever opens the chain may ask before.</summary>
    /// <exception cref="StoreException">The store fails.</exception>
    public static Slot? HeadSlotIn(IStore store) => BeaconDatabase.LastSlotIn(store);

    /// <summary>What tells the chain apart in few bytes. spec: cs/phase0/beacon-chain#compute_fork_digest</summary>
    public Bytes4 ForkDigest => NetworkGenesis.DigestOf(_config, GenesisValidatorsRoot);

    /// <summary>Time has gone on: votes that waited for their slot's end count now, and another block may be the head. Call it at the start of every slot.</summary>
    public void Tick()
    {
        List<BeaconEvent> events = [];
        lock (_gate)
        {
            TickUnderGate();
            UpdateHead(events);
        }
        Raise(events);
    }

    /// <summary>Does something with a copy of the state after a block, let on to a slot if that is later; default where the block is not known. Copies are cheap.</summary>
    /// <param name="root">The block.</param>
    /// <param name="slot">The slot, no later than two epochs after the present one.</param>
    /// <param name="ask">What is asked.</param>
    public T? WithState<T>(in Hash32 root, Slot slot, Func<CachedState, T> ask)
    {
        CachedState? copy;
        lock (_gate)
            copy = slot.Value > CurrentSlot.Value + (2 * Preset.SlotsPerEpoch) ? null : StateAt(root, slot)?.Copy();
        return copy is null ? default : ask(copy);
    }

    /// <summary>A copy of the state after a block of the fork choice; null for another.</summary>
    public CachedState? CopyState(in Hash32 root)
    {
        lock (_gate)
            return _forkChoice.StateOf(root)?.Copy();
    }

    /// <summary>The state after the last block of the chain at or before a slot, let on to the slot: gone through again from the state on disk before it, where the fork choice has forgotten it.</summary>
    /// <returns>Null where the slot is to come or the chain does not reach it.</returns>
    public CachedState? StateOfSlot(Slot slot)
    {
        if (slot > CurrentSlot || _database.LastAt(slot) is not { } last)
            return null;
        if (WithState(last.Root, slot, state => state) is { } kept)
            return kept;
        if (_database.StateBefore(last.Slot) is not { } stored)
            return null;
        CachedState state = new(_config, _database.DecodeState(stored.Slot, stored.State), Keys);
        ExecutedBefore engine = new();
        foreach ((Slot at, Hash32 root) in _database.Range(stored.Slot + 1, last.Slot + 1, int.MaxValue))
        {
            if (!_database.TryGetBlock(root, out SignedBeaconBlock? block) || StateTransition.Apply<UnverifiedSignatures>(state, block, engine, out state) is not null)
                throw new StoreException($"block {root} of {at} cannot be gone through again: the database is damaged");
        }
        return state.State.Slot < slot && StateTransition.ProcessSlots(state, slot, out state) is { } invalid ? throw new StoreException(invalid.ToString()) : state;
    }

    /// <summary>The blocks of the fork choice, for who looks into it.</summary>
    public (IReadOnlyList<(Hash32 Root, Hash32 Parent, Slot Slot, ulong Weight)> Blocks, Checkpoint Justified, Checkpoint Finalized) ForkChoiceTree()
    {
        lock (_gate)
            return (_forkChoice.Blocks(), _forkChoice.JustifiedCheckpoint, _forkChoice.FinalizedCheckpoint);
    }

    /// <summary>Asks what light clients are told.</summary>
    public T AskLightClientData<T>(Func<LightClientData, T> ask)
    {
        lock (_gate)
            return ask(_light);
    }

    private PublicKeyTable Keys => _forkChoice.StateOf(_snapshot.HeadRoot)!.Keys;

    private static void Begin(BeaconDatabase database, SignedBeaconBlock block, in Hash32 root, CachedState state)
    {
        WriteBatch batch = new();
        BeaconDatabase.PutLayout(batch);
        database.PutBlock(batch, root, block);
        BeaconDatabase.PutOnChain(batch, Slot.Genesis, root);
        database.PutState(batch, Slot.Genesis, state);
        database.Commit(batch, Durability.Synced);
    }

    private static (SignedBeaconBlock Anchor, CachedState State) LoadAnchor(BeaconDatabase database, ConsensusConfig config, PublicKeyTable keys)
    {
        (Slot slot, byte[] bytes) = database.StateBefore(database.LastState!.Value) ?? throw new StoreException("the last beacon state is missing: the database is damaged");
        if (database.RootAt(slot) is not { } root || !database.TryGetBlock(root, out SignedBeaconBlock? block))
            throw new StoreException($"the block of the beacon state of {slot} is missing: the database is damaged");
        return (block, new CachedState(config, database.DecodeState(slot, bytes), keys));
    }

    /// <summary>Goes through the blocks after the last state on disk once more; then the head is what it was.</summary>
    private void Resume()
    {
        int count = 0;
        lock (_gate)
        {
            TickUnderGate();
            foreach (SignedBeaconBlock block in _database.Recent())
            {
                if (_forkChoice.OnVerifiedBlock(block) is { } invalid)
                {
                    LogNotResumed(block.Message.Slot, invalid.ToString());
                    continue;
                }
                _light.Add(block.Message, _forkChoice.StateOf(block.Message.HashTreeRoot(Preset))!);
                count++;
            }
            UpdateHead([]);
        }
        LogResumed(_snapshot.Head.Slot.Value, _snapshot.HeadRoot, count);
    }

    /// <summary>The state after a block, let on to a slot if that is later; not to be changed. Under the gate.</summary>
    internal CachedState? StateAt(in Hash32 root, Slot slot)
    {
        CachedState? state = _forkChoice.StateOf(root);
        return state is null || state.State.Slot >= slot ? state : _advanced.Get(root, state, slot);
    }

    /// <summary>Lets the fork choice know the time. Under the gate.</summary>
    internal void TickUnderGate()
    {
        _forkChoice.OnTick((ulong)Math.Max(0, _clock.GetUtcNow().ToUnixTimeSeconds()));
        Slot now = CurrentSlot;
        if (now <= _ticked)
            return;
        _ticked = now;
        foreach ((AttestationData data, int[] voters) in _deferred.TakeBefore(now))
            _ = _forkChoice.OnVerifiedVotes(data, voters);
        _syncVotes.Prune(now);
        _votes.Prune(Preset.EpochAt(now));
        _waiting.Prune(now);
        _advanced.Prune(now);
    }

    /// <summary>Tells who listens. Not under the gate.</summary>
    internal void Raise(List<BeaconEvent> events)
    {
        foreach (BeaconEvent happened in events)
            Happened?.Invoke(happened);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Beacon chain at slot {Slot}, head {Root}; {Count} blocks gone through again")]
    private partial void LogResumed(ulong slot, Hash32 root, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Block of {Slot} was taken in before and is not any more: {Reason}")]
    private partial void LogNotResumed(Slot slot, string reason);
}
