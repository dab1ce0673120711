using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>A block to be signed.</summary>
/// <param name="Block">The block.</param>
/// <param name="Blobs">Its blobs, in its order.</param>
/// <param name="Proofs">The proof of each.</param>
/// <param name="Value">What its proposer gets of the transactions' fees, in wei.</param>
public sealed record BlockProposal(BeaconBlock Block, IReadOnlyList<ReadOnlyMemory<byte>> Blobs, IReadOnlyList<Bytes48> Proofs, UInt256 Value);

/// <summary>What makes that no block, or no vote, can be made.</summary>
public enum ProductionRule
{
    /// <summary>The slot is gone by, or to come.</summary>
    NotNow,

    /// <summary>The chain has a block at the slot or later.</summary>
    SlotTaken,

    /// <summary>The node is behind.</summary>
    Behind,

    /// <summary>What was put together is not valid: a bug, or a node without room or time.</summary>
    Unsound,
}
