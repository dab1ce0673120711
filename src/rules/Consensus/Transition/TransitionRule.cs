namespace Flashback.Consensus;

/// <summary>What makes a block invalid. Each is an assertion of the specification.</summary>
public enum TransitionRule
{
    /// <summary>The block is not later than the state. spec: cs/phase0/beacon-chain#process_slots</summary>
    SlotNotAfterState,

    /// <summary>The proposer's signature of the block does not hold. spec: cs/phase0/beacon-chain#verify_block_signature</summary>
    BlockSignature,

    /// <summary>The state after the block has another root than it says. spec: cs/phase0/beacon-chain#state_transition</summary>
    StateRoot,

    /// <summary>The block's slot is not the state's. spec: cs/phase0/beacon-chain#process_block_header</summary>
    HeaderSlot,

    /// <summary>The block is not newer than the last. spec: cs/phase0/beacon-chain#process_block_header</summary>
    HeaderNotNewer,

    /// <summary>Somebody else may propose at this slot. spec: cs/phase0/beacon-chain#process_block_header</summary>
    HeaderProposer,

    /// <summary>The parent is another block. spec: cs/phase0/beacon-chain#process_block_header</summary>
    HeaderParent,

    /// <summary>The proposer was slashed. spec: cs/phase0/beacon-chain#process_block_header</summary>
    ProposerSlashed,

    /// <summary>The payload's withdrawals are not those that are due. spec: cs/capella/beacon-chain#process_withdrawals</summary>
    Withdrawals,

    /// <summary>The payload's parent is another. spec: cs/electra/beacon-chain#modified-process_execution_payload</summary>
    PayloadParentHash,

    /// <summary>The payload was made with another random mix. spec: cs/electra/beacon-chain#modified-process_execution_payload</summary>
    PayloadPrevRandao,

    /// <summary>The payload's time is not the slot's. spec: cs/electra/beacon-chain#modified-process_execution_payload</summary>
    PayloadTimestamp,

    /// <summary>More blobs than a block may have. spec: EIP-7691</summary>
    TooManyBlobs,

    /// <summary>The execution engine refuses the payload. spec: cs/electra/beacon-chain#modified-verify_and_notify_new_payload</summary>
    PayloadInvalid,

    /// <summary>The randao reveal does not hold. spec: cs/phase0/beacon-chain#process_randao</summary>
    RandaoReveal,

    /// <summary>More or fewer deposits by proof than are due. spec: cs/electra/beacon-chain#modified-process_operations</summary>
    DepositCount,

    /// <summary>A deposit's proof does not lead to the contract's root. spec: cs/phase0/beacon-chain#process_deposit</summary>
    DepositProof,

    /// <summary>The headers of a proposer slashing are of different slots. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    ProposerSlashingSlots,

    /// <summary>The headers of a proposer slashing are by different proposers. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    ProposerSlashingProposers,

    /// <summary>The headers of a proposer slashing are the same. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    ProposerSlashingSameHeader,

    /// <summary>The proposer cannot be slashed, or not any more. spec: cs/phase0/beacon-chain#is_slashable_validator</summary>
    ProposerSlashingNotSlashable,

    /// <summary>A signature of a proposer slashing does not hold. spec: cs/phase0/beacon-chain#process_proposer_slashing</summary>
    ProposerSlashingSignature,

    /// <summary>The votes of an attester slashing do not contradict each other. spec: cs/phase0/beacon-chain#is_slashable_attestation_data</summary>
    AttesterSlashingNotSlashable,

    /// <summary>Nobody is slashed by an attester slashing. spec: cs/phase0/beacon-chain#process_attester_slashing</summary>
    AttesterSlashingNobody,

    /// <summary>The voters of an indexed attestation are none, unsorted, or there twice. spec: cs/phase0/beacon-chain#is_valid_indexed_attestation</summary>
    IndexedAttestationIndices,

    /// <summary>The signature of an indexed attestation does not hold. spec: cs/phase0/beacon-chain#is_valid_indexed_attestation</summary>
    IndexedAttestationSignature,

    /// <summary>An attestation's target is neither in this epoch nor in the one before. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationTargetEpoch,

    /// <summary>An attestation's target is not in the epoch of its slot. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationTargetSlot,

    /// <summary>An attestation comes too early. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationTooEarly,

    /// <summary>An attestation's committee index is not 0. spec: EIP-7549</summary>
    AttestationIndex,

    /// <summary>There is no such committee. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationCommittee,

    /// <summary>Nobody of a committee voted. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationCommitteeEmpty,

    /// <summary>More or fewer bits than members. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationBits,

    /// <summary>An attestation's source is not what is justified. spec: cs/deneb/beacon-chain#modified-get_attestation_participation_flag_indices</summary>
    AttestationSource,

    /// <summary>The signature of an attestation does not hold. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    AttestationSignature,

    /// <summary>No validator has that index, or key.</summary>
    UnknownValidator,

    /// <summary>A validator that wants to leave is not active. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    ExitNotActive,

    /// <summary>A validator that wants to leave already does. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    ExitAlreadyInitiated,

    /// <summary>An exit comes before its epoch. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    ExitTooEarly,

    /// <summary>A validator that wants to leave was not active for long enough. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    ExitTooYoung,

    /// <summary>A validator that wants to leave has withdrawals waiting. spec: cs/electra/beacon-chain#modified-process_voluntary_exit</summary>
    ExitPendingWithdrawals,

    /// <summary>The signature of an exit does not hold. spec: EIP-7044</summary>
    ExitSignature,

    /// <summary>Credentials to be changed are not those of a BLS key. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    ChangeNotBlsCredentials,

    /// <summary>Credentials to be changed are those of another key. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    ChangeOtherKey,

    /// <summary>The signature of a change of credentials does not hold. spec: cs/capella/beacon-chain#process_bls_to_execution_change</summary>
    ChangeSignature,

    /// <summary>The sync committee's signature does not hold. spec: cs/altair/beacon-chain#process_sync_aggregate</summary>
    SyncAggregateSignature,

    /// <summary>A number left the range that the rules give it. spec: cs/phase0/beacon-chain#beacon-chain-state-transition-function</summary>
    ArithmeticOverflow,
}
