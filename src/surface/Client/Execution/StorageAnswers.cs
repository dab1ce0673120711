using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A storage provider, as <c>storage_getProvider</c> tells it. spec: docs/rpc/storage.json</summary>
/// <param name="Id">Its validator's index.</param>
/// <param name="Owner">The stake's withdrawal address.</param>
/// <param name="Operator">Who claims for it.</param>
/// <param name="ProverId">Who its replicas are made for.</param>
/// <param name="EffectiveBalance">Of the validator, in Gwei, as last proven.</param>
/// <param name="IsActive">False once its validator was shown to leave, or slashed.</param>
/// <param name="CommittedSectors">From pre-commit to end.</param>
/// <param name="ActiveSectors">Those that are to be proven.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Debt">What it owes that no block has carried yet, in Gwei.</param>
/// <param name="Ask">What it offers, and where it answers.</param>
public sealed record KnownProvider(
    ulong Id, Address Owner, Address Operator, Hash32 ProverId, ulong EffectiveBalance, bool IsActive, ulong CommittedSectors, ulong ActiveSectors, ulong Partitions, UInt256 Debt, ProviderAsk Ask)
{
    /// <summary>Where it answers.</summary>
    public string Endpoint => Ask.Endpoint;
}

/// <summary>Where a sector is in its life on the chain.</summary>
public enum ChainSectorStatus
{
    /// <summary>Announced; its proof is still to come.</summary>
    PreCommitted,

    /// <summary>To be proven.</summary>
    Live,

    /// <summary>Expired, terminated, or faulty for too long.</summary>
    Ended,
}

/// <summary>A sector, as <c>storage_getSector</c> tells it. Times are slots.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="IsFaulty">Whether it was not proven last, or said to be lost.</param>
/// <param name="IsRecovering">Whether it is said to be proven again next.</param>
/// <param name="CommR">The replica.</param>
/// <param name="CommD">The data in it.</param>
/// <param name="SealedCommR">The replica as it was sealed, after an update; else zeros.</param>
/// <param name="SealSlot">Its ticket's.</param>
/// <param name="PreCommitSlot">Its announcement's.</param>
/// <param name="Activation">Its seal claim's; 0 before.</param>
/// <param name="Expiration">From which on it need not be kept.</param>
/// <param name="Partition">Which it is proven in.</param>
/// <param name="Cadence">Proofs in a proving period.</param>
public sealed record KnownSector(
    ulong Number, ChainSectorStatus Status, bool IsFaulty, bool IsRecovering, Hash32 CommR, Hash32 CommD, Hash32 SealedCommR, ulong SealSlot, ulong PreCommitSlot, ulong Activation,
    ulong Expiration, ulong Partition, ulong Cadence);

/// <summary>A partition and the window of it that is open or comes next, as <c>storage_getDeadlines</c> tells it. Times are slots.</summary>
/// <param name="Partition">Which.</param>
/// <param name="Cadence">Windows in a proving period.</param>
/// <param name="LiveSectors">Sectors that have not ended.</param>
/// <param name="FaultySectors">Of these.</param>
/// <param name="RecoveringSectors">Of the faulty.</param>
/// <param name="Window">The window's number.</param>
/// <param name="ChallengeSlot">Whose randomness it is about.</param>
/// <param name="Opens">The first slot in which it can be proven.</param>
/// <param name="Closes">The first slot in which it no longer can.</param>
/// <param name="IsProven">Whether it was.</param>
public sealed record KnownDeadline(
    ulong Partition, ulong Cadence, ulong LiveSectors, ulong FaultySectors, ulong RecoveringSectors, ulong Window, ulong ChallengeSlot, ulong Opens, ulong Closes, bool IsProven);

/// <summary>What all providers together store, and what the network decides, as <c>storage_getNetwork</c> tells it. Times are slots, amounts Gwei.</summary>
/// <param name="Slot">The block's.</param>
/// <param name="Providers">How many were registered.</param>
/// <param name="ActiveSectors">Sectors that are to be proven.</param>
/// <param name="ClaimFee">What a claim costs in the next block, in wei.</param>
/// <param name="GenesisTime">When slot 0 began, in seconds since 1970.</param>
/// <param name="SecondsPerSlot">Seconds of a slot.</param>
/// <param name="ProvingPeriod">Of a proving period.</param>
/// <param name="Deadlines">That a proving period is cut into.</param>
/// <param name="ChallengeLookback">From a window's challenge to its opening.</param>
/// <param name="PrecommitDelay">From a pre-commit to its seed.</param>
/// <param name="FaultMaxAge">Periods that a fault may last.</param>
/// <param name="SealProof">The registered seal proof.</param>
/// <param name="SectorSize">Bytes.</param>
/// <param name="PartitionSectors">Most sectors of a partition.</param>
/// <param name="CollateralPerTib">Stake behind a TiB.</param>
/// <param name="FaultFee">For a faulty GiB and period.</param>
/// <param name="MinLifetime">That a sector is committed for at least.</param>
public sealed record KnownStorageNetwork(
    ulong Slot, ulong Providers, ulong ActiveSectors, UInt256 ClaimFee, ulong GenesisTime, ulong SecondsPerSlot, ulong ProvingPeriod, ulong Deadlines, ulong ChallengeLookback, ulong PrecommitDelay,
    ulong FaultMaxAge, ulong SealProof, ulong SectorSize, ulong PartitionSectors, ulong CollateralPerTib, ulong FaultFee, ulong MinLifetime)
{
    /// <summary>What a faulty sector costs in a period, in Gwei, rounded down as the contract does. spec: ours#5</summary>
    public ulong SectorFee => (ulong)(((UInt128)FaultFee * SectorSize) >> 30);

    /// <summary>The slot of a moment in seconds since 1970.</summary>
    public ulong SlotAt(ulong timestamp) => timestamp < GenesisTime ? 0 : (timestamp - GenesisTime) / SecondsPerSlot;
}
