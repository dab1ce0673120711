using Flashback.Client;

namespace Flashback.Provider;

/// <summary>Live sectors without data, which updates could put pieces into.</summary>
/// <param name="chain">The chain.</param>
/// <param name="queue">The work.</param>
/// <param name="survey">Knows the sectors that the chain has.</param>
/// <param name="pace">How long sealing and updating take.</param>
/// <param name="canUpdate">Whether updates can be proven.</param>
internal sealed class EmptySectors(ProviderChain chain, WorkQueue queue, Func<IReadOnlyList<KnownSector>> survey, SealingPace pace, bool canUpdate)
{
    /// <summary>Those that are proven at present.</summary>
    public IReadOnlyList<EmptySector> Sectors => !canUpdate ? [] :
    [
        .. survey().Where(sector => sector is { Status: ChainSectorStatus.Live, IsFaulty: false } && queue.Find(WorkId.OfSector(sector.Number)) is { State: WorkState.Kept, Details.Pieces.Count: 0 })
            .Select(sector => new EmptySector(sector.Number, sector.Cadence, sector.Expiration)),
    ];

    /// <summary>Slots from a piece that has come to a sector that holds it, the quickest way there is.</summary>
    public ulong Slots => SlotsBehind(0);

    /// <summary>The same where so many sectors are to be made first.</summary>
    public ulong SlotsBehind(ulong sectors) => Sectors.Count > 0 ? Math.Min(pace.SlotsBehind(sectors), pace.UpdateSlots) : pace.SlotsBehind(sectors);

    /// <summary>How many new sectors the stake covers, beside those that are on the way.</summary>
    public async Task<ulong> CountCoveredAsync(CancellationToken stop) =>
        await chain.Node.FindProviderAsync(chain.Provider, stop).ConfigureAwait(false) is { } provider ? CountCovered(provider) : 0;

    /// <summary>How many new sectors a provider's stake covers, beside those that are on the way.</summary>
    public ulong CountCovered(KnownProvider provider)
    {
        ulong covered = StatusReport.Covered(provider.EffectiveBalance, chain.Network);
        ulong taken = provider.CommittedSectors + (ulong)queue.Of(WorkKind.Sector).Count(item => item.State < WorkState.Announced);
        return covered - Math.Min(taken, covered);
    }
}
