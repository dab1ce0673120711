using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A block to be signed, with its blobs, as the Beacon API has it. spec: beacon-APIs BlockContents</summary>
/// <param name="Block">The block.</param>
/// <param name="KzgProofs">The proof of each blob.</param>
/// <param name="Blobs">The blobs.</param>
[SszContainer(typeof(Preset))]
public sealed partial record BlockContents(
    BeaconBlock Block,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock))] Bytes48[] KzgProofs,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock)), SszVector(131072, Depth = 1)] byte[][] Blobs);

/// <summary>A signed block, with its blobs, as the Beacon API has it. spec: beacon-APIs SignedBlockContents</summary>
/// <param name="SignedBlock">The block.</param>
/// <param name="KzgProofs">The proof of each blob.</param>
/// <param name="Blobs">The blobs.</param>
[SszContainer(typeof(Preset))]
public sealed partial record SignedBlockContents(
    SignedBeaconBlock SignedBlock,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock))] Bytes48[] KzgProofs,
    [property: SszList(nameof(Preset.MaxBlobCommitmentsPerBlock)), SszVector(131072, Depth = 1)] byte[][] Blobs);
