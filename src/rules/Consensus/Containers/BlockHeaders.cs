using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A block with the root of its body in place of it. spec: cs/phase0/beacon-chain#beaconblockheader</summary>
/// <param name="Slot">Its slot.</param>
/// <param name="ProposerIndex">Who proposed it.</param>
/// <param name="ParentRoot">The root of the block before.</param>
/// <param name="StateRoot">The root of the state after it.</param>
/// <param name="BodyRoot">The root of its body.</param>
[SszContainer]
public readonly partial record struct BeaconBlockHeader(
    Slot Slot,
    ValidatorIndex ProposerIndex,
    Hash32 ParentRoot,
    Hash32 StateRoot,
    Hash32 BodyRoot);

/// <summary>A header with the proposer's signature of the block. spec: cs/phase0/beacon-chain#signedbeaconblockheader</summary>
/// <param name="Message">What is signed.</param>
/// <param name="Signature">The proposer's signature.</param>
[SszContainer]
public readonly partial record struct SignedBeaconBlockHeader(BeaconBlockHeader Message, Bytes96 Signature);
