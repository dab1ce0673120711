namespace Flashback.Proofs;

/// <summary>What a vanilla seal proof must keep. Source: rust-fil-proofs, storage-proofs-porep stacked vanilla proof, verify_all_partitions.</summary>
public enum SealRule
{
    /// <summary>There is one proof a challenge, and each has all its parts.</summary>
    Shape,

    /// <summary>CommR is the hash of CommC and CommRLast.</summary>
    ReplicaCommitment,

    /// <summary>The data's path leads from the challenged node to CommD.</summary>
    DataPath,

    /// <summary>The replica's path leads from the challenged node to CommRLast.</summary>
    ReplicaPath,

    /// <summary>A column's hash is the leaf of a path from its node to CommC.</summary>
    ColumnPath,

    /// <summary>Each label shown for hashing is that of the right parent in the right layer.</summary>
    ParentLabels,

    /// <summary>Each label is the hash of its parents' labels.</summary>
    Label,

    /// <summary>The replica's node is data and last label added.</summary>
    Encoding,
}
