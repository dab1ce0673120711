using Flashback.Network;

namespace Flashback.Chain.Beacon;

/// <summary>What a message between nodes must keep to go on. spec: cs/phase0/p2p-interface#topics-and-messages, and its successors up to Electra</summary>
public enum GossipRule
{
    /// <summary>It decodes.</summary>
    Encoding,

    /// <summary>It travels on its own subnet.</summary>
    Subnet,

    /// <summary>It is not from a slot to come.</summary>
    FutureSlot,

    /// <summary>It is not too old to be of use.</summary>
    PastSlot,

    /// <summary>There was none of its kind from its sender for the time.</summary>
    Seen,

    /// <summary>What it is about is known.</summary>
    UnknownBlock,

    /// <summary>What it is about descends from what is final.</summary>
    NotFinalized,

    /// <summary>A block's parent is known.</summary>
    UnknownParent,

    /// <summary>A block is later than its parent.</summary>
    ParentSlot,

    /// <summary>A block comes from its slot's proposer.</summary>
    Proposer,

    /// <summary>A block has no more blobs than one may have.</summary>
    BlobCount,

    /// <summary>A blob's place is one that blocks have.</summary>
    BlobIndex,

    /// <summary>A blob's commitment is in its block.</summary>
    BlobInclusion,

    /// <summary>A blob is what its commitment says.</summary>
    BlobProof,

    /// <summary>A vote's committee is in the attestation's bits, not in its data.</summary>
    CommitteeIndex,

    /// <summary>A vote's target is of the epoch of its slot, and an ancestor of what is voted for.</summary>
    Target,

    /// <summary>A voter is in its committee.</summary>
    Membership,

    /// <summary>Bits and members agree.</summary>
    Bits,

    /// <summary>An aggregator was drawn to be one.</summary>
    Selection,

    /// <summary>An operation is valid on the state of the head.</summary>
    Operation,

    /// <summary>Every signature holds.</summary>
    Signature,

    /// <summary>The pool takes a transaction.</summary>
    Pool,
}

/// <summary>What becomes of a message that breaks a rule.</summary>
internal static class GossipRules
{
    /// <summary>Whether whoever sent it should have known.</summary>
    public static GossipVerdict VerdictOf(GossipRule rule) => rule switch
    {
        GossipRule.FutureSlot or GossipRule.PastSlot or GossipRule.Seen or GossipRule.UnknownBlock or GossipRule.NotFinalized or GossipRule.UnknownParent
            or GossipRule.Operation or GossipRule.Pool => GossipVerdict.Ignore, // an operation may be valid on the sender's head
        _ => GossipVerdict.Reject,
    };
}
