using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Two blocks of one proposer for one slot. spec: cs/phase0/beacon-chain#proposerslashing</summary>
/// <param name="SignedHeader1">The one block's header.</param>
/// <param name="SignedHeader2">The other's.</param>
[SszContainer]
public readonly partial record struct ProposerSlashing([property: SszName("signed_header_1")] SignedBeaconBlockHeader SignedHeader1, [property: SszName("signed_header_2")] SignedBeaconBlockHeader SignedHeader2);

/// <summary>Two votes that contradict each other. spec: cs/electra/beacon-chain#attesterslashing</summary>
/// <param name="Attestation1">The one vote.</param>
/// <param name="Attestation2">The other.</param>
[SszContainer(typeof(Preset))]
public sealed partial record AttesterSlashing([property: SszName("attestation_1")] IndexedAttestation Attestation1, [property: SszName("attestation_2")] IndexedAttestation Attestation2);
