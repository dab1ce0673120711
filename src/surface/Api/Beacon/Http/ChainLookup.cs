using System.Globalization;
using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>A block that a caller named.</summary>
/// <param name="Root">Its root.</param>
/// <param name="Signed">The block.</param>
/// <param name="IsCanonical">Whether it is on the chain of the head.</param>
/// <param name="IsFinalized">Whether it is final.</param>
internal sealed record NamedBlock(Hash32 Root, SignedBeaconBlock Signed, bool IsCanonical, bool IsFinalized)
{
    public BeaconBlock Message => Signed.Message;

    /// <summary>What stands beside an answer that tells of the block.</summary>
    public Envelope Envelope => new() { IsFinalized = IsFinalized };
}

/// <summary>A state that a caller named: a copy that the request may work on.</summary>
/// <param name="Cached">The state.</param>
/// <param name="IsFinalized">Whether it is final.</param>
internal sealed record NamedState(CachedState Cached, bool IsFinalized)
{
    public BeaconState State => Cached.State;

    /// <summary>What stands beside an answer that tells of the state.</summary>
    public Envelope Envelope => new() { IsFinalized = IsFinalized };
}

/// <summary>Finds the blocks and states that callers name. spec: beacon-APIs, parameters block_id and state_id</summary>
/// <remarks>Finding a state of long ago goes through many blocks again: one request at a time does, and the last one found is kept.</remarks>
internal sealed class ChainLookup(BeaconChain chain)
{
    private readonly Lock _oldGate = new();
    private (Hash32 Block, Slot Slot, CachedState State)? _old;

    public BeaconChain Chain => chain;

    public Preset Preset => chain.Preset;

    /// <summary>The block of that name: head, genesis, finalized, justified, a slot or a root.</summary>
    public NamedBlock Block(string id)
    {
        BeaconSnapshot now = chain.Snapshot;
        Hash32? root = id switch
        {
            "head" => now.HeadRoot,
            "genesis" => chain.Database.RootAt(Slot.Genesis),
            "finalized" => now.Finalized.Root,
            "justified" => now.Justified.Root,
            ['0', 'x', ..] => BeaconRequest.Bytes<Hash32>("block_id", id),
            _ => chain.Database.RootAt(SlotIn("block_id", id)),
        };
        return (root is { } known ? TryBlock(known) : null) ?? throw BeaconApiException.NotFound($"there is no block {BeaconRequest.Shown(id)}");
    }

    /// <summary>The block with that root; null where there is none.</summary>
    public NamedBlock? TryBlock(in Hash32 root)
    {
        if (!chain.Database.TryGetBlock(root, out SignedBeaconBlock? block))
            return null;
        bool isCanonical = chain.Database.RootAt(block.Message.Slot) == root;
        return new NamedBlock(root, block, isCanonical, isCanonical && IsFinal(block.Message.Slot));
    }

    /// <summary>The state of that name: head, genesis, finalized, justified, a slot or a root.</summary>
    public NamedState State(string id)
    {
        BeaconSnapshot now = chain.Snapshot;
        NamedState? found = id switch
        {
            "head" => Named(chain.CopyState(now.HeadRoot)),
            "genesis" => AtSlot(Slot.Genesis),
            "finalized" => AtCheckpoint(now.Finalized),
            "justified" => AtCheckpoint(now.Justified),
            ['0', 'x', ..] => WithRoot(now, BeaconRequest.Bytes<Hash32>("state_id", id)),
            _ => AtSlot(SlotIn("state_id", id)),
        };
        return found ?? throw BeaconApiException.NotFound($"there is no state {BeaconRequest.Shown(id)}");
    }

    /// <summary>Whether all of the chain up to a slot is final.</summary>
    public bool IsFinal(Slot slot) => slot <= Preset.StartSlotOf(chain.Snapshot.Finalized.Epoch);

    private static Slot SlotIn(string parameter, string id) =>
        ulong.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out ulong slot)
            ? new Slot(slot)
            : throw BeaconApiException.Invalid($"{parameter} is neither head, genesis, finalized, justified, a slot, nor a root: {BeaconRequest.Shown(id)}");

    private NamedState? Named(CachedState? state) => state is null ? null : new NamedState(state, IsFinal(state.State.Slot));

    /// <summary>A checkpoint's state is that at the first slot of its epoch.</summary>
    private NamedState? AtCheckpoint(in Checkpoint checkpoint)
    {
        Slot start = Preset.StartSlotOf(checkpoint.Epoch);
        return Named(chain.WithState(checkpoint.Root, start, state => state)) ?? AtSlot(start);
    }

    private NamedState? AtSlot(Slot slot)
    {
        if (slot > chain.CurrentSlot || chain.Database.LastAt(slot) is not { } last)
            return null;
        if (Named(chain.WithState(last.Root, slot, state => state)) is { } recent)
            return recent;
        lock (_oldGate)
        {
            if (_old is not { } old || old.Block != last.Root || old.Slot != slot)
            {
                if (chain.StateOfSlot(slot) is not { } found)
                    return null;
                _old = old = (last.Root, slot, found);
            }
            return Named(old.State.Copy());
        }
    }

    /// <summary>States know the roots of those before them, as far as they go back; the head's own root is in its block, as are the first one's and those beside the chain.</summary>
    private NamedState? WithRoot(BeaconSnapshot now, in Hash32 root)
    {
        if (now.Head.StateRoot == root)
            return Named(chain.CopyState(now.HeadRoot));
        if (chain.CopyState(now.HeadRoot) is { } head && SlotOfRoot(head, root) is { } slot)
            return AtSlot(slot);
        if (chain.Database.RootAt(Slot.Genesis) is { } first && chain.Database.TryGetBlock(first, out SignedBeaconBlock? genesis) && genesis.Message.StateRoot == root)
            return AtSlot(Slot.Genesis);
        foreach ((Hash32 block, _, _, _) in chain.ForkChoiceTree().Blocks)
        {
            if (chain.Database.TryGetBlock(block, out SignedBeaconBlock? signed) && signed.Message.StateRoot == root && chain.CopyState(block) is { } beside)
                return new NamedState(beside, IsFinalized: false);
        }
        return null;
    }

    private static Slot? SlotOfRoot(CachedState head, in Hash32 root)
    {
        ulong length = Math.Min(head.Preset.SlotsPerHistoricalRoot, head.State.Slot.Value);
        for (ulong back = 1; back <= length; back++)
        {
            Slot slot = new(head.State.Slot.Value - back);
            if (head.State.StateRoots[(int)(slot.Value % head.Preset.SlotsPerHistoricalRoot)] == root)
                return slot;
        }
        return null;
    }
}
