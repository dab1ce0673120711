using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Gives the pieces of running deals their places: a sector that is due becomes work, with what goes into it; an empty one that is live takes it where that is quicker.</summary>
/// <remarks>The sector's line comes first and names its deals: a deal that stands in one when this is cut short is found there by the next try.</remarks>
internal sealed class PackSteps(ProviderChain chain, WorkQueue queue, SectorNumbers numbers, PieceShelf pieces, EmptySectors empty, SealingPace pace, ulong patience)
{
    public async Task<IReadOnlyList<StepOutcome>> PackAsync(IReadOnlyList<WorkItem> items, CancellationToken stop)
    {
        PackingMoment moment = new(await chain.GetHeadSlotAsync(stop).ConfigureAwait(false), empty.Slots, patience);
        Dictionary<ulong, ulong> places = PlacesOf();
        IEnumerable<WaitingPiece> waiting = queue.Of(WorkKind.Deal).Where(item => item.State == WorkState.DealStored && item.Details.Deal!.ActivationEnd > moment.Slot && !places.ContainsKey(item.Id.Subject)).Select(WaitingPieceOf).OfType<WaitingPiece>();
        PlannedSector[] due = [.. PackingPlan.Of(waiting, PaddedSize.Of((long)chain.Network.SectorSize), moment).Where(sector => sector.IsDue)];
        if (due.Length > 0)
        {
            await PlaceAsync(due, moment.Slot, stop).ConfigureAwait(false);
            places = PlacesOf();
        }
        return [.. items.Select(item => OutcomeOf(item, places, moment.Slot))];
    }

    private async Task PlaceAsync(IReadOnlyList<PlannedSector> due, ulong slot, CancellationToken stop)
    {
        ulong free = await empty.CountCoveredAsync(stop).ConfigureAwait(false);
        UpdateMoment moment = new(slot, pace.Slots, pace.UpdateSlots, chain.LatestExpiration(slot), free);
        IReadOnlyList<PlacedPieces> placed = UpdatePlan.Of(due, await empty.FindAsync(stop).ConfigureAwait(false), chain.WindowLength, moment);
        foreach (PlacedPieces update in placed.Where(one => one.Into is not null))
            OrderUpdate(update);
        Queue<PlacedPieces> next = new(placed.Where(one => one.Into is null));
        if (next.Count > 0)
            await numbers.AddAsync(next.Count, number => SectorOf(number, next.Dequeue().Pieces), order: null, stop).ConfigureAwait(false);
    }

    /// <summary>What was sealed into it before is not what it will hold: both commitments are known again when the update is made.</summary>
    private void OrderUpdate(PlacedPieces update)
    {
        if (queue.Find(WorkId.OfSector(update.Into!.Number)) is not { State: WorkState.Kept, Details.Pieces.Count: 0 } item)
            return;
        WorkDetails details = DetailsOf(update.Pieces, item.Details) with { CommD = null, CommR = null, Proof = null };
        queue.TryReplace(item, item with { State = WorkState.UpdateOrdered, Priority = PriorityOf(update.Pieces), Reason = null, NotBefore = default, Details = details });
    }

    private StepOutcome OutcomeOf(WorkItem item, Dictionary<ulong, ulong> places, ulong slot)
    {
        DealDetails deal = item.Details.Deal!;
        return places.TryGetValue(item.Id.Subject, out ulong sector) ? new StepOutcome(StepResult.Done, item.Details with { Deal = deal with { Sector = sector } })
            : slot >= deal.ActivationEnd ? new StepOutcome(StepResult.Over, item.Details, "the piece was not in a live sector in time")
            : pieces.LengthOf(deal.Piece) is null ? new StepOutcome(StepResult.Stale, item.Details, "the piece is not on the disk any more")
            : new StepOutcome(StepResult.NotYet, item.Details, "it waits for pieces to share a sector with");
    }

    /// <summary>The sector that each deal's piece goes into.</summary>
    private Dictionary<ulong, ulong> PlacesOf()
    {
        Dictionary<ulong, ulong> places = [];
        foreach (WorkItem sector in queue.Of(WorkKind.Sector).Where(sector => sector.State < WorkState.Ended))
        {
            foreach (PackedPiece piece in sector.Details.Pieces)
                places[piece.Deal] = sector.Id.Subject;
        }
        return places;
    }

    private WaitingPiece? WaitingPieceOf(WorkItem item)
    {
        DealDetails deal = item.Details.Deal!;
        return pieces.LengthOf(deal.Piece) is { } length
            ? new WaitingPiece(new PackedPiece(item.Id.Subject, deal.CommP, deal.PieceSize, length), deal.Cadence, deal.StoredSlot, deal.ActivationEnd, deal.End)
            : null;
    }

    private WorkItem SectorOf(ulong number, IReadOnlyList<WaitingPiece> planned) =>
        new() { Id = WorkId.OfSector(number), State = WorkState.Accepted, Priority = PriorityOf(planned), Details = DetailsOf(planned, new WorkDetails()) with { Cadence = planned[0].Cadence } };

    private int PriorityOf(IReadOnlyList<WaitingPiece> planned) => planned.Max(piece => queue.Find(WorkId.OfDeal(piece.Piece.Deal))?.Priority ?? 0);

    private WorkDetails DetailsOf(IReadOnlyList<WaitingPiece> planned, WorkDetails details) => details with
    {
        Pieces = [.. planned.Select(piece => piece.Piece)],
        Expiration = planned.Max(piece => piece.End) + chain.WindowLength, // so that the last window is closed before
    };
}

/// <summary>Where a deal's piece lies in its sector.</summary>
internal static class PiecePlace
{
    /// <summary>The place among the parts of the piece's size, and the siblings up to CommD.</summary>
    public static (ulong Place, IReadOnlyList<Hash32> Path) Of(ulong deal, IReadOnlyList<PackedPiece> pieces, long sectorBytes)
    {
        int index = pieces.ToList().FindIndex(piece => piece.Deal == deal);
        if (index < 0)
            throw new InvalidDataException($"the sector was not made for deal {deal}");
        Piece[] inOrder = [.. pieces.Select(piece => new Piece(FixedBytes.Parse<Hash32>(piece.CommP), PaddedSize.Of(piece.PaddedSize)))];
        return SectorData.PathOf(inOrder, index, PaddedSize.Of(sectorBytes));
    }
}
