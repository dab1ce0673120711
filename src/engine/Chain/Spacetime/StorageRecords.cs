using Flashback.Primitives;

namespace Flashback.Chain.Spacetime;

/// <summary>A provider as the contracts have it.</summary>
/// <param name="Id">Its validator's index.</param>
/// <param name="Owner">The stake's withdrawal address.</param>
/// <param name="Operator">Who claims for it.</param>
/// <param name="PublicKey">Its validator's key.</param>
/// <param name="ProverId">Who its replicas are made for.</param>
/// <param name="EffectiveBalance">Of the validator, in Gwei, as last proven.</param>
/// <param name="ProvenSlot">When that was.</param>
/// <param name="IsActive">False once its validator was shown to leave, or slashed.</param>
/// <param name="CommittedSectors">From pre-commit to end.</param>
/// <param name="ActiveSectors">Those that are to be proven.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="Debt">What it owes that no block has carried yet, in Gwei.</param>
/// <param name="Ask">What it offers.</param>
public sealed record StorageProvider(
    ulong Id, Address Owner, Address Operator, Bytes48 PublicKey, Hash32 ProverId, ulong EffectiveBalance, ulong ProvenSlot, bool IsActive, ulong CommittedSectors, ulong ActiveSectors,
    ulong Partitions, UInt256 Debt, StorageAsk Ask);

/// <summary>What a provider offers.</summary>
/// <param name="FeePerGibDay">Wei.</param>
/// <param name="SmallestPiece">Bytes, padded.</param>
/// <param name="LargestPiece">Bytes, padded.</param>
/// <param name="LongestDuration">Slots.</param>
/// <param name="Region">ISO 3166-1 numeric, or 0.</param>
/// <param name="Endpoint">Where it answers: bytes that it chose, read as UTF-8.</param>
public sealed record StorageAsk(UInt256 FeePerGibDay, ulong SmallestPiece, ulong LargestPiece, ulong LongestDuration, ulong Region, string Endpoint);

/// <summary>Where a sector is in its life.</summary>
public enum SectorStatus
{
    /// <summary>Announced; its proof is still to come.</summary>
    PreCommitted = 1,

    /// <summary>To be proven.</summary>
    Live = 2,

    /// <summary>Expired, terminated, or faulty for too long.</summary>
    Ended = 3,
}

/// <summary>A sector as the contract has it. Times are slots.</summary>
/// <param name="Provider">Whose.</param>
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
public sealed record StorageSector(
    ulong Provider, ulong Number, SectorStatus Status, bool IsFaulty, bool IsRecovering, Hash32 CommR, Hash32 CommD, Hash32 SealedCommR, ulong SealSlot, ulong PreCommitSlot,
    ulong Activation, ulong Expiration, ulong Partition, ulong Cadence);

/// <summary>A partition and the window of it that is open or comes next. Times are slots.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Partition">Which.</param>
/// <param name="Cadence">Windows in a proving period.</param>
/// <param name="LiveSectors">Sectors that have not ended.</param>
/// <param name="FaultySectors">Of these; what the windows closed so far have found.</param>
/// <param name="RecoveringSectors">Of the faulty.</param>
/// <param name="Window">The window's number.</param>
/// <param name="ChallengeSlot">Whose randomness it is about.</param>
/// <param name="Opens">The first slot in which it can be proven.</param>
/// <param name="Closes">The first slot in which it no longer can.</param>
/// <param name="IsProven">Whether it was.</param>
public sealed record StorageDeadline(
    ulong Provider, ulong Partition, ulong Cadence, ulong LiveSectors, ulong FaultySectors, ulong RecoveringSectors, ulong Window, ulong ChallengeSlot, ulong Opens, ulong Closes, bool IsProven);
