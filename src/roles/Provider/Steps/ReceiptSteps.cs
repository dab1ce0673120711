using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>The steps of a batch of receipts: it is fixed on chain, and then proven. The chain is asked first what is done already.</summary>
internal sealed class ReceiptSteps(ProviderChain chain, WorkQueue queue, DeliveryBook book, PieceShelf pieces, HotClaims hot)
{
    private const ulong SlotsToSeed = 2; // the seed is that of the slot after the submission, and known behind it

    private readonly ClaimSender _sender = new(chain);

    public async Task<StepOutcome> SubmitAsync(WorkItem item, CancellationToken stop)
    {
        if (Running(item) is not { } deal)
            return new StepOutcome(StepResult.Over, item.Details);
        BatchDetails batch = item.Details.Batch!;
        IReadOnlyList<SignedDelivery> deliveries = DeliveriesOf(item, deal);
        if (await FindAsync(deal, deliveries, stop).ConfigureAwait(false) is { } number)
            return new StepOutcome(StepResult.Done, item.Details with { Batch = batch with { OnChain = number } });
        ulong counted = await DealContract.GetTallyAsync(chain.Node, deal.Address, chain.Provider, (ulong)batch.Region, stop).ConfigureAwait(false);
        if (counted >= batch.First)
        {
            // The next batch goes on where the client's has ended.
            return new StepOutcome(StepResult.Over, item.Details with { Batch = batch with { Count = (int)(counted - batch.First + 1) } }, "the client has submitted them");
        }
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) >= deal.End)
            return new StepOutcome(StepResult.Over, item.Details, "the deal has ended");
        string? refusal = await chain.SendAsync(
            DealContract.SubmitReceipts(deal.Address, chain.Provider, (ulong)batch.Region, [.. deliveries.Select(one => one.Delivery)], chain.ChainId), stop).ConfigureAwait(false);
        return refusal is null ? new StepOutcome(StepResult.NotYet, item.Details, "it is submitted") : new StepOutcome(StepResult.Failed, item.Details, refusal);
    }

    public async Task<StepOutcome> ClaimAsync(WorkItem item, CancellationToken stop)
    {
        if (Running(item) is not { } deal)
            return new StepOutcome(StepResult.Over, item.Details);
        BatchDetails batch = item.Details.Batch!;
        IReadOnlyList<SignedDelivery> deliveries = DeliveriesOf(item, deal);
        ulong head = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        if (await FindAsync(deal, deliveries, stop).ConfigureAwait(false) is not { } number)
            return new StepOutcome(StepResult.Stale, item.Details, "its submission is not on the chain any more");
        (ulong slot, bool isProven) = await DealContract.GetBatchAsync(chain.Node, deal.Address, number, stop).ConfigureAwait(false);
        if (isProven)
            return new StepOutcome(StepResult.Done, item.Details);
        if (head >= deal.End)
            return new StepOutcome(StepResult.Over, item.Details, "the deal has ended");
        if (head < slot + SlotsToSeed)
            return new StepOutcome(StepResult.NotYet, item.Details, $"it can be proven from slot {slot + SlotsToSeed} on") { NotBefore = chain.TimeOf(slot + SlotsToSeed) };
        ulong subject = MarketContract.SubjectOf(item.Id.Subject, (uint)number);
        Hash32 seed = await MarketContract.GetReceiptSeedAsync(chain.Node, chain.Provider, subject, stop).ConfigureAwait(false);
        byte[] proof;
        try
        {
            using FileStream payload = pieces.Read(deal.Piece);
            proof = ReceiptProof.Of(deliveries, seed, pieces.TreeOf(deal.Piece), payload);
        }
        catch (PieceLostException lost)
        {
            hot.Recall(item.Id.Subject);
            return new StepOutcome(StepResult.NotYet, item.Details, lost.Message);
        }
        string? refusal = await _sender.TryAsync([new ReadyClaim(new SectorClaim(SectorClaimKind.Receipt, chain.Provider, subject), proof)], stop).ConfigureAwait(false);
        return refusal is null ? new StepOutcome(StepResult.Done, item.Details) : new StepOutcome(StepResult.Failed, item.Details, refusal);
    }

    private DealDetails? Running(WorkItem item) =>
        queue.Find(WorkId.OfDeal(item.Id.Subject)) is { State: WorkState.DealCold or WorkState.DealActive } deal ? deal.Details.Deal : null;

    private IReadOnlyList<SignedDelivery> DeliveriesOf(WorkItem item, DealDetails deal)
    {
        BatchDetails batch = item.Details.Batch!;
        return book.Read(item.Id.Subject, deal.Regions[batch.Region], batch.First, batch.Count);
    }

    /// <summary>The batch's number on chain; null where it is not there.</summary>
    private async Task<ulong?> FindAsync(DealDetails deal, IReadOnlyList<SignedDelivery> deliveries, CancellationToken stop)
    {
        Hash32 domain = Delivery.DomainOf(chain.ChainId, deal.Address);
        Hash32 root = Delivery.RootOf([.. deliveries.Select(one => one.Delivery.SigningHash(domain))]);
        ExecutionBlock head = await chain.Node.GetHeadAsync(stop).ConfigureAwait(false);
        return await DealContract.FindBatchAsync(chain.Node, deal.Address, chain.Provider, root, deal.Block, head.Number, stop).ConfigureAwait(false);
    }
}
