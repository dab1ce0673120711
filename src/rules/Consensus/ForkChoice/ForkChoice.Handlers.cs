using Flashback.Primitives;

namespace Flashback.Consensus;

/// <content>Blocks and votes as they come.</content>
public sealed partial class ForkChoice<TVerifier>
{
    /// <summary>Takes a block in, with the votes and slashings in it. spec: cs/deneb/fork-choice#on_block</summary>
    /// <returns>Null where the block is known from now on; nothing has changed otherwise.</returns>
    public Invalid<ForkChoiceRule>? OnBlock(SignedBeaconBlock signed) => OnBlock<TVerifier>(signed, _availability);

    /// <summary>Takes in a block that was taken in before, by this node: neither its signatures nor its data are looked at again.</summary>
    /// <returns>Null where the block is known from now on; nothing has changed otherwise.</returns>
    public Invalid<ForkChoiceRule>? OnVerifiedBlock(SignedBeaconBlock signed) => OnBlock<UnverifiedSignatures>(signed, availability: null);

    private Invalid<ForkChoiceRule>? OnBlock<TBlockVerifier>(SignedBeaconBlock signed, IDataAvailability? availability)
        where TBlockVerifier : struct, ISignatureVerifier
    {
        BeaconBlock block = signed.Message;
        int parent = _tree.PlaceOf(block.ParentRoot);
        if (parent < 0)
            return new(ForkChoiceRule.UnknownParent, $"{block.ParentRoot}");
        if (block.Slot > CurrentSlot)
            return new(ForkChoiceRule.FutureSlot, $"{block.Slot} at {CurrentSlot}");
        if (block.Slot <= Preset.StartSlotOf(FinalizedCheckpoint.Epoch))
            return new(ForkChoiceRule.NotAfterFinalized, $"{block.Slot}, while {FinalizedCheckpoint.Epoch} is final");
        if (!DescendsFromFinalized(parent))
            return new(ForkChoiceRule.NotDescendedFromFinalized, $"{block.ParentRoot} does not descend from {FinalizedCheckpoint.Root}");
        Hash32 root = block.HashTreeRoot(Preset);
        if (_tree.PlaceOf(root) >= 0)
            return new(ForkChoiceRule.KnownBlock, $"{root}");
        if (availability is not null && !availability.IsAvailable(root, block))
            return new(ForkChoiceRule.Unavailable, $"data of {root} is missing or wrong");
        if (StateTransition.Apply<TBlockVerifier>(_tree[parent].State, signed, _engine, out CachedState state) is { } invalid)
            return new(ForkChoiceRule.InvalidBlock, invalid.ToString());
        if (availability is not null && !availability.IsProven(root, block))
            return new(ForkChoiceRule.Unproven, $"what {root} claims about its data is not so");
        Accept(root, block, parent, state);
        return null;
    }

    /// <summary>Takes a vote into account. spec: cs/phase0/fork-choice#on_attestation</summary>
    /// <returns>Null where the vote counts, or an own later one does already.</returns>
    public Invalid<ForkChoiceRule>? OnAttestation(Attestation attestation) => Count(attestation, isFromBlock: false);

    /// <summary>Takes votes into account whose voters were found, and whose signature was verified, before. spec: cs/phase0/fork-choice#on_attestation</summary>
    /// <returns>Null where the votes count, or own later ones do already.</returns>
    public Invalid<ForkChoiceRule>? OnVerifiedVotes(in AttestationData data, ReadOnlySpan<int> voters)
    {
        if (Validate(data, isFromBlock: false) is { } invalid)
            return invalid;
        _votes.Update(voters, data.Target.Epoch, _tree.PlaceOf(data.BeaconBlockRoot));
        return null;
    }

    /// <summary>Votes of those who contradicted themselves do not count from now on. spec: cs/phase0/fork-choice#on_attester_slashing</summary>
    public Invalid<ForkChoiceRule>? OnAttesterSlashing(AttesterSlashing slashing)
    {
        if (!Predicates.IsSlashable(slashing.Attestation1.Data, slashing.Attestation2.Data))
            return new(ForkChoiceRule.NotSlashable, $"targets {slashing.Attestation1.Data.Target.Epoch} and {slashing.Attestation2.Data.Target.Epoch}");
        CachedState state = _tree[_tree.PlaceOf(JustifiedCheckpoint.Root)].State;
        BlockTransition<TVerifier> transition = new(state, _engine);
        if ((transition.AddIndexedAttestation(slashing.Attestation1) ?? transition.AddIndexedAttestation(slashing.Attestation2) ?? transition.VerifySignatures()) is { } invalid)
            return new(ForkChoiceRule.InvalidVote, invalid.ToString());
        Equivocate(slashing);
        return null;
    }

    private void Equivocate(AttesterSlashing slashing)
    {
        ReadOnlySpan<ValidatorIndex> second = slashing.Attestation2.AttestingIndices;
        foreach (ValidatorIndex index in slashing.Attestation1.AttestingIndices)
        {
            if (second.BinarySearch(index) >= 0) // both are sorted: that was checked
                _votes.Equivocate((int)index.Value);
        }
    }

    private void Accept(in Hash32 root, BeaconBlock block, int parent, CachedState state)
    {
        bool isTimely = CurrentSlot == block.Slot && SecondsIntoSlot * BasisPoints < _config.SecondsPerSlot * AttestationDue;
        CachedState ended = state.Copy();
        EpochTransition.ProcessJustificationAndFinalization(ended); // as if the epoch ended here: spec: cs/phase0/fork-choice#compute_pulled_up_tip
        Checkpoint justified = ended.State.CurrentJustifiedCheckpoint, finalized = ended.State.FinalizedCheckpoint;
        _tree.Add(new()
        {
            Parent = parent, Root = root, Slot = block.Slot, State = state, IsTimely = isTimely,
            Justified = state.State.CurrentJustifiedCheckpoint, UnrealizedJustified = justified,
        });
        if (isTimely && ProposerBoostRoot.IsZero)
            ProposerBoostRoot = root;
        UpdateCheckpoints(state.State.CurrentJustifiedCheckpoint, state.State.FinalizedCheckpoint);
        UpdateUnrealizedCheckpoints(justified, finalized);
        if (Preset.EpochAt(block.Slot) < CurrentEpoch)
            UpdateCheckpoints(justified, finalized);

        // The block's transition has verified them. Votes for blocks that were forgotten count for nothing, as they would in the tree.
        foreach (Attestation attestation in block.Body.Attestations)
            _ = Count(attestation, isFromBlock: true);
        foreach (AttesterSlashing slashing in block.Body.AttesterSlashings)
            Equivocate(slashing);
    }

    private Invalid<ForkChoiceRule>? Count(Attestation attestation, bool isFromBlock)
    {
        if (Validate(attestation.Data, isFromBlock) is { } invalid)
            return invalid;
        if (CheckpointState(attestation.Data.Target) is not { } state)
            return new(ForkChoiceRule.UnknownBlock, $"slots do not pass up to {attestation.Data.Target.Epoch}");
        BlockTransition<TVerifier> transition = new(state, _engine);
        if (transition.CollectVoters(attestation, out int[] voters) is { } unfit)
            return new(ForkChoiceRule.InvalidVote, unfit.ToString());
        if (!isFromBlock && (transition.AddVote(attestation, voters) ?? transition.VerifySignatures()) is { } unsigned)
            return new(ForkChoiceRule.InvalidVote, unsigned.ToString());
        _votes.Update(voters, attestation.Data.Target.Epoch, _tree.PlaceOf(attestation.Data.BeaconBlockRoot));
        return null;
    }

    /// <summary>spec: cs/phase0/fork-choice#validate_on_attestation</summary>
    private Invalid<ForkChoiceRule>? Validate(in AttestationData data, bool isFromBlock)
    {
        Checkpoint target = data.Target;
        if (!isFromBlock && target.Epoch != CurrentEpoch && target.Epoch.Value + 1 != CurrentEpoch.Value)
            return new(ForkChoiceRule.TargetEpoch, $"{target.Epoch} at {CurrentEpoch}");
        if (target.Epoch != Preset.EpochAt(data.Slot))
            return new(ForkChoiceRule.TargetSlot, $"{target.Epoch} for {data.Slot}");
        int block = _tree.PlaceOf(data.BeaconBlockRoot);
        if (block < 0 || _tree.PlaceOf(target.Root) < 0)
            return new(ForkChoiceRule.UnknownBlock, $"{data.BeaconBlockRoot} or {target.Root}");
        if (_tree[block].Slot > data.Slot)
            return new(ForkChoiceRule.BlockAfterVote, $"{_tree[block].Slot}, a vote of {data.Slot}");
        if (_tree[_tree.AncestorOf(block, Preset.StartSlotOf(target.Epoch))].Root != target.Root)
            return new(ForkChoiceRule.TargetNotAncestor, $"{target.Root}");
        return data.Slot < CurrentSlot ? null : new(ForkChoiceRule.FutureSlot, $"{data.Slot} at {CurrentSlot}");
    }
}
