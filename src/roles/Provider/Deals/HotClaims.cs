using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>HOT claims as far as they can be made now.</summary>
/// <param name="Ready">Whose openings are at hand.</param>
/// <param name="Lost">Deals whose readable copy is not.</param>
internal sealed record HotWindow(IReadOnlyList<ReadyClaim> Ready, IReadOnlyList<ulong> Lost);

/// <summary>Opens pieces of running deals where the chain asks for it. What was opened is checked: a copy that was altered is as good as lost. spec: ours#4</summary>
internal sealed class HotClaims(ProviderChain chain, WorkQueue queue, PieceShelf pieces)
{
    /// <summary>Claims that go into one transaction: two blobs of the largest pieces' openings.</summary>
    public const int MostAtOnce = 16;

    /// <summary>What the open window of a partition still takes: it counts for deals that were active before its challenge, and close after it. spec: ours#6</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="opens">The window's first slot.</param>
    /// <param name="closes">The first slot after it.</param>
    /// <param name="most">How many are enough.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<HotWindow> OfWindowAsync(ulong partition, ulong opens, ulong closes, int most, CancellationToken stop)
    {
        List<ReadyClaim> ready = [];
        List<ulong> lost = [];
        foreach (WorkItem item in RunningIn(partition))
        {
            if (ready.Count >= most)
                break;
            if (!await IsDueAsync(item.Details.Deal!, opens, closes, stop).ConfigureAwait(false))
                continue;
            if (await OpenAsync(item, request: 0, stop).ConfigureAwait(false) is { } claim)
                ready.Add(claim);
            else
                lost.Add(item.Id.Subject);
        }
        return new HotWindow(ready, lost);
    }

    /// <summary>The claim that shows a deal's piece in the open window, or in answer to a request; null where the readable copy is lost.</summary>
    public async Task<ReadyClaim?> OpenAsync(WorkItem deal, uint request, CancellationToken stop)
    {
        ulong subject = MarketContract.SubjectOf(deal.Id.Subject, request);
        HotInputs inputs = await MarketContract.GetHotInputsAsync(chain.Node, chain.Provider, subject, stop).ConfigureAwait(false);
        try
        {
            byte[] proof = await Task.Run(() => Open(deal.Details.Deal!.Piece, inputs), stop).ConfigureAwait(false);
            return new ReadyClaim(new SectorClaim(SectorClaimKind.Hot, chain.Provider, subject), proof);
        }
        catch (PieceLostException)
        {
            return null;
        }
    }

    /// <summary>Has a deal's readable copy made again.</summary>
    public void Recall(ulong deal)
    {
        if (queue.Find(WorkId.OfDeal(deal)) is { State: WorkState.DealActive } item)
            queue.TryReplace(item, item with { State = WorkState.DealCold, Owner = null, NotBefore = default, Attempts = 0, Reason = "the readable copy is not at hand" });
    }

    private IEnumerable<WorkItem> RunningIn(ulong partition) =>
        queue.Of(WorkKind.Deal).Where(item => item.State is WorkState.DealCold or WorkState.DealActive && item.Details.Deal!.Partition == partition).OrderByDescending(item => item.Priority);

    private async Task<bool> IsDueAsync(DealDetails deal, ulong opens, ulong closes, CancellationToken stop)
    {
        if (await DealContract.FindShareAsync(chain.Node, deal.Address, chain.Provider, stop).ConfigureAwait(false) is not { Standing: ShareStanding.Active } share)
            return false;
        if (opens < share.FirstOpens || share.LastOpens == opens || closes > await DealContract.GetEndAsync(chain.Node, deal.Address, stop).ConfigureAwait(false))
            return false;
        return await chain.Node.FindSectorAsync(chain.Provider, share.Sector, stop).ConfigureAwait(false) is { Status: ChainSectorStatus.Live, IsFaulty: false };
    }

    private byte[] Open(Hash32 commP, HotInputs inputs)
    {
        PieceTree tree = pieces.TreeOf(commP);
        using FileStream payload = pieces.Read(commP);
        int length = PieceOpening.LengthOf(inputs.Rows, inputs.Height);
        byte[] proof = new byte[inputs.Places.Count * length];
        for (int i = 0; i < inputs.Places.Count; i++)
        {
            byte[] opening = tree.Open(payload, inputs.Height, inputs.Places[i]);
            if (!PieceOpening.Verify(opening, commP, inputs.Height, inputs.Places[i]))
            {
                pieces.Remove(commP);
                throw new PieceLostException(commP, $"the readable copy of piece {commP} has been altered");
            }
            opening.CopyTo(proof, i * length);
        }
        return proof;
    }
}
