namespace Flashback.Consensus;

/// <summary>What a block or a vote must keep to be taken into account by the fork choice. spec: cs/phase0/fork-choice#handlers</summary>
public enum ForkChoiceRule
{
    /// <summary>A block's parent is known.</summary>
    UnknownParent,

    /// <summary>A block is not known already.</summary>
    KnownBlock,

    /// <summary>A block or a vote is not from a slot to come.</summary>
    FutureSlot,

    /// <summary>A block is later than what is final.</summary>
    NotAfterFinalized,

    /// <summary>A block descends from what is final.</summary>
    NotDescendedFromFinalized,

    /// <summary>Everything that a block commits to is at hand.</summary>
    Unavailable,

    /// <summary>What a block claims about its data is so. spec: ours#4</summary>
    Unproven,

    /// <summary>A block is valid on the state of its parent.</summary>
    InvalidBlock,

    /// <summary>A vote's target is of this epoch or the one before.</summary>
    TargetEpoch,

    /// <summary>A vote's target is of the epoch of its slot.</summary>
    TargetSlot,

    /// <summary>A vote is for blocks that are known.</summary>
    UnknownBlock,

    /// <summary>A vote is for a block that is no later than the vote.</summary>
    BlockAfterVote,

    /// <summary>A vote's target is its block's ancestor.</summary>
    TargetNotAncestor,

    /// <summary>A vote is one of its committees, well signed.</summary>
    InvalidVote,

    /// <summary>Two votes contradict each other.</summary>
    NotSlashable,
}
