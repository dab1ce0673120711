using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.History;
using Flashback.State.Store;

namespace Flashback.State;

/// <summary>
/// The states of recent blocks, as a tree of changes in memory over one state on disk, and the states of older blocks behind that: the front door to
/// accounts, storage and code.
/// </summary>
/// <remarks>
/// <code>
///                            ┌ 103b
/// 98 ─ 99 ─ 100 │ 101 ─ 102 ─┴ 103a ─ 104      added, then flattened
/// past     disk │ memory
/// </code>
/// Who imports a block opens its parent's state, executes on it, lets <see cref="StateView.Apply"/> make the next state, compares the root with the header's, and
/// adds it. When a block cannot be reverted any more it is flattened. One thread adds and flattens; any number of threads open states and read them.
/// After a crash the disk holds the state of the last block that was flattened whole; the blocks after it must be executed again.
/// </remarks>
public sealed class WorldState
{
    private readonly DiskState _disk;
    private volatile Dictionary<Hash32, AddedBlock> _added = []; // replaced as a whole, never changed

    /// <summary>Opens the state in a store that has <see cref="Columns"/>.</summary>
    /// <exception cref="StoreException">The store fails or the state in it is damaged.</exception>
    public WorldState(IStore store, WorldStateOptions options) => _disk = new DiskState(store, options);

    /// <summary>The columns that the state lives in.</summary>
    public static IReadOnlyList<Column> Columns => StateColumns.All;

    /// <summary>The block whose state is on disk; <see cref="StateBlock.BeforeGenesis"/> in a new store.</summary>
    public StateBlock Disk => _disk.Current;

    /// <summary>The number of the oldest block whose state can be read.</summary>
    public long Oldest => _disk.Oldest;

    /// <summary>How many blocks' changes are in memory: what flattening frees.</summary>
    public int LayerCount => _added.Count;

    /// <summary>How many bytes the cache of the disk takes, about.</summary>
    public long CachedBytes => _disk.CachedBytes;

    /// <summary>Opens the state after a block that was added and not dropped, or the one on disk.</summary>
    public bool TryOpen(in Hash32 hash, [NotNullWhen(true)] out StateView? view)
    {
        // The tree first: a block leaves it only after it has reached the disk.
        view = _added.TryGetValue(hash, out AddedBlock? added) ? added.View : null;
        if (view is null && Disk is var disk && disk.Hash == hash)
            view = OnDisk(disk);
        return view is not null;
    }

    /// <summary>Opens the state after a block of this number on the chain that leads to the one on disk.</summary>
    public bool TryOpenPast(long number, [NotNullWhen(true)] out StateView? view)
    {
        view = _disk.TryFindBlock(number, out StateBlock block) ? OnDisk(block) : null;
        return view is not null;
    }

    /// <summary>Makes a state that <see cref="StateView.Apply"/> made the state after a block.</summary>
    /// <param name="parent">The hash of the block whose state it was applied to.</param>
    /// <param name="hash">The block's own.</param>
    /// <param name="state">The state after it.</param>
    /// <exception cref="ArgumentException">The parent is not here, or the state is not made from its state.</exception>
    public void Add(in Hash32 parent, in Hash32 hash, StateView state)
    {
        if (!TryOpen(parent, out StateView? before))
            throw new ArgumentException($"the state after block {parent} is not here", nameof(parent));
        if (_added.ContainsKey(hash) || hash == Disk.Hash)
            return;
        if (state.Layer is not StateLayer.Changes changes || changes.RootBelow != before.Root)
            throw new ArgumentException($"the state is not made from the one after block {parent}", nameof(state));
        changes.Below = before.Layer; // of the same root, so the same state; but the tree must not hold layers that left it
        long number = 1 + (_added.TryGetValue(parent, out AddedBlock? above) ? above.Block.Number : Disk.Number);
        _added = new Dictionary<Hash32, AddedBlock>(_added) { [hash] = new AddedBlock(new StateBlock(number, hash, state.Root), parent, state, changes) };
    }

    /// <summary>
    /// Writes the states up to a block to disk, one commit for each, and drops the blocks that do not descend from it. Old views stay readable as long as
    /// history reaches.
    /// </summary>
    /// <exception cref="ArgumentException">The block is not in the tree.</exception>
    public void Flatten(in Hash32 hash, Durability durability = Durability.Synced)
    {
        if (hash == Disk.Hash)
            return;
        if (!_added.TryGetValue(hash, out AddedBlock? last))
            throw new ArgumentException($"the state after block {hash} is not in memory", nameof(hash));
        Stack<AddedBlock> chain = new();
        for (AddedBlock? at = last; at is not null; at = _added.GetValueOrDefault(at.Parent))
            chain.Push(at);
        foreach (AddedBlock block in chain)
        {
            _disk.Advance(block.Block, block.Changes.Values, durability);
            KeepDescendantsOf(block);
        }
    }

    private void KeepDescendantsOf(AddedBlock flattened)
    {
        Dictionary<Hash32, AddedBlock> kept = [];
        HashSet<Hash32> family = [flattened.Block.Hash];
        foreach (AddedBlock block in _added.Values.OrderBy(block => block.Block.Number))
        {
            if (!family.Contains(block.Parent))
                continue;
            family.Add(block.Block.Hash);
            kept.Add(block.Block.Hash, block);
            if (block.Parent == flattened.Block.Hash)
                block.Changes.Below = new StateLayer.OnDisk(_disk, flattened.Block.Number);
        }
        _added = kept;
    }

    private StateView OnDisk(in StateBlock block) => new(new StateLayer.OnDisk(_disk, block.Number), block.Root);

    private sealed record AddedBlock(StateBlock Block, Hash32 Parent, StateView View, StateLayer.Changes Changes);
}
