using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What a full node tells light clients: kept for every block as it comes, answered for the chain of the head. spec: cs/altair/light-client/full-node</summary>
/// <remarks>
/// For each block the best update of its period on the way to it is kept, so that an answer walks the chain of blocks and looks at no state.
/// Of what is final only answers are kept: a bootstrap for each epoch, an update for each period.
/// </remarks>
public sealed class LightClientData
{
    private const int MostBootstraps = 4096;

    private sealed record Known(BeaconBlock Block, Known? Parent, CachedState State, LightClientUpdate? Best, LightClientUpdate? Latest);

    private readonly Preset _preset;
    private readonly Dictionary<Hash32, Known> _blocks = [];
    private readonly OrderedDictionary<Hash32, LightClientBootstrap> _finalBootstraps = [];
    private readonly SortedDictionary<ulong, LightClientUpdate> _finalUpdates = [];
    private Known _head;

    /// <summary>Begins at a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="state">The state after it.</param>
    public LightClientData(BeaconBlock block, CachedState state)
    {
        _preset = state.Preset;
        _head = new(block, null, state, null, null);
        _blocks.Add(block.HashTreeRoot(_preset), _head);
    }

    /// <summary>Takes in a block whose parent is known.</summary>
    /// <param name="block">The block.</param>
    /// <param name="state">The state after it.</param>
    /// <exception cref="ArgumentException">The parent is not known.</exception>
    public void Add(BeaconBlock block, CachedState state)
    {
        if (!_blocks.TryGetValue(block.ParentRoot, out Known? parent))
            throw new ArgumentException("the block's parent is not known", nameof(block));
        LightClientUpdate? best = parent.Best is { } earlier && PeriodOf(earlier.AttestedHeader.Beacon.Slot) == PeriodOf(block.Slot) ? earlier : null;
        LightClientUpdate? latest = parent.Latest;
        if ((ulong)block.Body.SyncAggregate.SyncCommitteeBits.SetCount >= _preset.MinSyncCommitteeParticipants)
        {
            latest = LightClientUpdates.CreateUpdate(block, parent.State, parent.Block, FinalizedIn(parent));
            if (PeriodOf(parent.Block.Slot) == PeriodOf(block.Slot) && (best is null || LightClientUpdates.IsBetter(_preset, latest, best)))
                best = latest;
        }
        _blocks[block.HashTreeRoot(_preset)] = new(block, parent, state, best, latest);
    }

    /// <summary>From now on answers are for the chain of this block.</summary>
    /// <exception cref="ArgumentException">The block is not known.</exception>
    public void SetHead(in Hash32 root) => _head = _blocks.TryGetValue(root, out Known? head) ? head : throw new ArgumentException("the head is not known", nameof(root));

    /// <summary>The best update of a period; null where there is none.</summary>
    public LightClientUpdate? BestUpdate(ulong period)
    {
        for (Known? block = _head; block is not null && PeriodOf(block.Block.Slot) >= period; block = block.Parent)
        {
            if (PeriodOf(block.Block.Slot) == period && block.Best is { } best)
                return best;
        }
        return _finalUpdates.GetValueOrDefault(period);
    }

    /// <summary>Turns what is final into answers, and forgets the rest of it.</summary>
    /// <param name="final">A checkpoint that is final in the states of all blocks to come: updates name what is final there.</param>
    public void Prune(in Checkpoint final)
    {
        if (!_blocks.TryGetValue(final.Root, out Known? root) || root.Parent is null)
            return;
        Known? next = null;
        for (Known? block = root; block is not null; (next, block) = (block, block.Parent))
        {
            ulong period = PeriodOf(block.Block.Slot);
            if (block.Best is { } best && (!_finalUpdates.TryGetValue(period, out LightClientUpdate? kept) || LightClientUpdates.IsBetter(_preset, best, kept)))
                _finalUpdates[period] = best;
            if (next is not null && IsBoundary(block, next))
                _finalBootstraps[block.Block.HashTreeRoot(_preset)] = LightClientUpdates.CreateBootstrap(block.State, block.Block);
        }
        while (_finalBootstraps.Count > MostBootstraps)
            _finalBootstraps.RemoveAt(0);
        KeepDescendantsOf(root);
    }

    /// <summary>The latest news; null where no sync committee has signed yet.</summary>
    public LightClientUpdate? Latest => _head.Latest;

    /// <summary>The bootstrap of a block: genesis, or one at an epoch's boundary that is final; null for another.</summary>
    public LightClientBootstrap? Bootstrap(in Hash32 root)
    {
        if (_finalBootstraps.TryGetValue(root, out LightClientBootstrap? kept))
            return kept;
        if (!_blocks.TryGetValue(root, out Known? wanted))
            return null;
        Epoch final = _head.State.State.FinalizedCheckpoint.Epoch;
        Known? next = null;
        for (Known? block = _head; block is not null; (next, block) = (block, block.Parent))
        {
            if (!ReferenceEquals(block, wanted))
                continue;
            return IsBoundary(block, next) && BoundaryAt(block) <= final ? LightClientUpdates.CreateBootstrap(block.State, block.Block) : null;
        }
        return null;
    }

    private BeaconBlock? FinalizedIn(Known block)
    {
        Checkpoint final = block.State.State.FinalizedCheckpoint;
        for (Known? ancestor = block; ancestor is not null; ancestor = ancestor.Parent)
        {
            if (final.Root.IsZero ? ancestor.Block.Slot == Slot.Genesis : ancestor.Block.Slot <= _preset.StartSlotOf(final.Epoch))
                return ancestor.Block;
        }
        return null;
    }

    /// <summary>Whether a block is the last at or before the first slot of an epoch.</summary>
    private bool IsBoundary(Known block, Known? next) => next is null || _preset.StartSlotOf(BoundaryAt(block)) < next.Block.Slot;

    private Epoch BoundaryAt(Known block) => _preset.EpochAt(block.Block.Slot + (_preset.SlotsPerEpoch - 1));

    /// <summary>Makes a block the first one: it has no parent any more, and what does not descend from it is gone.</summary>
    private void KeepDescendantsOf(Known first)
    {
        Dictionary<Known, Known> moved = new(ReferenceEqualityComparer.Instance) { [first] = first with { Parent = null } };
        foreach ((Hash32 root, Known block) in _blocks.OrderBy(known => known.Value.Block.Slot).ToArray())
        {
            if (!moved.ContainsKey(block) && block.Parent is { } parent && moved.TryGetValue(parent, out Known? movedParent))
                moved.Add(block, block with { Parent = movedParent });
            if (moved.TryGetValue(block, out Known? now))
                _blocks[root] = now;
            else
                _ = _blocks.Remove(root);
        }
        _head = moved[_head];
    }

    private ulong PeriodOf(Slot slot) => _preset.SyncCommitteePeriodAt(slot);
}
