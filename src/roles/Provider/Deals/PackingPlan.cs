using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>A piece that is on the disk and waits for a place in a sector. Times are slots.</summary>
/// <param name="Piece">The piece, as a sector keeps it.</param>
/// <param name="Cadence">Proofs in a proving period.</param>
/// <param name="Since">When it had come.</param>
/// <param name="ActivationEnd">Its sector must be live before.</param>
/// <param name="End">Its deal's.</param>
public sealed record WaitingPiece(PackedPiece Piece, ulong Cadence, ulong Since, ulong ActivationEnd, ulong End);

/// <summary>The moment that is planned for. Times are slots.</summary>
/// <param name="Slot">The head's.</param>
/// <param name="SealingSlots">From now until a sector is live, if it is sealed at once.</param>
/// <param name="Patience">How long a piece may wait for others.</param>
public readonly record struct PackingMoment(ulong Slot, ulong SealingSlots, ulong Patience);

/// <summary>Pieces that go into one sector, the largest first: so each lies at a multiple of its size, without gaps.</summary>
/// <param name="Pieces">In their order.</param>
/// <param name="IsDue">Whether it is sealed now: it is full, or one of them cannot wait any longer.</param>
public sealed record PlannedSector(IReadOnlyList<WaitingPiece> Pieces, bool IsDue);

/// <summary>Puts pieces together: pure. Sizes are powers of two, so the first sector with room, from the largest piece down, leaves none unused that could be.</summary>
public static class PackingPlan
{
    private const ulong SealingTimes = 2; // that are set aside before a piece must be in a live sector: the second one is the margin

    /// <summary>The sectors that pieces would go into now. Pieces that are proven equally often go together.</summary>
    public static IReadOnlyList<PlannedSector> Of(IEnumerable<WaitingPiece> pieces, PaddedSize sector, PackingMoment moment)
    {
        List<List<WaitingPiece>> open = [];
        foreach (WaitingPiece piece in pieces.OrderByDescending(piece => piece.Piece.PaddedSize).ThenBy(piece => piece.ActivationEnd).ThenBy(piece => piece.Piece.Deal))
        {
            List<WaitingPiece>? place = open.Find(one => one[0].Cadence == piece.Cadence && Used(one) + piece.Piece.PaddedSize <= sector.Bytes);
            if (place is null)
                open.Add(place = []);
            place.Add(piece);
        }
        return [.. open.Select(one => new PlannedSector(one, Used(one) == sector.Bytes || one.Exists(piece => CannotWait(piece, moment))))];
    }

    private static long Used(List<WaitingPiece> pieces) => pieces.Sum(piece => piece.Piece.PaddedSize);

    private static bool CannotWait(WaitingPiece piece, PackingMoment moment) =>
        moment.Slot >= piece.Since + moment.Patience || moment.Slot + moment.SealingSlots * SealingTimes >= piece.ActivationEnd;
}
