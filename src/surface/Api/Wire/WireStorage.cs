using Flashback.Chain.Spacetime;
using Flashback.Primitives;

namespace Flashback.Api.Wire;

/// <summary>A provider. What the fields are: <see cref="StorageProvider"/>. spec: docs/rpc/storage.json</summary>
public sealed record WireProvider(
    ulong Id, Address Owner, Address Operator, byte[] PublicKey, Hash32 ProverId, ulong EffectiveBalance, ulong ProvenSlot, bool IsActive, ulong CommittedSectors, ulong ActiveSectors,
    ulong Partitions, UInt256 Debt, WireAsk Ask)
{
    internal static WireProvider Of(StorageProvider p) => new(
        p.Id, p.Owner, p.Operator, p.PublicKey.AsSpan().ToArray(), p.ProverId, p.EffectiveBalance, p.ProvenSlot, p.IsActive, p.CommittedSectors, p.ActiveSectors, p.Partitions, p.Debt,
        new WireAsk(p.Ask.FeePerGibDay, p.Ask.SmallestPiece, p.Ask.LargestPiece, p.Ask.LongestDuration, p.Ask.Region, p.Ask.Endpoint));
}

/// <summary>What a provider offers.</summary>
public sealed record WireAsk(UInt256 FeePerGibDay, ulong SmallestPiece, ulong LargestPiece, ulong LongestDuration, ulong Region, string Endpoint);

/// <summary>A sector. What the fields are: <see cref="StorageSector"/>.</summary>
public sealed record WireSector(
    ulong Provider, ulong Number, string Status, bool IsFaulty, bool IsRecovering, Hash32 CommR, Hash32 CommD, Hash32 SealedCommR, ulong SealSlot, ulong PreCommitSlot, ulong Activation,
    ulong Expiration, ulong Partition, ulong Cadence)
{
    internal static WireSector Of(StorageSector s) => new(
        s.Provider, s.Number, s.Status switch { SectorStatus.PreCommitted => "preCommitted", SectorStatus.Live => "live", _ => "ended" }, s.IsFaulty, s.IsRecovering, s.CommR, s.CommD,
        s.SealedCommR, s.SealSlot, s.PreCommitSlot, s.Activation, s.Expiration, s.Partition, s.Cadence);
}

/// <summary>A partition's window. What the fields are: <see cref="StorageDeadline"/>.</summary>
public sealed record WireDeadline(
    ulong Provider, ulong Partition, ulong Cadence, ulong LiveSectors, ulong FaultySectors, ulong RecoveringSectors, ulong Window, ulong ChallengeSlot, ulong Opens, ulong Closes, bool IsProven)
{
    internal static WireDeadline Of(StorageDeadline d) => new(
        d.Provider, d.Partition, d.Cadence, d.LiveSectors, d.FaultySectors, d.RecoveringSectors, d.Window, d.ChallengeSlot, d.Opens, d.Closes, d.IsProven);
}

/// <summary>A claim of a block. What the fields are: <see cref="StorageClaim"/>.</summary>
public sealed record WireClaim(ulong Index, Hash32 TransactionHash, string Kind, ulong Provider, ulong Subject, Hash32 BlobHash, ulong Offset, ulong Length)
{
    internal static WireClaim Of(int index, in StorageClaim c, Hash32 transaction) => new(
        (ulong)index, transaction, NameOf(c.Kind), c.Provider, c.Subject, c.BlobHash, c.Offset, c.Length);

    private static string NameOf(ClaimKind kind) => kind switch
    {
        ClaimKind.Seal => "seal",
        ClaimKind.Update => "update",
        ClaimKind.Window => "window",
        ClaimKind.Hot => "hot",
        _ => "receipt",
    };
}

/// <summary>What all providers together store, and what the network decides.</summary>
public sealed record WireStorageNetwork(
    ulong Slot, ulong Providers, ulong ActiveProviders, ulong CommittedSectors, ulong ActiveSectors, UInt256 ActiveBytes, UInt256 ClaimFee, WireStorageParameters Parameters);

/// <summary>The contracts' immutables, and where they are.</summary>
public sealed record WireStorageParameters(
    ulong GenesisTime, ulong SecondsPerSlot, ulong ProvingPeriod, ulong Deadlines, ulong ChallengeLookback, ulong PrecommitDelay, ulong FaultMaxAge, ulong SealProof, ulong SectorSize,
    ulong PartitionSectors, ulong CollateralPerTib, ulong FaultFee, ulong MinLifetime, Address Randomness, Address ProvidersContract, Address Sectors);
