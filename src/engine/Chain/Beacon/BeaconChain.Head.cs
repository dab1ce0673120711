using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <content>The head, and what follows when it moves.</content>
public sealed partial class BeaconChain
{
    /// <summary>Finds the head, and sets that of the execution chain. Under the gate.</summary>
    internal void UpdateHead(List<BeaconEvent> events)
    {
        Hash32 root = _forkChoice.GetHead();
        BeaconSnapshot before = _snapshot;
        Checkpoint justified = _forkChoice.JustifiedCheckpoint, finalized = _forkChoice.FinalizedCheckpoint;
        if (root == before.HeadRoot && justified == before.Justified && finalized == before.Finalized && before.ExecutionHash == _execution.Snapshot.Head.Hash)
            return;
        BeaconBlock head = root == before.HeadRoot ? before.Head : BlockOf(root).Message;
        BeaconSnapshot now = new(root, head, _forkChoice.StateOf(root)!.State.LatestExecutionPayloadHeader.BlockHash, justified, finalized);
        if (root != before.HeadRoot)
            MoveChain(before, now, events);
        SetExecutionHead(now);
        _snapshot = now;
        _light.SetHead(root);
        if (finalized.Epoch > before.Finalized.Epoch)
            Finalize(before.Finalized, finalized, events);
        if (root != before.HeadRoot)
            Announce(before, now, events);
    }

    /// <summary>The slots of the chain that is left are given up, those of the chain that leads to the new head are taken. Under the gate.</summary>
    private void MoveChain(BeaconSnapshot before, BeaconSnapshot now, List<BeaconEvent> events)
    {
        WriteBatch batch = new();
        (Hash32 old, Slot oldSlot) = (before.HeadRoot, before.Head.Slot);
        (Hash32 next, Slot nextSlot) = (now.HeadRoot, now.Head.Slot);
        while (old != next)
        {
            if (nextSlot > oldSlot)
            {
                BeaconDatabase.PutOnChain(batch, nextSlot, next);
                (next, nextSlot) = ParentOf(next);
            }
            else
            {
                BeaconDatabase.DeleteOnChain(batch, oldSlot);
                (old, oldSlot) = ParentOf(old);
            }
        }
        // A slot that both chains have is deleted and put again, in whichever order: put what leads to the head last.
        for ((Hash32 at, Slot slot) = (now.HeadRoot, now.Head.Slot); at != next; (at, slot) = ParentOf(at))
            BeaconDatabase.PutOnChain(batch, slot, at);
        _database.Commit(batch, Durability.Buffered);
        if (next == before.HeadRoot)
            return;
        ulong depth = before.Head.Slot - oldSlot;
        LogReorganisation(depth, before.HeadRoot, now.HeadRoot);
        events.Add(new BeaconEvent.Reorganisation(now.Head.Slot, depth, before.HeadRoot, now.HeadRoot, before.Head.StateRoot, now.Head.StateRoot));
    }

    private void SetExecutionHead(BeaconSnapshot now)
    {
        ForkchoiceState choice = new(now.ExecutionHash, PayloadOf(now.Justified), PayloadOf(now.Finalized));
        ForkchoiceOutcome outcome = _engine.Choose(choice, attributes: null);
        // After a restart the execution chain may know more to be final than the fork choice has found again.
        if (outcome.Fault == ForkchoiceFault.InvalidState)
            outcome = _engine.Choose(choice with { Safe = Hash32.Zero, Finalized = Hash32.Zero }, attributes: null);
        if (outcome.Status.Verdict != PayloadVerdict.Valid || outcome.Fault != ForkchoiceFault.None)
            throw new InvalidOperationException($"the payload {now.ExecutionHash} of the head {now.HeadRoot} cannot be the head: {outcome.Status.Verdict} {outcome.Fault}");
    }

    /// <summary>The execution block of a checkpoint; zeros where the fork choice has no such block.</summary>
    private Hash32 PayloadOf(in Checkpoint checkpoint) => _forkChoice.StateOf(checkpoint.Root)?.State.LatestExecutionPayloadHeader.BlockHash ?? Hash32.Zero;

    private void Finalize(in Checkpoint before, in Checkpoint finalized, List<BeaconEvent> events)
    {
        if (_forkChoice.StateOf(finalized.Root) is not { } state || _forkChoice.SlotOf(finalized.Root) is not { } slot)
            return;
        _operations.Prune(state);
        _light.Prune(before);
        _slasher?.Prune(finalized.Epoch);
        WriteBatch batch = new();
        if (slot.Value >= _database.LastState!.Value.Value + _options.StateInterval)
            _database.PutState(batch, slot, state);
        BeaconDatabase.PruneBlobs(batch, OldestBlobSlot);
        _database.Commit(batch, Durability.Buffered);
        LogFinalized(finalized.Epoch.Value, finalized.Root);
        events.Add(new BeaconEvent.Finalized(finalized, BlockOf(finalized.Root).Message.StateRoot));
    }

    private void Announce(BeaconSnapshot before, BeaconSnapshot now, List<BeaconEvent> events)
    {
        Epoch epoch = Preset.EpochAt(now.Head.Slot);
        events.Add(new BeaconEvent.Head(
            now.HeadRoot, now.Head.Slot, now.Head.StateRoot, epoch > Preset.EpochAt(before.Head.Slot), DependentRoot(now.HeadRoot, epoch, 1), DependentRoot(now.HeadRoot, epoch, 0)));
        if (_light.Latest is { } news && news.SignatureSlot == now.Head.Slot)
            events.Add(new BeaconEvent.LightClientNews(news));
    }

    /// <summary>The block that decided duties: the last one before an epoch, or before the epoch so many earlier. spec: beacon-APIs dependent_root</summary>
    private Hash32 DependentRoot(in Hash32 head, Epoch epoch, ulong epochsBack)
    {
        ulong decided = epoch.Value > epochsBack ? epoch.Value - epochsBack : 0;
        Slot last = new(Math.Max(1, Preset.StartSlotOf(new Epoch(decided)).Value) - 1);
        return _forkChoice.StateOf(head) is { } state && last < state.State.Slot ? state.GetBlockRootAtSlot(last) : head;
    }

    private (Hash32 Root, Slot Slot) ParentOf(in Hash32 root)
    {
        Hash32 parent = BlockOf(root).Message.ParentRoot;
        return (parent, _forkChoice.SlotOf(parent) ?? BlockOf(parent).Message.Slot);
    }

    private SignedBeaconBlock BlockOf(in Hash32 root) =>
        _database.TryGetBlock(root, out SignedBeaconBlock? block) ? block : throw new StoreException($"beacon block {root} is missing: the database is damaged");

    [LoggerMessage(Level = LogLevel.Information, Message = "Epoch {Epoch} is final: {Root}")]
    private partial void LogFinalized(ulong epoch, Hash32 root);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reorganisation over {Depth} slots: {Old} is left for {New}")]
    private partial void LogReorganisation(ulong depth, Hash32 old, Hash32 @new);
}
