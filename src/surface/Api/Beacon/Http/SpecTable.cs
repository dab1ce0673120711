using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Api.Beacon.Http;

/// <summary>The constants of a network by their names in the specification, as text: what validator clients are set up by. spec: beacon-APIs getSpec; cs/presets, cs/configs</summary>
internal static class SpecTable
{
    /// <summary>A fork that the chain has behind it at genesis, or that is to come.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Version">Its version.</param>
    /// <param name="Epoch">Its first epoch.</param>
    public sealed record ForkEntry(string Name, Bytes4 Version, Epoch Epoch);

    /// <summary>The forks in order: those up to Electra hold from genesis on, Fulu is not planned.</summary>
    /// <remarks>The versions of a network's forks differ in their first byte, the fork's number.</remarks>
    public static IReadOnlyList<ForkEntry> Forks(ConsensusConfig config) =>
    [
        new("GENESIS", config.GenesisForkVersion, Epoch.Genesis),
        new("ALTAIR", VersionOf(config, 1), Epoch.Genesis),
        new("BELLATRIX", VersionOf(config, 2), Epoch.Genesis),
        new("CAPELLA", config.CapellaForkVersion, Epoch.Genesis),
        new("DENEB", config.DenebForkVersion, Epoch.Genesis),
        new("ELECTRA", config.ElectraForkVersion, Epoch.Genesis),
        new("FULU", VersionOf(config, 6), Epoch.FarFuture),
    ];

    /// <summary>Names and values.</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisTime">When it began.</param>
    /// <param name="chainId">The execution chain's number.</param>
    /// <param name="depositContract">Whose logs are deposits.</param>
    public static IReadOnlyList<(string Name, string Value)> Of(ConsensusConfig config, ulong genesisTime, ulong chainId, Address depositContract)
    {
        List<(string, string)> rows = [("CONFIG_NAME", config.Name), ("PRESET_BASE", config.Preset.SlotsPerEpoch == Presets.Mainnet.SlotsPerEpoch ? "mainnet" : "minimal")];
        rows.AddRange(PresetRows(config.Preset).Concat(ConfigRows(config, genesisTime)).Concat(Constants).Select(row => (row.Name, row.Value.ToString(CultureInfo.InvariantCulture))));
        foreach (ForkEntry fork in Forks(config))
        {
            rows.Add(($"{fork.Name}_FORK_VERSION", Hex.Encode(fork.Version.AsSpan())));
            if (fork.Name != "GENESIS")
                rows.Add(($"{fork.Name}_FORK_EPOCH", fork.Epoch.Value.ToString(CultureInfo.InvariantCulture)));
        }
        rows.Add(("TERMINAL_TOTAL_DIFFICULTY", "0"));
        rows.Add(("TERMINAL_BLOCK_HASH", Hex.Encode(Hash32.Zero.AsSpan())));
        rows.Add(("DEPOSIT_CHAIN_ID", chainId.ToString(CultureInfo.InvariantCulture)));
        rows.Add(("DEPOSIT_NETWORK_ID", chainId.ToString(CultureInfo.InvariantCulture)));
        rows.Add(("DEPOSIT_CONTRACT_ADDRESS", Hex.Encode(depositContract.AsSpan())));
        rows.AddRange(Domains.Select(domain => (domain.Name, Hex.Encode(domain.Bytes))));
        return rows;
    }

    private static Bytes4 VersionOf(ConsensusConfig config, byte fork) => Bytes4.Read([fork, .. config.GenesisForkVersion.AsSpan()[1..]]);

    private static IReadOnlyList<(string Name, ulong Value)> PresetRows(Preset preset) =>
    [
        ("MAX_COMMITTEES_PER_SLOT", preset.MaxCommitteesPerSlot),
        ("TARGET_COMMITTEE_SIZE", preset.TargetCommitteeSize),
        ("MAX_VALIDATORS_PER_COMMITTEE", preset.MaxValidatorsPerCommittee),
        ("SHUFFLE_ROUND_COUNT", preset.ShuffleRoundCount),
        ("HYSTERESIS_QUOTIENT", preset.HysteresisQuotient),
        ("HYSTERESIS_DOWNWARD_MULTIPLIER", preset.HysteresisDownwardMultiplier),
        ("HYSTERESIS_UPWARD_MULTIPLIER", preset.HysteresisUpwardMultiplier),
        ("MIN_DEPOSIT_AMOUNT", preset.EffectiveBalanceIncrement.Value),
        ("MAX_EFFECTIVE_BALANCE", preset.MinActivationBalance.Value), // before Electra both were one
        ("EFFECTIVE_BALANCE_INCREMENT", preset.EffectiveBalanceIncrement.Value),
        ("MIN_ACTIVATION_BALANCE", preset.MinActivationBalance.Value),
        ("MAX_EFFECTIVE_BALANCE_ELECTRA", preset.MaxEffectiveBalance.Value),
        ("MIN_ATTESTATION_INCLUSION_DELAY", preset.MinAttestationInclusionDelay),
        ("SLOTS_PER_EPOCH", preset.SlotsPerEpoch),
        ("MIN_SEED_LOOKAHEAD", preset.MinSeedLookahead),
        ("MAX_SEED_LOOKAHEAD", preset.MaxSeedLookahead),
        ("EPOCHS_PER_ETH1_VOTING_PERIOD", preset.EpochsPerEth1VotingPeriod),
        ("SLOTS_PER_HISTORICAL_ROOT", preset.SlotsPerHistoricalRoot),
        ("MIN_EPOCHS_TO_INACTIVITY_PENALTY", preset.MinEpochsToInactivityPenalty),
        ("EPOCHS_PER_HISTORICAL_VECTOR", preset.EpochsPerHistoricalVector),
        ("EPOCHS_PER_SLASHINGS_VECTOR", preset.EpochsPerSlashingsVector),
        ("HISTORICAL_ROOTS_LIMIT", preset.HistoricalRootsLimit),
        ("VALIDATOR_REGISTRY_LIMIT", preset.ValidatorRegistryLimit),
        ("BASE_REWARD_FACTOR", preset.BaseRewardFactor),
        ("PROPOSER_REWARD_QUOTIENT", 8),
        ("INACTIVITY_PENALTY_QUOTIENT_BELLATRIX", preset.InactivityPenaltyQuotient),
        ("PROPORTIONAL_SLASHING_MULTIPLIER_BELLATRIX", preset.ProportionalSlashingMultiplier),
        ("MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA", preset.MinSlashingPenaltyQuotient),
        ("WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA", preset.WhistleblowerRewardQuotient),
        ("MAX_PROPOSER_SLASHINGS", preset.MaxProposerSlashings),
        ("MAX_ATTESTER_SLASHINGS_ELECTRA", preset.MaxAttesterSlashings),
        ("MAX_ATTESTATIONS_ELECTRA", preset.MaxAttestations),
        ("MAX_DEPOSITS", preset.MaxDeposits),
        ("MAX_VOLUNTARY_EXITS", preset.MaxVoluntaryExits),
        ("MAX_BLS_TO_EXECUTION_CHANGES", preset.MaxBlsToExecutionChanges),
        ("SYNC_COMMITTEE_SIZE", preset.SyncCommitteeSize),
        ("EPOCHS_PER_SYNC_COMMITTEE_PERIOD", preset.EpochsPerSyncCommitteePeriod),
        ("MIN_SYNC_COMMITTEE_PARTICIPANTS", preset.MinSyncCommitteeParticipants),
        ("UPDATE_TIMEOUT", preset.EpochsPerSyncCommitteePeriod * preset.SlotsPerEpoch),
        ("MAX_BYTES_PER_TRANSACTION", 1UL << 30),
        ("MAX_TRANSACTIONS_PER_PAYLOAD", 1UL << 20),
        ("BYTES_PER_LOGS_BLOOM", 256),
        ("MAX_EXTRA_DATA_BYTES", 32),
        ("MAX_WITHDRAWALS_PER_PAYLOAD", preset.MaxWithdrawalsPerPayload),
        ("MAX_VALIDATORS_PER_WITHDRAWALS_SWEEP", preset.MaxValidatorsPerWithdrawalsSweep),
        ("FIELD_ELEMENTS_PER_BLOB", 4096),
        ("MAX_BLOB_COMMITMENTS_PER_BLOCK", preset.MaxBlobCommitmentsPerBlock),
        ("KZG_COMMITMENT_INCLUSION_PROOF_DEPTH", preset.KzgCommitmentInclusionProofDepth),
        ("PENDING_DEPOSITS_LIMIT", preset.PendingDepositsLimit),
        ("PENDING_PARTIAL_WITHDRAWALS_LIMIT", preset.PendingPartialWithdrawalsLimit),
        ("PENDING_CONSOLIDATIONS_LIMIT", preset.PendingConsolidationsLimit),
        ("MAX_DEPOSIT_REQUESTS_PER_PAYLOAD", preset.MaxDepositRequestsPerPayload),
        ("MAX_WITHDRAWAL_REQUESTS_PER_PAYLOAD", preset.MaxWithdrawalRequestsPerPayload),
        ("MAX_CONSOLIDATION_REQUESTS_PER_PAYLOAD", preset.MaxConsolidationRequestsPerPayload),
        ("MAX_PENDING_PARTIALS_PER_WITHDRAWALS_SWEEP", preset.MaxPendingPartialsPerWithdrawalsSweep),
        ("MAX_PENDING_DEPOSITS_PER_EPOCH", preset.MaxPendingDepositsPerEpoch),
    ];

    private static IReadOnlyList<(string Name, ulong Value)> ConfigRows(ConsensusConfig config, ulong genesisTime) =>
    [
        ("MIN_GENESIS_TIME", genesisTime),
        ("GENESIS_DELAY", 0),
        ("SECONDS_PER_SLOT", config.SecondsPerSlot),
        ("MIN_VALIDATOR_WITHDRAWABILITY_DELAY", config.MinValidatorWithdrawabilityDelay),
        ("SHARD_COMMITTEE_PERIOD", config.ShardCommitteePeriod),
        ("INACTIVITY_SCORE_BIAS", config.InactivityScoreBias),
        ("INACTIVITY_SCORE_RECOVERY_RATE", config.InactivityScoreRecoveryRate),
        ("EJECTION_BALANCE", config.EjectionBalance.Value),
        ("CHURN_LIMIT_QUOTIENT", config.ChurnLimitQuotient),
        ("MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA", config.MinPerEpochChurnLimit.Value),
        ("MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT", config.MaxPerEpochActivationExitChurnLimit.Value),
        ("MAX_BLOBS_PER_BLOCK", config.MaxBlobsPerBlock), // a network that begins with Electra never had another
        ("MAX_BLOBS_PER_BLOCK_ELECTRA", config.MaxBlobsPerBlock),
        ("MAX_REQUEST_BLOB_SIDECARS", 128 * config.MaxBlobsPerBlock),
        ("MAX_REQUEST_BLOB_SIDECARS_ELECTRA", 128 * config.MaxBlobsPerBlock),
    ];

    /// <summary>What is the same on all networks. spec: cs/phase0/validator, cs/altair/validator, cs/phase0/p2p-interface, cs/phase0/fork-choice, cs/configs/mainnet</summary>
    private static readonly IReadOnlyList<(string Name, ulong Value)> Constants =
    [
        ("GENESIS_SLOT", 0),
        ("GENESIS_EPOCH", 0),
        ("FAR_FUTURE_EPOCH", ulong.MaxValue),
        ("BASE_REWARDS_PER_EPOCH", 4),
        ("DEPOSIT_CONTRACT_TREE_DEPTH", 32),
        ("JUSTIFICATION_BITS_LENGTH", 4),
        ("TARGET_AGGREGATORS_PER_COMMITTEE", 16),
        ("RANDOM_SUBNETS_PER_VALIDATOR", 1),
        ("EPOCHS_PER_RANDOM_SUBNET_SUBSCRIPTION", 256),
        ("ATTESTATION_SUBNET_COUNT", 64),
        ("ATTESTATION_SUBNET_EXTRA_BITS", 0),
        ("ATTESTATION_SUBNET_PREFIX_BITS", 6),
        ("SUBNETS_PER_NODE", 2),
        ("EPOCHS_PER_SUBNET_SUBSCRIPTION", 256),
        ("ATTESTATION_PROPAGATION_SLOT_RANGE", 32),
        ("TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE", 16),
        ("SYNC_COMMITTEE_SUBNET_COUNT", 4),
        ("TIMELY_SOURCE_FLAG_INDEX", 0),
        ("TIMELY_TARGET_FLAG_INDEX", 1),
        ("TIMELY_HEAD_FLAG_INDEX", 2),
        ("TIMELY_SOURCE_WEIGHT", 14),
        ("TIMELY_TARGET_WEIGHT", 26),
        ("TIMELY_HEAD_WEIGHT", 14),
        ("SYNC_REWARD_WEIGHT", 2),
        ("PROPOSER_WEIGHT", 8),
        ("WEIGHT_DENOMINATOR", 64),
        ("PARTICIPATION_FLAG_WEIGHTS_COUNT", 3),
        ("INTERVALS_PER_SLOT", 3),
        ("PROPOSER_SCORE_BOOST", 40),
        ("REORG_HEAD_WEIGHT_THRESHOLD", 20),
        ("REORG_PARENT_WEIGHT_THRESHOLD", 160),
        ("REORG_MAX_EPOCHS_SINCE_FINALIZATION", 2),
        ("ETH1_FOLLOW_DISTANCE", 2048),
        ("SECONDS_PER_ETH1_BLOCK", 14),
        ("MAX_PAYLOAD_SIZE", 10_485_760),
        ("GOSSIP_MAX_SIZE", 10_485_760),
        ("MAX_CHUNK_SIZE", 10_485_760),
        ("MAX_REQUEST_BLOCKS", 1024),
        ("MAX_REQUEST_BLOCKS_DENEB", 128),
        ("MAX_REQUEST_LIGHT_CLIENT_UPDATES", 128),
        ("MIN_EPOCHS_FOR_BLOCK_REQUESTS", 33_024),
        ("MIN_EPOCHS_FOR_BLOB_SIDECARS_REQUESTS", 4096),
        ("BLOB_SIDECAR_SUBNET_COUNT", 6),
        ("BLOB_SIDECAR_SUBNET_COUNT_ELECTRA", 9),
        ("TTFB_TIMEOUT", 5),
        ("RESP_TIMEOUT", 10),
        ("MAXIMUM_GOSSIP_CLOCK_DISPARITY", 500),
        ("TERMINAL_BLOCK_HASH_ACTIVATION_EPOCH", ulong.MaxValue),
        ("UNSET_DEPOSIT_REQUESTS_START_INDEX", BeaconState.UnsetDepositRequestsStartIndex),
        ("FULL_EXIT_REQUEST_AMOUNT", 0),
    ];

    private static readonly IReadOnlyList<(string Name, byte[] Bytes)> Domains =
    [
        ("DOMAIN_BEACON_PROPOSER", Bytes(DomainType.BeaconProposer)),
        ("DOMAIN_BEACON_ATTESTER", Bytes(DomainType.BeaconAttester)),
        ("DOMAIN_RANDAO", Bytes(DomainType.Randao)),
        ("DOMAIN_DEPOSIT", Bytes(DomainType.Deposit)),
        ("DOMAIN_VOLUNTARY_EXIT", Bytes(DomainType.VoluntaryExit)),
        ("DOMAIN_SELECTION_PROOF", Bytes(DomainType.SelectionProof)),
        ("DOMAIN_AGGREGATE_AND_PROOF", Bytes(DomainType.AggregateAndProof)),
        ("DOMAIN_SYNC_COMMITTEE", Bytes(DomainType.SyncCommittee)),
        ("DOMAIN_SYNC_COMMITTEE_SELECTION_PROOF", Bytes(DomainType.SyncCommitteeSelectionProof)),
        ("DOMAIN_CONTRIBUTION_AND_PROOF", Bytes(DomainType.ContributionAndProof)),
        ("DOMAIN_BLS_TO_EXECUTION_CHANGE", Bytes(DomainType.BlsToExecutionChange)),
        ("DOMAIN_APPLICATION_MASK", [0, 0, 0, 1]), // cs/phase0/beacon-chain#domain-types
        ("DOMAIN_APPLICATION_BUILDER", [0, 0, 0, 1]), // builder-specs
        ("BLS_WITHDRAWAL_PREFIX", [0]),
        ("ETH1_ADDRESS_WITHDRAWAL_PREFIX", [1]),
        ("COMPOUNDING_WITHDRAWAL_PREFIX", [2]),
        ("DEPOSIT_REQUEST_TYPE", [0]),
        ("WITHDRAWAL_REQUEST_TYPE", [1]),
        ("CONSOLIDATION_REQUEST_TYPE", [2]),
        ("VERSIONED_HASH_VERSION_KZG", [1]),
        ("MESSAGE_DOMAIN_INVALID_SNAPPY", [0, 0, 0, 0]), // cs/phase0/p2p-interface#configuration
        ("MESSAGE_DOMAIN_VALID_SNAPPY", [1, 0, 0, 0]),
    ];

    private static byte[] Bytes(DomainType domain) => [(byte)domain, 0, 0, 0];
}
