namespace Flashback.Provider;

/// <summary>A live sector without data, which an update could put pieces into. Times are slots.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Cadence">Proofs in a proving period.</param>
/// <param name="Expiration">From which on it need not be kept.</param>
public sealed record EmptySector(ulong Number, ulong Cadence, ulong Expiration);

/// <summary>The moment that is planned for. Times are slots.</summary>
/// <param name="Slot">The head's.</param>
/// <param name="SealingSlots">Until a sector is live that is sealed for pieces.</param>
/// <param name="UpdateSlots">Until an empty one holds them.</param>
/// <param name="LatestExpiration">To which a sector may be extended.</param>
/// <param name="FreeSectors">New ones that the stake covers.</param>
public readonly record struct UpdateMoment(ulong Slot, ulong SealingSlots, ulong UpdateSlots, ulong LatestExpiration, ulong FreeSectors);

/// <summary>Pieces that go into one sector, and which.</summary>
/// <param name="Pieces">In their order.</param>
/// <param name="Into">The empty sector that is updated; null where a new one is sealed.</param>
public sealed record PlacedPieces(IReadOnlyList<WaitingPiece> Pieces, EmptySector? Into);

/// <summary>Decides what is quicker, an empty sector that is updated or a new one that is sealed: pure.</summary>
public static class UpdatePlan
{
    /// <summary>Says for each group of pieces where it goes. An update it is where that is quicker, or where the stake covers no new sector; of sectors that are proven as often the one that fits their time best.</summary>
    /// <param name="groups">Pieces that go together.</param>
    /// <param name="empty">Sectors that could take some.</param>
    /// <param name="margin">Slots that a sector is to live longer than its deals.</param>
    /// <param name="moment">What is known.</param>
    public static IReadOnlyList<PlacedPieces> Of(IEnumerable<PlannedSector> groups, IEnumerable<EmptySector> empty, ulong margin, UpdateMoment moment)
    {
        ArgumentNullException.ThrowIfNull(groups);
        // One that expires before the update is done cannot be extended in time.
        List<EmptySector> left = [.. empty.Where(sector => sector.Expiration > moment.Slot + moment.UpdateSlots)];
        List<PlacedPieces> placed = [];
        ulong free = moment.FreeSectors;
        foreach (PlannedSector group in groups)
        {
            EmptySector? into = free == 0 || moment.UpdateSlots < moment.SealingSlots ? Best(left, group.Pieces, margin, moment) : null;
            if (into is null)
                free -= Math.Min(free, 1);
            else
                left.Remove(into);
            placed.Add(new PlacedPieces(group.Pieces, into));
        }
        return placed;
    }

    /// <summary>That which lives long enough and least beyond it; else the one that needs the shortest extension.</summary>
    private static EmptySector? Best(List<EmptySector> empty, IReadOnlyList<WaitingPiece> pieces, ulong margin, UpdateMoment moment)
    {
        ulong end = pieces.Max(piece => piece.End), needed = end + margin;
        IEnumerable<EmptySector> fitting = empty.Where(sector => sector.Cadence == pieces[0].Cadence);
        return fitting.Where(sector => sector.Expiration >= needed).MinBy(sector => (sector.Expiration, sector.Number))
            ?? (end <= moment.LatestExpiration ? fitting.MaxBy(sector => (sector.Expiration, ulong.MaxValue - sector.Number)) : null);
    }
}
