using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What an attestation votes for. spec: cs/phase0/beacon-chain#attestationdata</summary>
/// <param name="Slot">The slot of the vote.</param>
/// <param name="Index">Always 0 since Electra: the committees are in the attestation. spec: EIP-7549</param>
/// <param name="BeaconBlockRoot">The head voted for.</param>
/// <param name="Source">The justified checkpoint the vote begins at.</param>
/// <param name="Target">The checkpoint it would justify.</param>
[SszContainer]
public readonly partial record struct AttestationData(Slot Slot, CommitteeIndex Index, Hash32 BeaconBlockRoot, Checkpoint Source, Checkpoint Target);

/// <summary>The votes of committees of one slot, aggregated. spec: cs/electra/beacon-chain#attestation</summary>
/// <param name="AggregationBits">Who voted: a bit for each member of the committees, one committee after the other.</param>
/// <param name="Data">The vote.</param>
/// <param name="Signature">The sum of the voters' signatures.</param>
/// <param name="CommitteeBits">Which of the slot's committees are meant.</param>
[SszContainer(typeof(Preset))]
public sealed partial record Attestation(
    [property: SszList(nameof(Preset.MaxAttestersPerSlot))] Bits AggregationBits,
    AttestationData Data,
    Bytes96 Signature,
    [property: SszVector(nameof(Preset.MaxCommitteesPerSlot))] Bits CommitteeBits);

/// <summary>An attestation with its voters by name. spec: cs/electra/beacon-chain#indexedattestation</summary>
/// <param name="AttestingIndices">Who voted, in ascending order.</param>
/// <param name="Data">The vote.</param>
/// <param name="Signature">The sum of the voters' signatures.</param>
[SszContainer(typeof(Preset))]
public sealed partial record IndexedAttestation(
    [property: SszList(nameof(Preset.MaxAttestersPerSlot))] ValidatorIndex[] AttestingIndices,
    AttestationData Data,
    Bytes96 Signature);

/// <summary>One validator's vote, as it travels between nodes. spec: cs/electra/beacon-chain#singleattestation</summary>
/// <param name="CommitteeIndex">The voter's committee.</param>
/// <param name="AttesterIndex">The voter.</param>
/// <param name="Data">The vote.</param>
/// <param name="Signature">The voter's signature.</param>
[SszContainer]
public readonly partial record struct SingleAttestation(
    CommitteeIndex CommitteeIndex,
    ValidatorIndex AttesterIndex,
    AttestationData Data,
    Bytes96 Signature);

/// <summary>A vote as states before Altair kept it. spec: cs/phase0/beacon-chain#pendingattestation</summary>
/// <param name="AggregationBits">Who of the committee voted.</param>
/// <param name="Data">The vote.</param>
/// <param name="InclusionDelay">Slots from the vote to the block that held it.</param>
/// <param name="ProposerIndex">Who proposed that block.</param>
[SszContainer(typeof(Preset))]
public sealed partial record PendingAttestation(
    [property: SszList(nameof(Preset.MaxValidatorsPerCommittee))] Bits AggregationBits,
    AttestationData Data,
    Slot InclusionDelay,
    ValidatorIndex ProposerIndex);

/// <summary>An aggregate, and why its sender may send one. spec: cs/phase0/validator#aggregateandproof</summary>
/// <param name="AggregatorIndex">The sender.</param>
/// <param name="Aggregate">The aggregate.</param>
/// <param name="SelectionProof">The sender's signature of the slot, which selects it.</param>
[SszContainer(typeof(Preset))]
public sealed partial record AggregateAndProof(ValidatorIndex AggregatorIndex, Attestation Aggregate, Bytes96 SelectionProof);

/// <summary>An aggregate as it travels between nodes. spec: cs/phase0/validator#signedaggregateandproof</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The sender's signature.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SignedAggregateAndProof(AggregateAndProof Message, Bytes96 Signature);
