using Flashback.Client;

namespace Flashback.Provider;

/// <summary>The steps that keep pieces readable and show it: in each window, when the client forces it, and from the replica when the copy is lost.</summary>
internal sealed class HotSteps(ProviderChain chain, WorkQueue queue, HotClaims hot, PieceShelf pieces, SectorShelf sectors)
{
    private readonly ClaimSender _sender = new(chain);

    /// <summary>Claims what did not go with the window's own claim.</summary>
    public async Task<StepOutcome> ShowAsync(WorkItem item, CancellationToken stop)
    {
        KnownDeadline? deadline = (await chain.Node.GetDeadlinesAsync(chain.Provider, stop).ConfigureAwait(false)).FirstOrDefault(one => one.Partition == item.Id.Subject);
        if (deadline is null || deadline.Window > item.Id.Part)
            return new StepOutcome(StepResult.Over, item.Details);
        if (!deadline.IsProven)
            return new StepOutcome(StepResult.NotYet, item.Details, "its claim is not on the chain any more");
        HotWindow window = await hot.OfWindowAsync(item.Id.Subject, deadline.Opens, deadline.Closes, most: int.MaxValue, stop).ConfigureAwait(false);
        foreach (ulong deal in window.Lost)
            hot.Recall(deal);
        foreach (ReadyClaim[] claims in window.Ready.Chunk(HotClaims.MostAtOnce))
        {
            IReadOnlyList<string?> refusals = await _sender.SendAsync(claims, stop).ConfigureAwait(false);
            if (refusals.FirstOrDefault(refusal => refusal is not null) is { } refusal)
                return new StepOutcome(StepResult.Failed, item.Details, refusal);
        }
        return window.Lost.Count == 0
            ? new StepOutcome(StepResult.Done, item.Details)
            : new StepOutcome(StepResult.NotYet, item.Details, $"readable copies are being made again for deals {string.Join(", ", window.Lost)}");
    }

    // fails: no room; late: the sector's files are lost → its faults are declared, and the deal is lost with them
    public async Task<StepOutcome> UnsealAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = item.Details.Deal!;
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) >= deal.End)
            return new StepOutcome(StepResult.Stale, item.Details, "the deal is at its end");
        if (pieces.LengthOf(deal.Piece) is null)
        {
            await sectors.UseAsync(
                deal.Sector,
                sector =>
                {
                    PieceRecord piece = sector.Pieces.FirstOrDefault(piece => piece.CommP == deal.CommP) ?? throw new SectorException($"sector {deal.Sector} does not hold piece {deal.CommP}");
                    pieces.Restore(deal.Piece, output => sector.Unseal(piece.Offset, piece.Length, output, stop));
                    if (sector.Record.Seed is not null)
                        sector.Finish(); // what unsealing made beside it
                    return true;
                },
                stop).ConfigureAwait(false);
        }
        return new StepOutcome(StepResult.Done, item.Details);
    }

    /// <summary>Answers a request on chain: the bytes themselves go into the blob.</summary>
    public async Task<StepOutcome> AnswerAsync(WorkItem item, CancellationToken stop)
    {
        if (queue.Find(WorkId.OfDeal(item.Id.Subject)) is not { State: WorkState.DealCold or WorkState.DealActive } deal)
            return new StepOutcome(StepResult.Over, item.Details);
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) >= item.Details.Closes)
            return new StepOutcome(StepResult.Over, item.Details, "it was not answered in time");
        if (await hot.OpenAsync(deal, (uint)item.Id.Part, stop).ConfigureAwait(false) is not { } claim)
        {
            hot.Recall(item.Id.Subject);
            return new StepOutcome(StepResult.NotYet, item.Details, "the readable copy is being made again");
        }
        string? refusal = await _sender.TryAsync([claim], stop).ConfigureAwait(false);
        return refusal is null || refusal.Contains("AlreadyAnswered(", StringComparison.Ordinal) ? new StepOutcome(StepResult.Done, item.Details)
            : refusal.Contains("UnknownRequest(", StringComparison.Ordinal) ? new StepOutcome(StepResult.Over, item.Details) // it came before the piece was active here
            : new StepOutcome(StepResult.Failed, item.Details, refusal);
    }
}
