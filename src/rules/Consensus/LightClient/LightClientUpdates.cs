using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Makes what light clients are told from blocks and states, and compares updates. spec: cs/altair/light-client/full-node, cs/altair/light-client/sync-protocol</summary>
public static class LightClientUpdates
{
    // Generalized indices. spec: cs/electra/light-client/sync-protocol#constants
    internal const ulong FinalizedRootIndex = 169;
    internal const ulong CurrentSyncCommitteeIndex = 86;
    internal const ulong NextSyncCommitteeIndex = 87;
    internal const ulong ExecutionPayloadIndex = 25;

    private const int FinalityDepth = 7;
    private const int SyncCommitteeDepth = 6;
    private const int ExecutionDepth = 4;

    /// <summary>A header that says nothing.</summary>
    public static LightClientHeader EmptyHeader { get; } = new(default, ExecutionPayloadHeader.Empty, new Hash32[ExecutionDepth]);

    /// <summary>A committee of nobody.</summary>
    public static SyncCommittee EmptyCommittee(Preset preset) => new(new PublicKeyList(new Bytes48[preset.SyncCommitteeSize]), default);

    /// <summary>The sync committees' period of a slot. spec: cs/altair/light-client/sync-protocol#compute_sync_committee_period_at_slot</summary>
    public static ulong SyncCommitteePeriodAt(this Preset preset, Slot slot) => preset.EpochAt(slot).Value / preset.EpochsPerSyncCommitteePeriod;

    /// <summary>spec: cs/altair/light-client/sync-protocol#is_sync_committee_update</summary>
    public static bool HasSyncCommittee(LightClientUpdate update) => !Array.TrueForAll(update.NextSyncCommitteeBranch, node => node.IsZero);

    /// <summary>spec: cs/altair/light-client/sync-protocol#is_finality_update</summary>
    public static bool HasFinality(LightClientUpdate update) => !Array.TrueForAll(update.FinalityBranch, node => node.IsZero);

    /// <summary>Whether an update is worth more than another of its period. spec: cs/altair/light-client/sync-protocol#is_better_update</summary>
    public static bool IsBetter(Preset preset, LightClientUpdate update, LightClientUpdate other)
    {
        int most = update.SyncAggregate.SyncCommitteeBits.Count;
        int count = update.SyncAggregate.SyncCommitteeBits.SetCount, otherCount = other.SyncAggregate.SyncCommitteeBits.SetCount;
        bool isMajority = count * 3 >= most * 2, isOtherMajority = otherCount * 3 >= most * 2;
        if (isMajority != isOtherMajority)
            return isMajority;
        if (!isMajority && count != otherCount)
            return count > otherCount;
        bool hasCommittee = HasRelevantCommittee(preset, update), otherHasCommittee = HasRelevantCommittee(preset, other);
        if (hasCommittee != otherHasCommittee)
            return hasCommittee;
        bool hasFinality = HasFinality(update), otherHasFinality = HasFinality(other);
        if (hasFinality != otherHasFinality)
            return hasFinality;
        bool isFinalInPeriod = IsFinalInPeriod(preset, update), isOtherFinalInPeriod = IsFinalInPeriod(preset, other);
        if (hasFinality && isFinalInPeriod != isOtherFinalInPeriod)
            return isFinalInPeriod;
        if (count != otherCount)
            return count > otherCount;
        if (update.AttestedHeader.Beacon.Slot != other.AttestedHeader.Beacon.Slot)
            return update.AttestedHeader.Beacon.Slot < other.AttestedHeader.Beacon.Slot;
        return update.SignatureSlot < other.SignatureSlot;
    }

    /// <summary>A block's header for light clients. spec: cs/capella/light-client/full-node#modified-block_to_light_client_header</summary>
    public static LightClientHeader HeaderOf(Preset preset, BeaconBlock block)
    {
        SszContainer<BeaconBlockBody> body = new(preset);
        BeaconBlockBody said = block.Body;
        return new(
            new BeaconBlockHeader(block.Slot, block.ProposerIndex, block.ParentRoot, block.StateRoot, said.HashTreeRoot(preset)),
            said.ExecutionPayload.ToHeader(preset),
            MerkleProof.Branch(in body, in said, ExecutionPayloadIndex));
    }

    /// <summary>Where light clients can begin. spec: cs/altair/light-client/full-node#create_light_client_bootstrap</summary>
    /// <param name="state">The state after the block.</param>
    /// <param name="block">The block.</param>
    public static LightClientBootstrap CreateBootstrap(CachedState state, BeaconBlock block) =>
        new(HeaderOf(state.Preset, block), state.State.CurrentSyncCommittee, Branch(state, CurrentSyncCommitteeIndex));

    /// <summary>What a block's sync aggregate tells light clients of its parent. spec: cs/altair/light-client/full-node#create_light_client_update</summary>
    /// <param name="block">The block.</param>
    /// <param name="attestedState">The state after its parent.</param>
    /// <param name="attestedBlock">Its parent.</param>
    /// <param name="finalizedBlock">The block that is final in that state; null where it is not known.</param>
    public static LightClientUpdate CreateUpdate(BeaconBlock block, CachedState attestedState, BeaconBlock attestedBlock, BeaconBlock? finalizedBlock)
    {
        Preset preset = attestedState.Preset;
        bool isOfPeriod = preset.SyncCommitteePeriodAt(attestedBlock.Slot) == preset.SyncCommitteePeriodAt(block.Slot);
        // Genesis is final from the beginning, and stands as zeros in states.
        LightClientHeader finalized = finalizedBlock is null || finalizedBlock.Slot == Slot.Genesis ? EmptyHeader : HeaderOf(preset, finalizedBlock);
        return new(
            HeaderOf(preset, attestedBlock),
            isOfPeriod ? attestedState.State.NextSyncCommittee : EmptyCommittee(preset),
            isOfPeriod ? Branch(attestedState, NextSyncCommitteeIndex) : new Hash32[SyncCommitteeDepth],
            finalized,
            finalizedBlock is null ? new Hash32[FinalityDepth] : Branch(attestedState, FinalizedRootIndex),
            block.Body.SyncAggregate,
            block.Slot);
    }

    /// <summary>spec: cs/altair/light-client/full-node#create_light_client_finality_update</summary>
    public static LightClientFinalityUpdate ToFinalityUpdate(LightClientUpdate update) =>
        new(update.AttestedHeader, update.FinalizedHeader, update.FinalityBranch, update.SyncAggregate, update.SignatureSlot);

    /// <summary>spec: cs/altair/light-client/full-node#create_light_client_optimistic_update</summary>
    public static LightClientOptimisticUpdate ToOptimisticUpdate(LightClientUpdate update) => new(update.AttestedHeader, update.SyncAggregate, update.SignatureSlot);

    private static bool HasRelevantCommittee(Preset preset, LightClientUpdate update) =>
        HasSyncCommittee(update) && preset.SyncCommitteePeriodAt(update.AttestedHeader.Beacon.Slot) == preset.SyncCommitteePeriodAt(update.SignatureSlot);

    private static bool IsFinalInPeriod(Preset preset, LightClientUpdate update) =>
        preset.SyncCommitteePeriodAt(update.FinalizedHeader.Beacon.Slot) == preset.SyncCommitteePeriodAt(update.AttestedHeader.Beacon.Slot);

    private static Hash32[] Branch(CachedState state, ulong index)
    {
        SszContainer<BeaconState> codec = new(state.Preset);
        BeaconState value = state.State;
        return MerkleProof.Branch(in codec, in value, index);
    }
}
