using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Chain.Spacetime;

/// <summary>What a network decides about storage duties; the contracts have it as immutables. spec: ours#3</summary>
public sealed record SpacetimeParameters
{
    private const ulong GweiPerCoin = 1_000_000_000;

    /// <summary>When slot 0 begins, in seconds since 1970.</summary>
    public required ulong GenesisTime { get; init; }

    /// <summary>Seconds.</summary>
    public required ulong SecondsPerSlot { get; init; }

    /// <summary>The beacon chain's.</summary>
    public required ulong SlotsPerEpoch { get; init; }

    /// <summary>In slots.</summary>
    public required ulong ProvingPeriod { get; init; }

    /// <summary>Deadlines that a proving period is cut into: a divisor of its slots.</summary>
    public required ulong Deadlines { get; init; }

    /// <summary>Slots between a window's challenge and its opening; no more than a deadline has, so that a partition's windows keep apart.</summary>
    public required ulong ChallengeLookback { get; init; }

    /// <summary>Slots from a pre-commit to its seed.</summary>
    public required ulong PrecommitDelay { get; init; }

    /// <summary>Proving periods that a fault may last, below 64.</summary>
    public required ulong FaultMaxAge { get; init; }

    /// <summary>The registered seal proof: sector size, graph and challenges.</summary>
    public required SealKind Seal { get; init; }

    /// <summary>Stake that stands behind a TiB, in Gwei.</summary>
    public ulong CollateralPerTib { get; init; } = 50 * GweiPerCoin;

    /// <summary>What a faulty GiB costs in a proving period, in Gwei: so that all fees a sector can ever cost (3 + FAULT_MAX_AGE + 14) stay below its collateral.</summary>
    public ulong FaultFee { get; init; } = 500_000;

    /// <summary>Proving periods that a sector is committed for at least.</summary>
    public required ulong MinLifetimePeriods { get; init; }

    /// <summary>Production: a day's period, Filecoin's 32 GiB sectors.</summary>
    public static SpacetimeParameters Flashback(ulong genesisTime) => new()
    {
        GenesisTime = genesisTime,
        SecondsPerSlot = 12,
        SlotsPerEpoch = 32,
        ProvingPeriod = 7_200, // 24 h
        Deadlines = 48,
        ChallengeLookback = 50, // 10 min
        PrecommitDelay = 375, // 75 min
        FaultMaxAge = 42,
        Seal = SealKind.All[8], // 32 GiB
        MinLifetimePeriods = 180,
    };

    /// <summary>A laptop's: a period of four minutes, sectors of 8 MiB.</summary>
    public static SpacetimeParameters Devnet(ulong genesisTime) => new()
    {
        GenesisTime = genesisTime,
        SecondsPerSlot = 2,
        SlotsPerEpoch = 8,
        ProvingPeriod = 120, // 4 min
        Deadlines = 6,
        ChallengeLookback = 4,
        PrecommitDelay = 4,
        FaultMaxAge = 5,
        Seal = SealKind.Devnet,
        MinLifetimePeriods = 2,
    };

    /// <summary>The slot of a block with this time.</summary>
    public ulong SlotAt(ulong timestamp) => timestamp < GenesisTime ? 0 : (timestamp - GenesisTime) / SecondsPerSlot;

    /// <summary>The earliest time that a block after another can have, not before now: of two blocks in one slot the second is invalid.</summary>
    public ulong TimeAfter(ulong parent, ulong now) => GenesisTime + (Math.Max(SlotAt(parent) + 1, SlotAt(now)) * SecondsPerSlot);

    /// <summary>The immutables of all contracts, by name.</summary>
    internal IReadOnlyDictionary<string, UInt256> Immutables => new Dictionary<string, UInt256>
    {
        ["GENESIS_TIME"] = GenesisTime,
        ["SECONDS_PER_SLOT"] = SecondsPerSlot,
        ["SLOTS_PER_EPOCH"] = SlotsPerEpoch,
        ["PROVING_PERIOD"] = ProvingPeriod,
        ["DEADLINES"] = Deadlines,
        ["CHALLENGE_LOOKBACK"] = ChallengeLookback,
        ["PRECOMMIT_DELAY"] = PrecommitDelay,
        ["FAULT_MAX_AGE"] = FaultMaxAge,
        ["PARTITION_SECTORS"] = (ulong)Seal.Size.WindowSectors,
        ["SECTOR_SIZE"] = (ulong)Seal.Size.Bytes,
        ["SEAL_PROOF"] = (ulong)Seal.Number,
        ["SEAL_PARTITIONS"] = (ulong)Seal.Challenges.Partitions,
        ["UPDATE_PARTITIONS"] = (ulong)UpdateParameters.Of(Seal.Size.NodeCount).Partitions,
        ["COLLATERAL_PER_TIB"] = CollateralPerTib,
        ["FAULT_FEE"] = FaultFee,
        ["MIN_LIFETIME"] = MinLifetimePeriods * ProvingPeriod,
        ["EMPTY_COMM_D"] = UInt256.ReadBigEndian(DataTree.ZeroCommitment(Seal.Size.Padded).AsSpan()),
    };
}
