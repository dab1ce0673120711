using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A block's header as light clients see it. spec: cs/capella/light-client/sync-protocol#modified-lightclientheader</summary>
/// <param name="Beacon">The block's header.</param>
/// <param name="Execution">Its payload's header.</param>
/// <param name="ExecutionBranch">The path from the payload to the block's body.</param>
[SszContainer]
public sealed partial record LightClientHeader(
    BeaconBlockHeader Beacon,
    ExecutionPayloadHeader Execution,
    [property: SszVector(4)] Hash32[] ExecutionBranch);

/// <summary>Where a light client begins. spec: cs/altair/light-client/sync-protocol#lightclientbootstrap</summary>
/// <param name="Header">The block it trusts.</param>
/// <param name="CurrentSyncCommittee">The committee of that time.</param>
/// <param name="CurrentSyncCommitteeBranch">The path from the committee to the block's state.</param>
[SszContainer(typeof(Preset))]
public sealed partial record LightClientBootstrap(
    LightClientHeader Header,
    SyncCommittee CurrentSyncCommittee,
    [property: SszVector(6)] Hash32[] CurrentSyncCommitteeBranch);

/// <summary>How a light client gets on by a period. spec: cs/altair/light-client/sync-protocol#lightclientupdate</summary>
/// <param name="AttestedHeader">The block that the committee voted for.</param>
/// <param name="NextSyncCommittee">The committee of the next period.</param>
/// <param name="NextSyncCommitteeBranch">The path from that committee to the state.</param>
/// <param name="FinalizedHeader">The block that was final in its state.</param>
/// <param name="FinalityBranch">The path from that block's root to the state.</param>
/// <param name="SyncAggregate">The committee's vote.</param>
/// <param name="SignatureSlot">The slot of the block that held the vote.</param>
[SszContainer(typeof(Preset))]
public sealed partial record LightClientUpdate(
    LightClientHeader AttestedHeader,
    SyncCommittee NextSyncCommittee,
    [property: SszVector(6)] Hash32[] NextSyncCommitteeBranch,
    LightClientHeader FinalizedHeader,
    [property: SszVector(7)] Hash32[] FinalityBranch,
    SyncAggregate SyncAggregate,
    Slot SignatureSlot);

/// <summary>News of what is final. spec: cs/altair/light-client/sync-protocol#lightclientfinalityupdate</summary>
/// <param name="AttestedHeader">The block that the committee voted for.</param>
/// <param name="FinalizedHeader">The block that was final in its state.</param>
/// <param name="FinalityBranch">The path from that block's root to the state.</param>
/// <param name="SyncAggregate">The committee's vote.</param>
/// <param name="SignatureSlot">The slot of the block that held the vote.</param>
[SszContainer(typeof(Preset))]
public sealed partial record LightClientFinalityUpdate(
    LightClientHeader AttestedHeader,
    LightClientHeader FinalizedHeader,
    [property: SszVector(7)] Hash32[] FinalityBranch,
    SyncAggregate SyncAggregate,
    Slot SignatureSlot);

/// <summary>News of the head. spec: cs/altair/light-client/sync-protocol#lightclientoptimisticupdate</summary>
/// <param name="AttestedHeader">The block that the committee voted for.</param>
/// <param name="SyncAggregate">The committee's vote.</param>
/// <param name="SignatureSlot">The slot of the block that held the vote.</param>
[SszContainer(typeof(Preset))]
public sealed partial record LightClientOptimisticUpdate(LightClientHeader AttestedHeader, SyncAggregate SyncAggregate, Slot SignatureSlot);
