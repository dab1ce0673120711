using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>The beacon chain as it was at one moment; it never changes.</summary>
/// <param name="HeadRoot">The root of the head.</param>
/// <param name="Head">The head.</param>
/// <param name="ExecutionHash">The execution block of the head.</param>
/// <param name="Justified">What is justified.</param>
/// <param name="Finalized">What is final.</param>
public sealed record BeaconSnapshot(Hash32 HeadRoot, BeaconBlock Head, Hash32 ExecutionHash, Checkpoint Justified, Checkpoint Finalized);
