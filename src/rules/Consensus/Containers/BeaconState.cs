using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>All that the consensus knows after a slot. spec: cs/electra/beacon-chain#beaconstate</summary>
/// <remarks>
/// What is long is held in columns and rows whose pages copies share, under Merkle trees that remember, so a copy is cheap and a root costs what
/// changed. Everything else is replaced, never changed in place. One thread works on a state; a state nobody changes any more may be read by all.
/// </remarks>
[SszContainer(typeof(Preset), RemembersFields = true)]
public sealed partial class BeaconState
{
    /// <summary>Stands for "no deposit came as a request yet" in <see cref="DepositRequestsStartIndex"/>. spec: cs/electra/beacon-chain#misc</summary>
    public const ulong UnsetDepositRequestsStartIndex = ulong.MaxValue;

    /// <summary>When slot 0 began, in seconds since 1970.</summary>
    public ulong GenesisTime { get; set; }

    /// <summary>The root of the registry at genesis: it tells chains apart.</summary>
    public Hash32 GenesisValidatorsRoot { get; set; }

    /// <summary>The slot.</summary>
    public Slot Slot { get; set; }

    /// <summary>The fork whose rules hold.</summary>
    public Fork Fork { get; set; }

    /// <summary>The last block; its state root is zero until the next slot begins.</summary>
    public BeaconBlockHeader LatestBlockHeader { get; set; }

    /// <summary>The root of the last block at each recent slot, at the slot modulo the length.</summary>
    [SszVector(nameof(Preset.SlotsPerHistoricalRoot))]
    public required Column<Hash32> BlockRoots { get; set; }

    /// <summary>The root of the state after each recent slot, at the slot modulo the length.</summary>
    [SszVector(nameof(Preset.SlotsPerHistoricalRoot))]
    public required Column<Hash32> StateRoots { get; set; }

    /// <summary>The roots of history up to Capella.</summary>
    [SszList(nameof(Preset.HistoricalRootsLimit))]
    public required Column<Hash32> HistoricalRoots { get; set; }

    /// <summary>What the deposit contract holds, by the last vote.</summary>
    public Eth1Data Eth1Data { get; set; }

    /// <summary>The votes of this voting period.</summary>
    [SszList(nameof(Preset.SlotsPerEth1VotingPeriod))]
    public required Rows<Eth1Data> Eth1DataVotes { get; set; }

    /// <summary>How many deposits were applied by proof.</summary>
    public ulong Eth1DepositIndex { get; set; }

    /// <summary>The validators.</summary>
    [SszList(nameof(Preset.ValidatorRegistryLimit))]
    public required ValidatorRegistry Validators { get; set; }

    /// <summary>What each validator has.</summary>
    [SszList(nameof(Preset.ValidatorRegistryLimit))]
    public required Column<Gwei> Balances { get; set; }

    /// <summary>The random mix of each recent epoch, at the epoch modulo the length.</summary>
    [SszVector(nameof(Preset.EpochsPerHistoricalVector))]
    public required Column<Hash32> RandaoMixes { get; set; }

    /// <summary>The effective balances slashed in each recent epoch, at the epoch modulo the length.</summary>
    [SszVector(nameof(Preset.EpochsPerSlashingsVector))]
    public required Column<Gwei> Slashings { get; set; }

    /// <summary>Which votes of the epoch before came in time, by validator.</summary>
    [SszList(nameof(Preset.ValidatorRegistryLimit))]
    public required Column<ParticipationFlags> PreviousEpochParticipation { get; set; }

    /// <summary>Which votes of this epoch came in time, by validator.</summary>
    [SszList(nameof(Preset.ValidatorRegistryLimit))]
    public required Column<ParticipationFlags> CurrentEpochParticipation { get; set; }

    /// <summary>Which of the last four epochs were justified, the latest first.</summary>
    [SszVector(4)]
    public required Bits JustificationBits { get; set; }

    /// <summary>What was justified at the end of the epoch before.</summary>
    public Checkpoint PreviousJustifiedCheckpoint { get; set; }

    /// <summary>What is justified.</summary>
    public Checkpoint CurrentJustifiedCheckpoint { get; set; }

    /// <summary>What is final.</summary>
    public Checkpoint FinalizedCheckpoint { get; set; }

    /// <summary>How inactive each validator was.</summary>
    [SszList(nameof(Preset.ValidatorRegistryLimit))]
    public required Column<ulong> InactivityScores { get; set; }

    /// <summary>The sync committee that signs now.</summary>
    public required SyncCommittee CurrentSyncCommittee { get; set; }

    /// <summary>The sync committee of the next period.</summary>
    public required SyncCommittee NextSyncCommittee { get; set; }

    /// <summary>The header of the last payload.</summary>
    public required ExecutionPayloadHeader LatestExecutionPayloadHeader { get; set; }

    /// <summary>The index of the next withdrawal.</summary>
    public WithdrawalIndex NextWithdrawalIndex { get; set; }

    /// <summary>Where the next sweep for withdrawals begins.</summary>
    public ValidatorIndex NextWithdrawalValidatorIndex { get; set; }

    /// <summary>The roots of history since Capella.</summary>
    [SszList(nameof(Preset.HistoricalRootsLimit))]
    public required Rows<HistoricalSummary> HistoricalSummaries { get; set; }

    /// <summary>The index of the first deposit that came as a request. spec: EIP-6110</summary>
    public ulong DepositRequestsStartIndex { get; set; }

    /// <summary>Churn left over for deposits.</summary>
    public Gwei DepositBalanceToConsume { get; set; }

    /// <summary>Churn left over for exits at <see cref="EarliestExitEpoch"/>.</summary>
    public Gwei ExitBalanceToConsume { get; set; }

    /// <summary>The epoch of the next exit.</summary>
    public Epoch EarliestExitEpoch { get; set; }

    /// <summary>Churn left over for consolidations at <see cref="EarliestConsolidationEpoch"/>.</summary>
    public Gwei ConsolidationBalanceToConsume { get; set; }

    /// <summary>The epoch of the next consolidation.</summary>
    public Epoch EarliestConsolidationEpoch { get; set; }

    /// <summary>Deposits that wait.</summary>
    [SszList(nameof(Preset.PendingDepositsLimit))]
    public required Rows<PendingDeposit> PendingDeposits { get; set; }

    /// <summary>Partial withdrawals that wait.</summary>
    [SszList(nameof(Preset.PendingPartialWithdrawalsLimit))]
    public required Rows<PendingPartialWithdrawal> PendingPartialWithdrawals { get; set; }

    /// <summary>Consolidations that wait.</summary>
    [SszList(nameof(Preset.PendingConsolidationsLimit))]
    public required Rows<PendingConsolidation> PendingConsolidations { get; set; }

    /// <summary>A copy; both may be changed from now on without the other noticing.</summary>
    /// <remarks>Copying counts as writing this state. Its cost is a reference for each page, not the content.</remarks>
    public BeaconState Copy()
    {
        BeaconState copy = new()
        {
            GenesisTime = GenesisTime,
            GenesisValidatorsRoot = GenesisValidatorsRoot,
            Slot = Slot,
            Fork = Fork,
            LatestBlockHeader = LatestBlockHeader,
            BlockRoots = BlockRoots.Copy(),
            StateRoots = StateRoots.Copy(),
            HistoricalRoots = HistoricalRoots.Copy(),
            Eth1Data = Eth1Data,
            Eth1DataVotes = Eth1DataVotes.Copy(),
            Eth1DepositIndex = Eth1DepositIndex,
            Validators = Validators.Copy(),
            Balances = Balances.Copy(),
            RandaoMixes = RandaoMixes.Copy(),
            Slashings = Slashings.Copy(),
            PreviousEpochParticipation = PreviousEpochParticipation.Copy(),
            CurrentEpochParticipation = CurrentEpochParticipation.Copy(),
            JustificationBits = JustificationBits,
            PreviousJustifiedCheckpoint = PreviousJustifiedCheckpoint,
            CurrentJustifiedCheckpoint = CurrentJustifiedCheckpoint,
            FinalizedCheckpoint = FinalizedCheckpoint,
            InactivityScores = InactivityScores.Copy(),
            CurrentSyncCommittee = CurrentSyncCommittee,
            NextSyncCommittee = NextSyncCommittee,
            LatestExecutionPayloadHeader = LatestExecutionPayloadHeader,
            NextWithdrawalIndex = NextWithdrawalIndex,
            NextWithdrawalValidatorIndex = NextWithdrawalValidatorIndex,
            HistoricalSummaries = HistoricalSummaries.Copy(),
            DepositRequestsStartIndex = DepositRequestsStartIndex,
            DepositBalanceToConsume = DepositBalanceToConsume,
            ExitBalanceToConsume = ExitBalanceToConsume,
            EarliestExitEpoch = EarliestExitEpoch,
            ConsolidationBalanceToConsume = ConsolidationBalanceToConsume,
            EarliestConsolidationEpoch = EarliestConsolidationEpoch,
            PendingDeposits = PendingDeposits.Copy(),
            PendingPartialWithdrawals = PendingPartialWithdrawals.Copy(),
            PendingConsolidations = PendingConsolidations.Copy(),
        };
        copy.TakeFieldMemory(this);
        return copy;
    }
}
