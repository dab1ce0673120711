namespace Flashback.Network;

/// <summary>What a message that everybody gets is about. spec: cs/phase0/p2p-interface#topics-and-messages</summary>
public enum TopicKind : byte
{
    /// <summary>A signed block.</summary>
    BeaconBlock,

    /// <summary>A blob of a block; by subnet.</summary>
    BlobSidecar,

    /// <summary>One validator's vote; by subnet.</summary>
    BeaconAttestation,

    /// <summary>A committee's votes.</summary>
    BeaconAggregateAndProof,

    /// <summary>One validator's vote in the sync committee; by subnet.</summary>
    SyncCommittee,

    /// <summary>The votes of a part of the sync committee.</summary>
    SyncCommitteeContributionAndProof,

    /// <summary>A wish to leave.</summary>
    VoluntaryExit,

    /// <summary>A proposer that signed two blocks for a slot.</summary>
    ProposerSlashing,

    /// <summary>Voters that contradicted themselves.</summary>
    AttesterSlashing,

    /// <summary>A change of credentials.</summary>
    BlsToExecutionChange,

    /// <summary>A transaction for the pool, with its blobs: what devp2p carries on Ethereum. spec: ours#1</summary>
    Transaction,
}

/// <summary>What a message is about, and on which subnet it travels.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Subnet">The subnet; 0 where the topic has none.</param>
public readonly record struct Topic(TopicKind Kind, byte Subnet = 0);

/// <summary>A message that came from a peer.</summary>
/// <param name="From">The peer.</param>
/// <param name="Topic">What it is about.</param>
/// <param name="Data">Its bytes; nobody has looked at them.</param>
public readonly record struct GossipMessage(PeerId From, Topic Topic, ReadOnlyMemory<byte> Data);

/// <summary>What becomes of a message. spec: cs/phase0/p2p-interface#topics-and-messages</summary>
public enum GossipVerdict : byte
{
    /// <summary>It is of no use, and that is nobody's fault: it goes no further.</summary>
    Ignore,

    /// <summary>It goes on to other peers.</summary>
    Accept,

    /// <summary>It breaks a rule: it goes no further, and who sent it is trusted less.</summary>
    Reject,
}
