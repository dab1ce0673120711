using Flashback.Client;

namespace Flashback.Provider;

/// <summary>Live sectors without data, which updates could put pieces into.</summary>
/// <param name="chain">The chain.</param>
/// <param name="queue">The work.</param>
/// <param name="pace">How long sealing and updating take.</param>
/// <param name="canUpdate">Whether updates can be proven.</param>
internal sealed class EmptySectors(ProviderChain chain, WorkQueue queue, SealingPace pace, bool canUpdate)
{
    private const int MostAsked = 256; // of the chain at once

    /// <summary>How many there are.</summary>
    public int Count => Numbers.Count();

    private IEnumerable<ulong> Numbers => canUpdate
        ? queue.Of(WorkKind.Sector).Where(item => item is { State: WorkState.Kept, Details.Pieces.Count: 0 }).Select(item => item.Id.Subject).Order()
        : [];

    /// <summary>Slots from a piece that has come to a sector that holds it, the quickest way there is.</summary>
    public ulong Slots => SlotsBehind(0);

    /// <summary>The same where so many sectors are to be made first.</summary>
    public ulong SlotsBehind(ulong sectors) => Count > 0 ? Math.Min(pace.SlotsBehind(sectors), pace.UpdateSlots) : pace.SlotsBehind(sectors);

    /// <summary>Those that are proven at present, as the chain has them.</summary>
    public async Task<IReadOnlyList<EmptySector>> FindAsync(CancellationToken stop)
    {
        List<EmptySector> found = [];
        foreach (ulong number in Numbers.Take(MostAsked))
        {
            if (await chain.Node.FindSectorAsync(chain.Provider, number, stop).ConfigureAwait(false) is { Status: ChainSectorStatus.Live, IsFaulty: false } sector)
                found.Add(new EmptySector(number, sector.Cadence, sector.Expiration));
        }
        return found;
    }

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
