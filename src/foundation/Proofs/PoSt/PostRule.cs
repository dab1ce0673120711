namespace Flashback.Proofs;

/// <summary>What a vanilla proof of spacetime must keep. Source: rust-fil-proofs, storage-proofs-post fallback vanilla proof.</summary>
public enum PostRule
{
    /// <summary>There is one proof a sector and one path a challenge.</summary>
    Shape,

    /// <summary>CommR is the hash of CommC and CommRLast.</summary>
    ReplicaCommitment,

    /// <summary>Each path leads from the challenged node to CommRLast.</summary>
    ReplicaPath,
}
