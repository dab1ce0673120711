namespace Flashback.Validator;

/// <summary>Why something is not signed.</summary>
public enum ProtectionRule
{
    /// <summary>Another block of the same slot was signed. spec: cs/phase0/beacon-chain#proposer-slashings</summary>
    DoubleProposal,

    /// <summary>The slot is not above the lowest that this database answers for. spec: EIP-3076, condition 2</summary>
    SlotBelowMinimum,

    /// <summary>The source comes after the target: no such vote is valid. spec: cs/phase0/validator#attestation-data</summary>
    SourceAfterTarget,

    /// <summary>Another vote with the same target was signed. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
    DoubleVote,

    /// <summary>The vote surrounds one that was signed. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
    SurroundingVote,

    /// <summary>A vote that was signed surrounds this one. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
    SurroundedVote,

    /// <summary>The source is below the lowest that this database answers for. spec: EIP-3076, condition 4</summary>
    SourceBelowMinimum,

    /// <summary>The target is not above the lowest that this database answers for. spec: EIP-3076, condition 5</summary>
    TargetBelowMinimum,

    /// <summary>The file is no interchange of version 5. spec: EIP-3076, JSON schema</summary>
    InterchangeFormat,

    /// <summary>The file is of another chain. spec: EIP-3076, genesis_validators_root</summary>
    OtherChain,
}
