using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>A block in the tree of the fork choice.</summary>
/// <remarks>What does not change is said when it is made; the rest is the tree's.</remarks>
internal sealed class BlockNode
{
    /// <summary>The parent's place; −1 for the first block.</summary>
    public required int Parent { get; init; }

    /// <summary>The block's root.</summary>
    public required Hash32 Root { get; init; }

    /// <summary>Its slot.</summary>
    public required Slot Slot { get; init; }

    /// <summary>The state after it.</summary>
    public required CachedState State { get; init; }

    /// <summary>What its state has justified.</summary>
    public required Checkpoint Justified { get; init; }

    /// <summary>What its state would justify if its epoch ended with it. spec: cs/phase0/fork-choice#compute_pulled_up_tip</summary>
    public required Checkpoint UnrealizedJustified { get; init; }

    /// <summary>Whether it came before votes for its slot were due. spec: cs/phase0/fork-choice#store</summary>
    public required bool IsTimely { get; init; }

    /// <summary>The votes, in Gwei, for the block and what descends from it.</summary>
    public ulong Weight { get; set; }

    /// <summary>The child to go on with towards the head; −1 where there is none that may lead there.</summary>
    public int BestChild { get; set; } = -1;

    /// <summary>Whether it has children at all.</summary>
    public bool HasChildren { get; set; }

    /// <summary>Whether it, or a descendant, may be the head. spec: cs/phase0/fork-choice#filter_block_tree</summary>
    public bool LeadsToHead { get; set; }
}
