using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What a network decides beside its preset. spec: cs/phase0/beacon-chain#configuration</summary>
/// <remarks>
/// Consensus knows Electra's rules only. The version of Capella is here because exits are signed under it for ever (EIP-7044), that of genesis
/// because deposits and changes of credentials are. spec: cs/deneb/beacon-chain#modified-process_voluntary_exit
/// </remarks>
public sealed record ConsensusConfig
{
    /// <summary>The network's name.</summary>
    public required string Name { get; init; }

    /// <summary>The sizes.</summary>
    public required Preset Preset { get; init; }

    /// <summary>The length of a slot in seconds.</summary>
    public required ulong SecondsPerSlot { get; init; }

    /// <summary>The fork version of the first block: under it deposits are signed.</summary>
    public required Bytes4 GenesisForkVersion { get; init; }

    /// <summary>The fork version under which voluntary exits are signed. spec: EIP-7044</summary>
    public required Bytes4 CapellaForkVersion { get; init; }

    /// <summary>The fork version before Electra's.</summary>
    public required Bytes4 DenebForkVersion { get; init; }

    /// <summary>Electra's fork version.</summary>
    public required Bytes4 ElectraForkVersion { get; init; }

    /// <summary>Epochs between a validator's exit and the first withdrawal of its stake.</summary>
    public required ulong MinValidatorWithdrawabilityDelay { get; init; }

    /// <summary>Epochs that a validator must have been active before it may leave.</summary>
    public required ulong ShardCommitteePeriod { get; init; }

    /// <summary>What an inactive epoch adds to a validator's score.</summary>
    public required ulong InactivityScoreBias { get; init; }

    /// <summary>What an epoch without a leak takes off a validator's score.</summary>
    public required ulong InactivityScoreRecoveryRate { get; init; }

    /// <summary>A validator whose effective balance is no higher must leave.</summary>
    public required Gwei EjectionBalance { get; init; }

    /// <summary>Divides the total stake to the churn of an epoch.</summary>
    public required ulong ChurnLimitQuotient { get; init; }

    /// <summary>The least churn of an epoch. spec: cs/electra/beacon-chain#validator-cycle</summary>
    public required Gwei MinPerEpochChurnLimit { get; init; }

    /// <summary>The most of an epoch's churn that goes to activations and exits; the rest is for consolidations. spec: cs/electra/beacon-chain#validator-cycle</summary>
    public required Gwei MaxPerEpochActivationExitChurnLimit { get; init; }

    /// <summary>Blobs in a block at most. spec: EIP-7691</summary>
    public required ulong MaxBlobsPerBlock { get; init; }

    /// <summary>The same network with the Spacetime fork on. spec: ours#5</summary>
    public ConsensusConfig WithSpacetime() => this with { Preset = Preset with { MaxStoragePenaltiesPerPayload = 16 } };

    /// <summary>Ethereum's main network. spec: cs/configs/mainnet</summary>
    public static ConsensusConfig Mainnet { get; } = new()
    {
        Name = "ethereum-mainnet",
        Preset = Presets.Mainnet,
        SecondsPerSlot = 12,
        GenesisForkVersion = FixedBytes.Parse<Bytes4>("0x00000000"),
        CapellaForkVersion = FixedBytes.Parse<Bytes4>("0x03000000"),
        DenebForkVersion = FixedBytes.Parse<Bytes4>("0x04000000"),
        ElectraForkVersion = FixedBytes.Parse<Bytes4>("0x05000000"),
        MinValidatorWithdrawabilityDelay = 256,
        ShardCommitteePeriod = 256,
        InactivityScoreBias = 4,
        InactivityScoreRecoveryRate = 16,
        EjectionBalance = new(16_000_000_000),
        ChurnLimitQuotient = 65_536,
        MinPerEpochChurnLimit = new(128_000_000_000),
        MaxPerEpochActivationExitChurnLimit = new(256_000_000_000),
        MaxBlobsPerBlock = 9,
    };

    /// <summary>The network of Ethereum's small preset. spec: cs/configs/minimal</summary>
    public static ConsensusConfig Minimal { get; } = Mainnet with
    {
        Name = "ethereum-minimal",
        Preset = Presets.Minimal,
        SecondsPerSlot = 6,
        GenesisForkVersion = FixedBytes.Parse<Bytes4>("0x00000001"),
        CapellaForkVersion = FixedBytes.Parse<Bytes4>("0x03000001"),
        DenebForkVersion = FixedBytes.Parse<Bytes4>("0x04000001"),
        ElectraForkVersion = FixedBytes.Parse<Bytes4>("0x05000001"),
        ShardCommitteePeriod = 64,
        ChurnLimitQuotient = 32,
        MinPerEpochChurnLimit = new(64_000_000_000),
        MaxPerEpochActivationExitChurnLimit = new(128_000_000_000),
    };

    /// <summary>Our production network. spec: ours#1</summary>
    /// <remarks>The churn limits follow the unit of stake: as many activation balances as on Ethereum.</remarks>
    public static ConsensusConfig Flashback { get; } = Mainnet with
    {
        Name = "flashback",
        Preset = Presets.Flashback,
        GenesisForkVersion = FixedBytes.Parse<Bytes4>("0x000000fb"),
        CapellaForkVersion = FixedBytes.Parse<Bytes4>("0x030000fb"),
        DenebForkVersion = FixedBytes.Parse<Bytes4>("0x040000fb"),
        ElectraForkVersion = FixedBytes.Parse<Bytes4>("0x050000fb"),
        EjectionBalance = new(5_000_000_000_000), // 5,000 FLASH
        MinPerEpochChurnLimit = new(40_000_000_000_000), // 4 activation balances
        MaxPerEpochActivationExitChurnLimit = new(80_000_000_000_000), // 8 activation balances
    };

    /// <summary>Our network of one command on one machine. spec: ours#1</summary>
    public static ConsensusConfig Devnet { get; } = Flashback with
    {
        Name = "devnet",
        Preset = Presets.Devnet,
        SecondsPerSlot = 2,
        GenesisForkVersion = FixedBytes.Parse<Bytes4>("0x000000fd"),
        CapellaForkVersion = FixedBytes.Parse<Bytes4>("0x030000fd"),
        DenebForkVersion = FixedBytes.Parse<Bytes4>("0x040000fd"),
        ElectraForkVersion = FixedBytes.Parse<Bytes4>("0x050000fd"),
        ShardCommitteePeriod = 64,
        ChurnLimitQuotient = 32,
        MinPerEpochChurnLimit = new(20_000_000_000_000), // 2 activation balances
        MaxPerEpochActivationExitChurnLimit = new(40_000_000_000_000), // 4 activation balances
    };

    /// <summary>A network of one node for those who write contracts: its days may be skipped, and its stake outlasts that.</summary>
    public static ConsensusConfig Dev { get; } = Devnet with
    {
        Name = "dev",
        Preset = Presets.Dev,
        SecondsPerSlot = 1,
    };
}
