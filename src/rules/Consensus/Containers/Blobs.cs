using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Which blob of which block. spec: cs/deneb/p2p-interface#blobidentifier</summary>
/// <param name="BlockRoot">The block.</param>
/// <param name="Index">The blob's place in it.</param>
[SszContainer]
public readonly partial record struct BlobIdentifier(Hash32 BlockRoot, ulong Index);

/// <summary>A blob as it travels between nodes. spec: cs/deneb/p2p-interface#blobsidecar</summary>
/// <param name="Index">Its place in the block.</param>
/// <param name="Blob">The blob: 4096 field elements of 32 bytes.</param>
/// <param name="KzgCommitment">Its commitment.</param>
/// <param name="KzgProof">The proof that they belong together.</param>
/// <param name="SignedBlockHeader">The block.</param>
/// <param name="KzgCommitmentInclusionProof">The path from the commitment to the block's body.</param>
[SszContainer(typeof(Preset))]
public sealed partial record BlobSidecar(
    ulong Index,
    [property: SszVector(131072)] byte[] Blob,
    Bytes48 KzgCommitment,
    Bytes48 KzgProof,
    SignedBeaconBlockHeader SignedBlockHeader,
    [property: SszVector(nameof(Preset.KzgCommitmentInclusionProofDepth))] Hash32[] KzgCommitmentInclusionProof);
