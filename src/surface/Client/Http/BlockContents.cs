using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A block with its blobs as a node makes it. spec: beacon-APIs Deneb.BlockContents</summary>
/// <param name="Block">The block.</param>
/// <param name="KzgProofs">The proof of each blob.</param>
/// <param name="Blobs">The blobs: 4096 field elements of 32 bytes each.</param>
[SszContainer(typeof(Preset))]
public sealed partial record BlockContents(
    BeaconBlock Block,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock))] Bytes48[] KzgProofs,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock)), SszVector(131072, Depth = 1)] byte[][] Blobs);

/// <summary>A block with its blobs as its proposer publishes it. spec: beacon-APIs Deneb.SignedBlockContents</summary>
/// <param name="SignedBlock">The block.</param>
/// <param name="KzgProofs">The proof of each blob.</param>
/// <param name="Blobs">The blobs: 4096 field elements of 32 bytes each.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SignedBlockContents(
    SignedBeaconBlock SignedBlock,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock))] Bytes48[] KzgProofs,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock)), SszVector(131072, Depth = 1)] byte[][] Blobs);
