namespace Flashback.Consensus;

/// <summary>The presets of the networks we know, as tables.</summary>
public static class Presets
{
    /// <summary>Ethereum's main network. spec: cs/presets/mainnet</summary>
    public static Preset Mainnet { get; } = new()
    {
        EffectiveBalanceIncrement = new(1_000_000_000),
        MinActivationBalance = new(32_000_000_000),
        MaxEffectiveBalance = new(2_048_000_000_000),
        MaxCommitteesPerSlot = 64,
        TargetCommitteeSize = 128,
        MaxValidatorsPerCommittee = 2048,
        ShuffleRoundCount = 90,
        HysteresisQuotient = 4,
        HysteresisDownwardMultiplier = 1,
        HysteresisUpwardMultiplier = 5,
        MinAttestationInclusionDelay = 1,
        SlotsPerEpoch = 32,
        MinSeedLookahead = 1,
        MaxSeedLookahead = 4,
        EpochsPerEth1VotingPeriod = 64,
        SlotsPerHistoricalRoot = 8192,
        MinEpochsToInactivityPenalty = 4,
        EpochsPerHistoricalVector = 65_536,
        EpochsPerSlashingsVector = 8192,
        HistoricalRootsLimit = 1UL << 24,
        ValidatorRegistryLimit = 1UL << 40,
        BaseRewardFactor = 64,
        MaxProposerSlashings = 16,
        MaxAttesterSlashings = 1,
        MaxAttestations = 8,
        MaxDeposits = 16,
        MaxVoluntaryExits = 16,
        MaxBlsToExecutionChanges = 16,
        InactivityPenaltyQuotient = 1UL << 24,
        ProportionalSlashingMultiplier = 3,
        MinSlashingPenaltyQuotient = 4096,
        WhistleblowerRewardQuotient = 4096,
        SyncCommitteeSize = 512,
        EpochsPerSyncCommitteePeriod = 256,
        MinSyncCommitteeParticipants = 1,
        MaxWithdrawalsPerPayload = 16,
        MaxValidatorsPerWithdrawalsSweep = 16_384,
        MaxBlobCommitmentsPerBlock = 4096,
        KzgCommitmentInclusionProofDepth = 17,
        PendingDepositsLimit = 1UL << 27,
        PendingPartialWithdrawalsLimit = 1UL << 27,
        PendingConsolidationsLimit = 262_144,
        MaxDepositRequestsPerPayload = 8192,
        MaxWithdrawalRequestsPerPayload = 16,
        MaxConsolidationRequestsPerPayload = 2,
        MaxPendingPartialsPerWithdrawalsSweep = 8,
        MaxPendingDepositsPerEpoch = 16,
    };

    /// <summary>The small preset of Ethereum's tests, as of the tests' release v1.5.0. spec: cs/presets/minimal</summary>
    /// <remarks>Releases from v1.6.0 on give a block's list of commitments room for 4096, which <see cref="MinimalWithWideBlobs"/> has.</remarks>
    public static Preset Minimal { get; } = new()
    {
        EffectiveBalanceIncrement = new(1_000_000_000),
        MinActivationBalance = new(32_000_000_000),
        MaxEffectiveBalance = new(2_048_000_000_000),
        MaxCommitteesPerSlot = 4,
        TargetCommitteeSize = 4,
        MaxValidatorsPerCommittee = 2048,
        ShuffleRoundCount = 10,
        HysteresisQuotient = 4,
        HysteresisDownwardMultiplier = 1,
        HysteresisUpwardMultiplier = 5,
        MinAttestationInclusionDelay = 1,
        SlotsPerEpoch = 8,
        MinSeedLookahead = 1,
        MaxSeedLookahead = 4,
        EpochsPerEth1VotingPeriod = 4,
        SlotsPerHistoricalRoot = 64,
        MinEpochsToInactivityPenalty = 4,
        EpochsPerHistoricalVector = 64,
        EpochsPerSlashingsVector = 64,
        HistoricalRootsLimit = 1UL << 24,
        ValidatorRegistryLimit = 1UL << 40,
        BaseRewardFactor = 64,
        MaxProposerSlashings = 16,
        MaxAttesterSlashings = 1,
        MaxAttestations = 8,
        MaxDeposits = 16,
        MaxVoluntaryExits = 16,
        MaxBlsToExecutionChanges = 16,
        InactivityPenaltyQuotient = 1UL << 24,
        ProportionalSlashingMultiplier = 3,
        MinSlashingPenaltyQuotient = 4096,
        WhistleblowerRewardQuotient = 4096,
        SyncCommitteeSize = 32,
        EpochsPerSyncCommitteePeriod = 8,
        MinSyncCommitteeParticipants = 1,
        MaxWithdrawalsPerPayload = 4,
        MaxValidatorsPerWithdrawalsSweep = 16,
        MaxBlobCommitmentsPerBlock = 32,
        KzgCommitmentInclusionProofDepth = 10,
        PendingDepositsLimit = 1UL << 27,
        PendingPartialWithdrawalsLimit = 64,
        PendingConsolidationsLimit = 64,
        MaxDepositRequestsPerPayload = 8192,
        MaxWithdrawalRequestsPerPayload = 16,
        MaxConsolidationRequestsPerPayload = 2,
        MaxPendingPartialsPerWithdrawalsSweep = 2,
        MaxPendingDepositsPerEpoch = 16,
    };

    /// <summary>The small preset of Ethereum's tests since their release v1.6.0.</summary>
    public static Preset MinimalWithWideBlobs { get; } = Minimal with { MaxBlobCommitmentsPerBlock = 4096, KzgCommitmentInclusionProofDepth = 17 };

    /// <summary>Our production network: Ethereum's, with balances in FLASH. spec: ours#1</summary>
    public static Preset Flashback { get; } = InFlash(Mainnet);

    /// <summary>Our network of one command on one machine: Ethereum's small preset, with balances in FLASH. spec: ours#1</summary>
    public static Preset Devnet { get; } = InFlash(MinimalWithWideBlobs);

    /// <summary>The same where days without a block cost next to nothing, since nobody slept: they were skipped.</summary>
    public static Preset Dev { get; } = Devnet with { BaseRewardFactor = 1, InactivityPenaltyQuotient = 1UL << 60 };

    private static Preset InFlash(Preset preset) => preset with
    {
        EffectiveBalanceIncrement = new(100_000_000_000), // 100 FLASH
        MinActivationBalance = new(10_000_000_000_000), // 10,000 FLASH
        MaxEffectiveBalance = new(640_000_000_000_000), // 640,000 FLASH
    };
}
