using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>When a chain began, and what tells it apart. spec: beacon-APIs getGenesis</summary>
/// <param name="GenesisTime">When slot 0 begins, in seconds since 1970.</param>
/// <param name="GenesisValidatorsRoot">The root of the first registry.</param>
/// <param name="GenesisForkVersion">The version of the first fork.</param>
public sealed record NodeGenesis(ulong GenesisTime, Hash32 GenesisValidatorsRoot, Bytes4 GenesisForkVersion);

/// <summary>How far a node is. spec: beacon-APIs getSyncingStatus</summary>
/// <param name="HeadSlot">The slot of its head.</param>
/// <param name="SyncDistance">Slots that it is behind.</param>
/// <param name="IsSyncing">Whether it is too far behind for duties.</param>
public sealed record NodeSyncing(Slot HeadSlot, ulong SyncDistance, bool IsSyncing);

/// <summary>A validator in a state.</summary>
/// <param name="Index">Its place in the registry.</param>
/// <param name="Validator">Its record.</param>
/// <param name="Balance">What it has.</param>
public sealed record KnownValidator(ValidatorIndex Index, Validator Validator, Gwei Balance);

/// <summary>Duties of an epoch.</summary>
/// <param name="DependentRoot">The block that decided them: while it is on the chain they hold.</param>
/// <param name="Items">The duties.</param>
public sealed record Duties<T>(Hash32 DependentRoot, IReadOnlyList<T> Items);

/// <summary>A validator is to propose. spec: beacon-APIs getProposerDuties</summary>
/// <param name="PublicKey">Its key.</param>
/// <param name="Validator">Its index.</param>
/// <param name="Slot">The slot.</param>
public sealed record ProposerDuty(Bytes48 PublicKey, ValidatorIndex Validator, Slot Slot);

/// <summary>A validator is to vote. spec: beacon-APIs getAttesterDuties</summary>
/// <param name="PublicKey">Its key.</param>
/// <param name="Validator">Its index.</param>
/// <param name="Slot">The slot of the vote.</param>
/// <param name="Committee">Its committee.</param>
/// <param name="CommitteeLength">How many are in the committee.</param>
/// <param name="CommitteesAtSlot">How many committees vote at the slot.</param>
/// <param name="Position">Its place in the committee.</param>
public sealed record AttesterDuty(Bytes48 PublicKey, ValidatorIndex Validator, Slot Slot, CommitteeIndex Committee, int CommitteeLength, ulong CommitteesAtSlot, int Position);

/// <summary>A validator is in the sync committee. spec: beacon-APIs getSyncCommitteeDuties</summary>
/// <param name="PublicKey">Its key.</param>
/// <param name="Validator">Its index.</param>
/// <param name="Places">Its places in the committee: at least one.</param>
public sealed record SyncCommitteeDuty(Bytes48 PublicKey, ValidatorIndex Validator, IReadOnlyList<int> Places);

/// <summary>Whether a validator was seen to vote. spec: beacon-APIs getLiveness</summary>
/// <param name="Validator">Its index.</param>
/// <param name="IsLive">Whether it was.</param>
public sealed record ValidatorLiveness(ValidatorIndex Validator, bool IsLive);

/// <summary>Who gets the fees of a validator's blocks. spec: beacon-APIs prepareBeaconProposer</summary>
/// <param name="Validator">The validator.</param>
/// <param name="FeeRecipient">Who gets them.</param>
public sealed record ProposerPreparation(ValidatorIndex Validator, Address FeeRecipient);

/// <summary>A committee is about to vote. spec: beacon-APIs prepareBeaconCommitteeSubnet</summary>
/// <param name="Validator">The member.</param>
/// <param name="Committee">The committee.</param>
/// <param name="CommitteesAtSlot">How many committees vote at the slot.</param>
/// <param name="Slot">The slot.</param>
/// <param name="IsAggregator">Whether the member will ask for the aggregate.</param>
public sealed record CommitteeSubscription(ValidatorIndex Validator, CommitteeIndex Committee, ulong CommitteesAtSlot, Slot Slot, bool IsAggregator);

/// <summary>A validator is in the sync committee, and its parts of it are to be followed. spec: beacon-APIs prepareSyncCommitteeSubnets</summary>
/// <param name="Validator">The member.</param>
/// <param name="Places">Its places in the committee.</param>
/// <param name="UntilEpoch">The first epoch for which it is not in the committee any more.</param>
public sealed record SyncCommitteeSubscription(ValidatorIndex Validator, IReadOnlyList<int> Places, Epoch UntilEpoch);

/// <summary>The blobs of a block with their proofs, in the block's order.</summary>
/// <param name="Blobs">The blobs: 131,072 bytes each.</param>
/// <param name="Proofs">The proof of each.</param>
public sealed record BlobsBundle(IReadOnlyList<ReadOnlyMemory<byte>> Blobs, IReadOnlyList<Bytes48> Proofs)
{
    /// <summary>No blobs.</summary>
    public static BlobsBundle Empty { get; } = new([], []);
}

/// <summary>A block to be signed. spec: beacon-APIs produceBlockV3</summary>
/// <param name="Block">The block.</param>
/// <param name="Blobs">Its blobs.</param>
/// <param name="ExecutionValue">What its proposer gets of the transactions' fees, in wei.</param>
public sealed record ProducedBlock(BeaconBlock Block, BlobsBundle Blobs, UInt256 ExecutionValue);
