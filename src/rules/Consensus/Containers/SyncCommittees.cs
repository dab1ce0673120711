using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A sync committee's vote for the parent block. spec: cs/altair/beacon-chain#syncaggregate</summary>
/// <param name="SyncCommitteeBits">Who voted, by place in the committee.</param>
/// <param name="SyncCommitteeSignature">The sum of the voters' signatures; the point at infinity where nobody voted.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SyncAggregate(
    [property: SszVector(nameof(Preset.SyncCommitteeSize))] Bits SyncCommitteeBits,
    Bytes96 SyncCommitteeSignature);

/// <summary>The validators that sign every block for light clients for a period. spec: cs/altair/beacon-chain#synccommittee</summary>
/// <param name="PublicKeys">Their keys; a validator may be there more than once.</param>
/// <param name="AggregatePublicKey">The sum of the keys.</param>
[SszContainer(typeof(Preset), RemembersRoot = true)]
public sealed partial record SyncCommittee(
    [property: SszVector(nameof(Preset.SyncCommitteeSize)), SszName("pubkeys")] PublicKeyList PublicKeys,
    [property: SszName("aggregate_pubkey")] Bytes48 AggregatePublicKey);

/// <summary>One validator's vote for a block. spec: cs/altair/validator#synccommitteemessage</summary>
/// <param name="Slot">The slot.</param>
/// <param name="BeaconBlockRoot">The block voted for.</param>
/// <param name="ValidatorIndex">The voter.</param>
/// <param name="Signature">The voter's signature.</param>
[SszContainer]
public readonly partial record struct SyncCommitteeMessage(Slot Slot, Hash32 BeaconBlockRoot, ValidatorIndex ValidatorIndex, Bytes96 Signature);

/// <summary>The votes of a part of the committee, aggregated. spec: cs/altair/validator#synccommitteecontribution</summary>
/// <param name="Slot">The slot.</param>
/// <param name="BeaconBlockRoot">The block voted for.</param>
/// <param name="SubcommitteeIndex">Which part of the committee.</param>
/// <param name="AggregationBits">Who of that part voted.</param>
/// <param name="Signature">The sum of the voters' signatures.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SyncCommitteeContribution(
    Slot Slot,
    Hash32 BeaconBlockRoot,
    ulong SubcommitteeIndex,
    [property: SszVector(nameof(Preset.SyncSubcommitteeSize))] Bits AggregationBits,
    Bytes96 Signature);

/// <summary>A contribution, and why its sender may send one. spec: cs/altair/validator#contributionandproof</summary>
/// <param name="AggregatorIndex">The sender.</param>
/// <param name="Contribution">The contribution.</param>
/// <param name="SelectionProof">The sender's signature of the <see cref="SyncAggregatorSelectionData"/>.</param>
[SszContainer(typeof(Preset))]
public sealed partial record ContributionAndProof(ValidatorIndex AggregatorIndex, SyncCommitteeContribution Contribution, Bytes96 SelectionProof);

/// <summary>A contribution as it travels between nodes. spec: cs/altair/validator#signedcontributionandproof</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The sender's signature.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SignedContributionAndProof(ContributionAndProof Message, Bytes96 Signature);

/// <summary>What selects the aggregators of a part of the sync committee. spec: cs/altair/validator#syncaggregatorselectiondata</summary>
/// <param name="Slot">The slot.</param>
/// <param name="SubcommitteeIndex">Which part of the committee.</param>
[SszContainer]
public readonly partial record struct SyncAggregatorSelectionData(Slot Slot, ulong SubcommitteeIndex);
