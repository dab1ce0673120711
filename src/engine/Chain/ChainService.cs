using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain;

/// <summary>The chain of this node: takes blocks in, keeps them, and says which is the head. One thread at a time writes; readers take the snapshot and no lock.</summary>
/// <remarks>
/// <code>
///  oldest kept state      on disk          head
///         │                  │              │
/// ────────┴──────────────────┴──●──●──●──●──●      a layer in memory for each block above what is on disk
///      read from history         revertible
/// </code>
/// A block and everything that finds it is committed before anybody hears of it. After a crash the blocks above the state on disk are executed again.
/// </remarks>
public sealed partial class ChainService : IDisposable
{
    private readonly IStore _store;
    private readonly WorldState _world;
    private readonly BlockExecutor _executor;
    private readonly ChainOptions _options;
    private readonly ILogger _log;
    private readonly Lock _writing = new();
    private readonly RecentClaims _claims = new(); // guarded by _writing
    private volatile ChainSnapshot _snapshot;
    private int _isProduced;

    private ChainService(IStore store, WorldState world, ChainConfig config, ChainOptions options, ILogger log)
    {
        _store = store;
        _world = world;
        _executor = new BlockExecutor(config, Codes);
        _options = options;
        _log = log;
        Blocks = new BlockDatabase(store);
        _snapshot = null!; // set by Resume before anybody else has this object
    }

    /// <summary>The columns that a store must have to hold a chain.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [.. WorldState.Columns, .. BlockDatabase.Columns];

    /// <summary>The chain's rules.</summary>
    public ChainConfig Config => _executor.Chain;

    /// <summary>What executes its blocks.</summary>
    public BlockExecutor Executor => _executor;

    /// <summary>Analysed code, shared by all that executes.</summary>
    public BytecodeCache Codes { get; } = new();

    /// <summary>Blocks on disk.</summary>
    public BlockDatabase Blocks { get; }

    /// <summary>The network's Spacetime fork; null where it is off.</summary>
    public SpacetimeFork? Spacetime => _options.Spacetime;

    /// <summary>The chain as it is now.</summary>
    public ChainSnapshot Snapshot => _snapshot;

    /// <summary>Called when the head has moved, by the thread that moved it, in order. Who listens must be quick and must not throw.</summary>
    public event Action<HeadChange>? HeadChanged;

    /// <summary>Opens the chain that a store holds, or begins one in an empty store.</summary>
    /// <exception cref="StoreException">The store fails, is damaged, or holds a chain with another beginning.</exception>
    public static ChainService Open(IStore store, Genesis genesis, ChainOptions options, WorldStateOptions stateOptions, ILogger<ChainService> log)
    {
        ChainService chain = new(store, new WorldState(store, stateOptions), genesis.Chain, options, log);
        StateView state = StateView.Empty.Apply(genesis.ToDiff());
        Block block = new(genesis.HeaderWith(state.Root), [], []);
        ExecutedBlock first = new(block, block.Header.Hash(), [], []);
        if (chain.Blocks.Head is null)
            chain.Begin(first);
        else if (!chain.Blocks.TryGetHash(first.Number, out Hash32 kept) || kept != first.Hash)
            throw new StoreException($"the store holds another chain: its first block is not {first.Hash}");
        chain.Resume(first, state);
        return chain;
    }

    /// <summary>The state after a block: one that can be reverted, or one whose state is still kept.</summary>
    public bool TryOpenState(BlockHeader header, [NotNullWhen(true)] out StateView? state)
    {
        Hash32 hash = header.Hash();
        if (_world.TryOpen(hash, out state))
            return true;
        bool isOnChain = Blocks.TryGetHash(header.Number, out Hash32 kept) && kept == hash;
        return isOnChain && _world.TryOpenPast((long)header.Number, out state);
    }

    /// <summary>What happens around a block's transactions: whoever executes blocks of this chain does it with these.</summary>
    public SpacetimeHooks HooksOf(BlockHeader header) => Spacetime?.HooksOf(header) ?? default;

    /// <summary>The claims of a kept block with the inputs of their statements; null where they cannot be told, since the state before the block is not kept.</summary>
    public IReadOnlyList<StatedClaim>? ClaimsOf(in Hash32 hash)
    {
        lock (_writing)
        {
            if (_claims.TryGet(hash, out IReadOnlyList<StatedClaim>? claims))
                return claims;
            if (!Blocks.TryGetBlock(hash, out ExecutedBlock? block))
                return null;
            if (!StorageClaim.Of(block.Receipts).Any())
                return [];
            return Execute(block.Block, hash, out _) is ImportOutcome.Imported && _claims.TryGet(hash, out claims) ? claims : null;
        }
    }

    /// <summary>Executes a block and keeps it. A block that is here already is not executed again.</summary>
    public ImportOutcome Import(Block block) => Import(block, block.Header.Hash());

    /// <summary>Keeps a block that was put together here, without executing it a second time.</summary>
    /// <param name="block">The block with what came of it.</param>
    /// <param name="after">The state after it, made from the one after its parent.</param>
    /// <param name="claims">Its claims.</param>
    public void Import(ExecutedBlock block, StateView after, IReadOnlyList<StatedClaim> claims)
    {
        lock (_writing)
        {
            _claims.Add(block.Hash, claims);
            if (Blocks.TryGetHeader(block.Hash, out _) && _world.TryOpen(block.Hash, out _))
                return;
            Keep(block, after);
        }
    }

    /// <summary>Makes a block that was imported the head, and everything that leads to it the chain. When this returns it is on the disk.</summary>
    /// <param name="head">The new head.</param>
    /// <param name="safe">A block on the way there.</param>
    /// <param name="finalized">A block on the way to the safe one, never one before that which was finalized already: what is below can never be reverted.</param>
    /// <returns>False, and nothing has changed, when a block is not here or not on the way.</returns>
    public bool SetHead(in Hash32 head, in Hash32 safe, in Hash32 finalized)
    {
        lock (_writing)
        {
            if (IsSet(_snapshot, head, safe, finalized))
                return true;
            if (!_world.TryOpen(head, out StateView? state) || !Blocks.TryGetBlock(head, out ExecutedBlock? newest))
                return false;
            if (!TryFindPath(newest, out List<ExecutedBlock> abandoned, out List<ExecutedBlock> adopted))
                return false;
            ulong fork = newest.Number - (ulong)adopted.Count; // the last block of both chains
            bool IsOnTheWay(BlockHeader header, in Hash32 hash) => header.Number > fork
                ? header.Number <= newest.Number && adopted[(int)(header.Number - fork - 1)].Hash == hash
                : Blocks.TryGetHash(header.Number, out Hash32 kept) && kept == hash;
            if (!Blocks.TryGetHeader(safe, out BlockHeader? safeHeader) || !IsOnTheWay(safeHeader, safe)
                || !Blocks.TryGetHeader(finalized, out BlockHeader? finalizedHeader) || !IsOnTheWay(finalizedHeader, finalized)
                || finalizedHeader.Number > safeHeader.Number || finalizedHeader.Number < _snapshot.Finalized.Number || fork < _snapshot.Finalized.Number)
                return false;
            using Activity? trace = ChainTraces.Begin("set head", newest.Header, head, newest.Receipts.Count);
            WriteBatch batch = new();
            abandoned.ForEach(block => BlockDatabase.Abandon(batch, block));
            adopted.ForEach(block => BlockDatabase.Adopt(batch, block));
            BlockDatabase.PutMarks(batch, head, safe, finalized);
            using (ChainTraces.Begin("commit"))
                _store.Commit(batch);
            ChainSnapshot now = new(newest, state, safeHeader, finalizedHeader);
            _snapshot = now;
            if (abandoned.Count > 0)
                LogReorganisation(abandoned.Count, newest.Number, newest.Hash);
            HeadChanged?.Invoke(new HeadChange(abandoned, adopted, now));
            Flatten(now);
            return true;
        }
    }

    /// <summary>Sees to it that the state after a kept block can be opened: after a restart those beside the chain must be executed again. False when it cannot be.</summary>
    public bool TryRevive(in Hash32 hash)
    {
        lock (_writing)
        {
            Stack<ExecutedBlock> lost = new();
            for (Hash32 at = hash; !_world.TryOpen(at, out _); at = lost.Peek().Header.ParentHash)
            {
                if (lost.Count == _options.RevertibleBlocks || !Blocks.TryGetBlock(at, out ExecutedBlock? block) || (long)block.Number <= _world.Disk.Number)
                    return false;
                lost.Push(block);
            }
            foreach (ExecutedBlock block in lost)
            {
                if (Execute(block.Block, block.Hash, out StateView? after) is not ImportOutcome.Imported)
                    return false;
                _world.Add(block.Header.ParentHash, block.Hash, after!);
            }
            return true;
        }
    }

    /// <summary>Makes the caller the only one who produces blocks, until what is returned is disposed.</summary>
    /// <exception cref="InvalidOperationException">Somebody else does.</exception>
    public IDisposable ClaimProduction() => Interlocked.Exchange(ref _isProduced, 1) == 0
        ? new Claim(this)
        : throw new InvalidOperationException("another producer runs on this chain");

    public void Dispose() => _store.Dispose();

    private ImportOutcome Import(Block block, Hash32 hash)
    {
        lock (_writing)
        {
            if (_world.TryOpen(hash, out _) && Blocks.TryGetBlock(hash, out ExecutedBlock? known))
                return new ImportOutcome.Imported(known);
            using Activity? trace = ChainTraces.Begin("import", block.Header, hash, block.Transactions.Count);
            ImportOutcome outcome = Execute(block, hash, out StateView? after);
            if (outcome is ImportOutcome.Imported imported)
                Keep(imported.Block, after!);
            return outcome;
        }
    }

    private ImportOutcome Execute(Block block, in Hash32 hash, out StateView? after)
    {
        after = null;
        Hash32 parentHash = block.Header.ParentHash;
        if (!Blocks.TryGetHeader(parentHash, out BlockHeader? parent))
            return new ImportOutcome.Orphan();
        if (!_world.TryOpen(parentHash, out StateView? before) && !(TryRevive(parentHash) && _world.TryOpen(parentHash, out before)))
            return new ImportOutcome.Orphan();
        using Activity? trace = ChainTraces.Begin("execute");
        SpacetimeHooks hooks = HooksOf(block.Header);
        BlockOutcome outcome = _executor.Execute(block, parent, before, new Ancestors(Blocks, parent), hooks);
        if (outcome is BlockOutcome.Rejected rejected)
            return new ImportOutcome.Rejected(rejected);
        var accepted = (BlockOutcome.Accepted)outcome;
        using Activity? root = ChainTraces.Begin("state root");
        if (before.ApplyBlock(accepted, out after) is { } wrong)
            return new ImportOutcome.Rejected(new BlockOutcome.Rejected(wrong));
        _claims.Add(hash, hooks.Claims);
        return new ImportOutcome.Imported(new ExecutedBlock(block, hash, accepted.Senders, accepted.Receipts));
    }

    /// <summary>Keeps a block. It is certain to be on the disk once the head is set: that commit waits for all before it, and a block that nobody made the head is not missed.</summary>
    private void Keep(ExecutedBlock block, StateView after)
    {
        using Activity? trace = ChainTraces.Begin("commit");
        _world.Add(block.Header.ParentHash, block.Hash, after);
        WriteBatch batch = new();
        long bytes = BlockDatabase.Put(batch, block);
        BlockDatabase.PutRecent(batch, block);
        _store.Commit(batch, Durability.Buffered);
        Blocks.Remember(block, bytes);
    }

    private static bool IsSet(ChainSnapshot now, in Hash32 head, in Hash32 safe, in Hash32 finalized) =>
        now.Head.Hash == head && now.Safe.Hash() == safe && now.Finalized.Hash() == finalized;

    /// <summary>The way from the head to another block: what leaves the chain, newest first, and what comes onto it, oldest first.</summary>
    private bool TryFindPath(ExecutedBlock to, out List<ExecutedBlock> abandoned, out List<ExecutedBlock> adopted)
    {
        (abandoned, adopted) = ([], []);
        ExecutedBlock? above = to;
        while (!Blocks.TryGetHash(above.Number, out Hash32 kept) || kept != above.Hash)
        {
            adopted.Insert(0, above);
            if (!Blocks.TryGetBlock(above.Header.ParentHash, out above))
                return false;
        }
        for (ulong number = _snapshot.Number; number > above.Number; number--)
        {
            if (!Blocks.TryGetBlock(number, out ExecutedBlock? left))
                return false;
            abandoned.Add(left);
        }
        return true;
    }

    /// <summary>Writes the state of blocks that are too deep to be reverted to disk, and forgets the branches, in memory and on disk, that left the chain before them.</summary>
    private void Flatten(ChainSnapshot now)
    {
        ulong depth = (ulong)_options.RevertibleBlocks;
        ulong deep = now.Number > depth ? now.Number - depth : 0;
        ulong last = Math.Max(deep, now.Finalized.Number);
        if ((long)last <= _world.Disk.Number || !Blocks.TryGetHash(last, out Hash32 hash))
            return;
        _world.Flatten(hash, Durability.Buffered); // what is lost with the power is executed again
        WriteBatch batch = new();
        if (Blocks.PruneBeside(batch, last) is var count and > 0)
            LogPruned(count, last);
        _store.Commit(batch, Durability.Buffered);
    }

    private void Begin(ExecutedBlock genesis)
    {
        WriteBatch batch = new();
        _ = BlockDatabase.Put(batch, genesis);
        BlockDatabase.Adopt(batch, genesis);
        BlockDatabase.PutMarks(batch, genesis.Hash, genesis.Hash, genesis.Hash);
        _store.Commit(batch);
    }

    /// <summary>Takes up the chain where the store has it: executes the blocks above the state on disk once more.</summary>
    private void Resume(ExecutedBlock genesis, StateView first)
    {
        if (_world.Disk == StateBlock.BeforeGenesis)
        {
            _world.Add(StateBlock.BeforeGenesis.Hash, genesis.Hash, first);
            _world.Flatten(genesis.Hash);
        }
        StateBlock disk = _world.Disk;
        if (!Blocks.TryGetHash((ulong)disk.Number, out Hash32 kept) || kept != disk.Hash)
            throw new StoreException($"the state on disk is that of block {disk.Hash}, which is not on the chain: the database is damaged");
        ExecutedBlock head = Stored(Blocks.Head!.Value);
        for (ulong number = (ulong)disk.Number + 1; number <= head.Number; number++)
        {
            if (!Blocks.TryGetBlock(number, out ExecutedBlock? block) || Execute(block.Block, block.Hash, out StateView? after) is not ImportOutcome.Imported)
                throw new StoreException($"block {number} cannot be executed again: the database is damaged");
            _world.Add(block.Header.ParentHash, block.Hash, after!);
        }
        if (!_world.TryOpen(head.Hash, out StateView? state))
            throw new StoreException($"there is no state after the head {head.Hash}: the database is damaged");
        _snapshot = new ChainSnapshot(head, state, Stored(Blocks.Safe!.Value).Header, Stored(Blocks.Finalized!.Value).Header);
        LogResumed(head.Number, head.Hash, head.Number - (ulong)disk.Number);
    }

    private ExecutedBlock Stored(in Hash32 hash) =>
        Blocks.TryGetBlock(hash, out ExecutedBlock? block) ? block : throw new StoreException($"block {hash} is missing: the database is damaged");

    private sealed class Claim(ChainService chain) : IDisposable
    {
        private ChainService? _chain = chain;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _chain, null) is { } claimed)
                Volatile.Write(ref claimed._isProduced, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Chain at block {Number} {Hash}; {Count} blocks executed again")]
    private partial void LogResumed(ulong number, Hash32 hash, ulong count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Count} blocks beside the chain forgotten, up to block {Number}")]
    private partial void LogPruned(int count, ulong number);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Reorganisation: {Count} blocks left the chain; head {Number} {Hash}")]
    private partial void LogReorganisation(int count, ulong number, Hash32 hash);
}
