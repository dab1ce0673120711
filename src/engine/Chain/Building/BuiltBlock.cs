using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;

namespace Flashback.Chain;

/// <summary>A block that was put together here.</summary>
/// <param name="Block">The block with what came of it.</param>
/// <param name="After">The state after it.</param>
/// <param name="Requests">What it asks of the consensus layer.</param>
/// <param name="Sidecars">The blobs of its transactions, in their order.</param>
/// <param name="Value">The wei that its producer gets from priority fees.</param>
public sealed record BuiltBlock(ExecutedBlock Block, StateView After, IReadOnlyList<ExecutionRequest> Requests, IReadOnlyList<BlobSidecar> Sidecars, UInt256 Value)
{
    /// <summary>What its transactions claim; all of it was verified.</summary>
    public IReadOnlyList<StatedClaim> Claims { get; init; } = [];
}
