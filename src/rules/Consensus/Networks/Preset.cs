using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The numbers of the protocol that differ between networks of different size, and those that bound its containers. spec: cs/phase0/beacon-chain#preset</summary>
/// <remarks>Names without a fork's suffix: where forks changed a value, it is Electra's. The values of networks: <see cref="Presets"/>.</remarks>
public sealed record Preset : ISszPreset
{
    /// <summary>The unit of effective balances.</summary>
    public required Gwei EffectiveBalanceIncrement { get; init; }

    /// <summary>The balance a validator needs to become active; the most that counts without compounding credentials.</summary>
    public required Gwei MinActivationBalance { get; init; }

    /// <summary>The most that counts of a balance with compounding credentials. spec: cs/electra/beacon-chain#gwei-values</summary>
    public required Gwei MaxEffectiveBalance { get; init; }

    /// <summary>Committees in a slot at most.</summary>
    public required ulong MaxCommitteesPerSlot { get; init; }

    /// <summary>Committees are made so many that each has at least this many members, if it can be.</summary>
    public required ulong TargetCommitteeSize { get; init; }

    /// <summary>Members of a committee at most.</summary>
    public required ulong MaxValidatorsPerCommittee { get; init; }

    /// <summary>Rounds of the swap-or-not shuffle.</summary>
    public required ulong ShuffleRoundCount { get; init; }

    /// <summary>Parts into which an increment is cut for hysteresis.</summary>
    public required ulong HysteresisQuotient { get; init; }

    /// <summary>Parts that a balance must fall below before its effective balance follows.</summary>
    public required ulong HysteresisDownwardMultiplier { get; init; }

    /// <summary>Parts that a balance must rise above before its effective balance follows.</summary>
    public required ulong HysteresisUpwardMultiplier { get; init; }

    /// <summary>Slots between an attestation and the first block that may hold it.</summary>
    public required ulong MinAttestationInclusionDelay { get; init; }

    /// <summary>Slots in an epoch.</summary>
    public required ulong SlotsPerEpoch { get; init; }

    /// <summary>Epochs by which a seed is known in advance.</summary>
    public required ulong MinSeedLookahead { get; init; }

    /// <summary>Epochs by which an activation or exit is known in advance.</summary>
    public required ulong MaxSeedLookahead { get; init; }

    /// <summary>Epochs in which votes on deposits are counted.</summary>
    public required ulong EpochsPerEth1VotingPeriod { get; init; }

    /// <summary>Slots whose block and state roots the state holds.</summary>
    public required ulong SlotsPerHistoricalRoot { get; init; }

    /// <summary>Epochs without finality after which the leak begins.</summary>
    public required ulong MinEpochsToInactivityPenalty { get; init; }

    /// <summary>Epochs whose random mixes the state holds.</summary>
    public required ulong EpochsPerHistoricalVector { get; init; }

    /// <summary>Epochs whose slashed balances the state holds; also the delay of a slashed validator's withdrawal.</summary>
    public required ulong EpochsPerSlashingsVector { get; init; }

    /// <summary>Entries in the lists of history at most.</summary>
    public required ulong HistoricalRootsLimit { get; init; }

    /// <summary>Validators at most, ever.</summary>
    public required ulong ValidatorRegistryLimit { get; init; }

    /// <summary>Scales all rewards.</summary>
    public required ulong BaseRewardFactor { get; init; }

    /// <summary>Proposer slashings in a block at most.</summary>
    public required ulong MaxProposerSlashings { get; init; }

    /// <summary>Attester slashings in a block at most. spec: cs/electra/beacon-chain#max-operations-per-block</summary>
    public required ulong MaxAttesterSlashings { get; init; }

    /// <summary>Attestations in a block at most. spec: cs/electra/beacon-chain#max-operations-per-block</summary>
    public required ulong MaxAttestations { get; init; }

    /// <summary>Deposits by proof in a block at most.</summary>
    public required ulong MaxDeposits { get; init; }

    /// <summary>Voluntary exits in a block at most.</summary>
    public required ulong MaxVoluntaryExits { get; init; }

    /// <summary>Changes of credentials in a block at most.</summary>
    public required ulong MaxBlsToExecutionChanges { get; init; }

    /// <summary>Divides the penalties of the leak. spec: cs/bellatrix/beacon-chain#updated-penalty-values</summary>
    public required ulong InactivityPenaltyQuotient { get; init; }

    /// <summary>Scales the penalty for slashings at the same time. spec: cs/bellatrix/beacon-chain#updated-penalty-values</summary>
    public required ulong ProportionalSlashingMultiplier { get; init; }

    /// <summary>Divides the first penalty of a slashed validator. spec: cs/electra/beacon-chain#rewards-and-penalties</summary>
    public required ulong MinSlashingPenaltyQuotient { get; init; }

    /// <summary>Divides the reward for a slashing. spec: cs/electra/beacon-chain#rewards-and-penalties</summary>
    public required ulong WhistleblowerRewardQuotient { get; init; }

    /// <summary>Members of a sync committee.</summary>
    public required ulong SyncCommitteeSize { get; init; }

    /// <summary>Epochs for which a sync committee serves.</summary>
    public required ulong EpochsPerSyncCommitteePeriod { get; init; }

    /// <summary>Members that must have signed a light client's update at least.</summary>
    public required ulong MinSyncCommitteeParticipants { get; init; }

    /// <summary>Withdrawals in a payload at most.</summary>
    public required ulong MaxWithdrawalsPerPayload { get; init; }

    /// <summary>Validators looked at for withdrawals in a block at most.</summary>
    public required ulong MaxValidatorsPerWithdrawalsSweep { get; init; }

    /// <summary>Commitments to blobs a block's list has room for.</summary>
    public required ulong MaxBlobCommitmentsPerBlock { get; init; }

    /// <summary>Layers between a commitment and the root of its block's body.</summary>
    public required ulong KzgCommitmentInclusionProofDepth { get; init; }

    /// <summary>Deposits that can wait.</summary>
    public required ulong PendingDepositsLimit { get; init; }

    /// <summary>Partial withdrawals that can wait.</summary>
    public required ulong PendingPartialWithdrawalsLimit { get; init; }

    /// <summary>Consolidations that can wait.</summary>
    public required ulong PendingConsolidationsLimit { get; init; }

    /// <summary>Deposit requests in a payload at most.</summary>
    public required ulong MaxDepositRequestsPerPayload { get; init; }

    /// <summary>Withdrawal requests in a payload at most.</summary>
    public required ulong MaxWithdrawalRequestsPerPayload { get; init; }

    /// <summary>Consolidation requests in a payload at most.</summary>
    public required ulong MaxConsolidationRequestsPerPayload { get; init; }

    /// <summary>Storage penalties in a payload at most; none where the Spacetime fork is off. spec: ours#5</summary>
    public ulong MaxStoragePenaltiesPerPayload { get; init; }

    /// <summary>Waiting partial withdrawals paid in a block at most.</summary>
    public required ulong MaxPendingPartialsPerWithdrawalsSweep { get; init; }

    /// <summary>Waiting deposits that are applied in an epoch at most.</summary>
    public required ulong MaxPendingDepositsPerEpoch { get; init; }

    /// <summary>Whether the Spacetime fork is on: penalties for storage come as execution requests. spec: ours#5</summary>
    public bool HasStoragePenalties => MaxStoragePenaltiesPerPayload > 0;

    /// <summary>Validators that one attestation can speak for: all committees of a slot. spec: cs/electra/beacon-chain#attestation</summary>
    public ulong MaxAttestersPerSlot => MaxValidatorsPerCommittee * MaxCommitteesPerSlot;

    /// <summary>Entries in the votes on deposits at most: one for each block of the voting period.</summary>
    public ulong SlotsPerEth1VotingPeriod => EpochsPerEth1VotingPeriod * SlotsPerEpoch;

    /// <summary>Members of a part of the sync committee that aggregates together. spec: cs/altair/validator#misc</summary>
    public ulong SyncSubcommitteeSize => SyncCommitteeSize / SyncCommitteeSubnetCount;

    /// <summary>Parts of a sync committee. spec: cs/altair/validator#misc</summary>
    public static ulong SyncCommitteeSubnetCount => 4;

    /// <summary>The epoch of a slot. spec: cs/phase0/beacon-chain#compute_epoch_at_slot</summary>
    public Epoch EpochAt(Slot slot) => new(slot.Value / SlotsPerEpoch);

    /// <summary>The first slot of an epoch. spec: cs/phase0/beacon-chain#compute_start_slot_at_epoch</summary>
    /// <exception cref="OverflowException">There is no such slot.</exception>
    public Slot StartSlotOf(Epoch epoch) => new(epoch.Value * SlotsPerEpoch);

    /// <summary>When what is decided in an epoch about activation or exit takes effect. spec: cs/phase0/beacon-chain#compute_activation_exit_epoch</summary>
    public Epoch ActivationExitEpochAfter(Epoch epoch) => epoch + (1 + MaxSeedLookahead);
}
