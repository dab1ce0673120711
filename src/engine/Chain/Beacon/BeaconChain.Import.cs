using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <content>Blocks and blobs as they come.</content>
public sealed partial class BeaconChain
{
    /// <summary>Takes a block in: all rules are checked, its payload is executed, and it is on disk when this returns. What waited for it follows.</summary>
    public BlockImport Import(SignedBeaconBlock block)
    {
        List<BeaconEvent> events = [];
        BlockImport outcome;
        lock (_gate)
        {
            TickUnderGate();
            outcome = ImportUnderGate(block, events);
            UpdateHead(events);
        }
        Raise(events);
        return outcome;
    }

    /// <summary>Keeps a blob whose place in its block, and whose proof, were checked; takes its block in if that waited for it.</summary>
    internal void AddBlob(BlobSidecar sidecar)
    {
        List<BeaconEvent> events = [];
        lock (_gate)
        {
            TickUnderGate();
            AddBlobUnderGate(sidecar, events);
            UpdateHead(events);
        }
        Raise(events);
    }

    /// <inheritdoc cref="AddBlob"/>
    internal void AddBlobUnderGate(BlobSidecar sidecar, List<BeaconEvent> events)
    {
        Hash32 root = sidecar.SignedBlockHeader.Message.HashTreeRoot();
        if (_forkChoice.SlotOf(root) is not null)
            return;
        _blobs.Add(sidecar);
        events.Add(new BeaconEvent.Blob(root, sidecar.Index, sidecar.SignedBlockHeader.Message.Slot, sidecar.KzgCommitment));
        if (_waiting.Take(root) is { } waiting)
            _ = ImportUnderGate(waiting, events);
    }

    /// <summary>Verified votes count, now or from the next slot on, and are compared with earlier ones. Under the gate.</summary>
    internal void CountVotesUnderGate(IndexedAttestation vote)
    {
        int[] voters = Array.ConvertAll(vote.AttestingIndices, index => (int)index.Value);
        if (vote.Data.Slot >= CurrentSlot)
            _deferred.Add(vote.Data, voters);
        else
            _ = _forkChoice.OnVerifiedVotes(vote.Data, voters);
        if (_slasher is not null)
            Observe(vote);
    }

    /// <inheritdoc cref="Import"/>
    internal BlockImport ImportUnderGate(SignedBeaconBlock first, List<BeaconEvent> events)
    {
        BlockImport outcome = ImportOne(first, events);
        Queue<Hash32> parents = new(outcome is BlockImport.Imported imported ? [imported.Root] : []);
        while (parents.TryDequeue(out Hash32 parent))
        {
            foreach (SignedBeaconBlock child in _waiting.TakeChildrenOf(parent))
            {
                if (ImportOne(child, events) is BlockImport.Imported next)
                    parents.Enqueue(next.Root);
            }
        }
        return outcome;
    }

    private BlockImport ImportOne(SignedBeaconBlock block, List<BeaconEvent> events)
    {
        Hash32 root = block.Message.HashTreeRoot(Preset);
        long began = _clock.GetTimestamp();
        switch (_forkChoice.OnBlock(block))
        {
            case null:
                Keep(root, block);
                events.Add(new BeaconEvent.BlockImported(block.Message.Slot, root));
                BeaconMetrics.BlockImported(_clock.GetElapsedTime(began));
                LogImported(block.Message.Slot.Value, root, block.Message.ProposerIndex.Value, block.Message.Body.ExecutionPayload.Transactions.Length, block.Message.Body.Attestations.Length);
                return new BlockImport.Imported(root);
            case { Rule: ForkChoiceRule.KnownBlock }:
                return new BlockImport.Known();
            case { Rule: ForkChoiceRule.UnknownParent or ForkChoiceRule.Unavailable or ForkChoiceRule.Unproven or ForkChoiceRule.FutureSlot } missing:
                _waiting.Add(root, block);
                return new BlockImport.Waiting(missing.Rule);
            case { } invalid:
                LogRejected(block.Message.Slot.Value, root, invalid.ToString());
                return new BlockImport.Rejected(invalid);
        }
    }

    /// <summary>Writes a block that was taken in. It is certain to be on the disk once the head of the execution chain is set: that commit waits for all before it.</summary>
    private void Keep(in Hash32 root, SignedBeaconBlock block)
    {
        WriteBatch batch = new();
        _database.PutBlock(batch, root, block);
        BeaconDatabase.PutRecent(batch, block.Message.Slot, root);
        foreach (BlobSidecar sidecar in _blobs.Take(root))
            _database.PutBlob(batch, block.Message.Slot, root, sidecar);
        _database.Commit(batch, Durability.Buffered);
        CachedState state = _forkChoice.StateOf(root)!;
        _light.Add(block.Message, state);
        if (_slasher is not null)
            ObserveVotes(block.Message, state);
    }

    /// <summary>Votes in blocks may contradict those that came by themselves.</summary>
    private void ObserveVotes(BeaconBlock block, CachedState state)
    {
        foreach (Attestation attestation in block.Body.Attestations)
        {
            int[] voters = new int[attestation.AggregationBits.Count];
            if (state.GetCommittees(attestation.Data.Target.Epoch).CollectVoters(attestation, voters, out int count) is not null)
                continue;
            ValidatorIndex[] indices = [.. voters.AsSpan(0, count).ToArray().Order().Select(voter => new ValidatorIndex((ulong)voter))];
            Observe(new IndexedAttestation(indices, attestation.Data, attestation.Signature));
        }
    }

    /// <summary>Looks whether a verified vote contradicts another; what comes of it waits for a block.</summary>
    private void Observe(IndexedAttestation vote)
    {
        foreach (AttesterSlashing slashing in _slasher!.Observe(vote))
        {
            LogCaught("voters", string.Join(", ", slashing.Attestation1.AttestingIndices.Intersect(slashing.Attestation2.AttestingIndices)));
            _ = _operations.Add(slashing, Preset);
            _ = _forkChoice.OnAttesterSlashing(slashing);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Slot {Slot}: block {Root} of proposer {Proposer}, {Transactions} transactions, {Attestations} attestations")]
    private partial void LogImported(ulong slot, Hash32 root, ulong proposer, int transactions, int attestations);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Slot {Slot}: block {Root} is refused: {Reason}")]
    private partial void LogRejected(ulong slot, Hash32 root, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Validators contradicted themselves ({Kind}): {Validators}")]
    private partial void LogCaught(string kind, string validators);
}
