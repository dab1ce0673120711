using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>How far a peer is. spec: cs/phase0/p2p-interface#status-v1</summary>
/// <param name="ForkDigest">What tells its chain apart.</param>
/// <param name="FinalizedRoot">The block that is final for it.</param>
/// <param name="FinalizedEpoch">The epoch of that checkpoint.</param>
/// <param name="HeadRoot">Its head.</param>
/// <param name="HeadSlot">Its head's slot.</param>
[SszContainer]
public readonly partial record struct Status(Bytes4 ForkDigest, Hash32 FinalizedRoot, Epoch FinalizedEpoch, Hash32 HeadRoot, Slot HeadSlot);

/// <summary>Asks for the blocks of a range of slots. spec: cs/phase0/p2p-interface#beaconblocksbyrange-v1</summary>
/// <param name="StartSlot">The first slot.</param>
/// <param name="Count">How many slots.</param>
/// <param name="Step">Always 1: others are deprecated.</param>
[SszContainer]
public readonly partial record struct BlocksByRangeRequest(Slot StartSlot, ulong Count, ulong Step);

/// <summary>Asks for the blobs of a range of slots. spec: cs/deneb/p2p-interface#blobsidecarsbyrange-v1</summary>
/// <param name="StartSlot">The first slot.</param>
/// <param name="Count">How many slots.</param>
[SszContainer]
public readonly partial record struct BlobSidecarsByRangeRequest(Slot StartSlot, ulong Count);
