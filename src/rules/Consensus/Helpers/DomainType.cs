namespace Flashback.Consensus;

/// <summary>What kind of message a signature is for. Its four bytes are the number's, lowest first. spec: cs/phase0/beacon-chain#domain-types</summary>
public enum DomainType : uint
{
    /// <summary>A block.</summary>
    BeaconProposer = 0,

    /// <summary>A vote.</summary>
    BeaconAttester = 1,

    /// <summary>A proposer's share in the random mix.</summary>
    Randao = 2,

    /// <summary>A deposit.</summary>
    Deposit = 3,

    /// <summary>A wish to leave.</summary>
    VoluntaryExit = 4,

    /// <summary>The slot, for the selection of aggregators.</summary>
    SelectionProof = 5,

    /// <summary>An aggregate with its proof.</summary>
    AggregateAndProof = 6,

    /// <summary>A sync committee member's vote. spec: cs/altair/beacon-chain#domains</summary>
    SyncCommittee = 7,

    /// <summary>The slot, for the selection of sync committee aggregators.</summary>
    SyncCommitteeSelectionProof = 8,

    /// <summary>A contribution with its proof.</summary>
    ContributionAndProof = 9,

    /// <summary>A change of credentials. spec: cs/capella/beacon-chain#domains</summary>
    BlsToExecutionChange = 10,
}
