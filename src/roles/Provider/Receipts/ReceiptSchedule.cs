namespace Flashback.Provider;

/// <summary>Makes work of batches of receipts: when one is full, and of what is left when a deal nears its end.</summary>
internal sealed class ReceiptSchedule(ProviderChain chain, WorkQueue queue, DeliveryBook book)
{
    private const int FullBatch = 64; // MAX_BATCH of a deal
    private const ulong ProvingSlots = 16; // submission, seed, and claim, with some to spare

    public void Follow(ulong slot)
    {
        foreach (WorkItem deal in queue.Of(WorkKind.Deal).Where(item => item.State is WorkState.DealCold or WorkState.DealActive))
        {
            for (int region = 0; region < deal.Details.Deal!.Regions.Count; region++)
                Follow(deal, region, slot);
        }
    }

    private void Follow(WorkItem deal, int region, ulong slot)
    {
        WorkItem[] batches = [.. queue.Of(WorkKind.Batch).Where(item => item.Id.Subject == deal.Id.Subject && item.Details.Batch!.Region == region)];
        if (batches.Any(item => WorkTable.Of(item.State) is not null))
            return; // one after the other
        ulong first = batches.Select(item => item.Details.Batch!.First + (ulong)item.Details.Batch.Count).DefaultIfEmpty(1UL).Max();
        ulong ready = book.NextOf(deal.Id.Subject, deal.Details.Deal!.Regions[region]) - first;
        bool isClosing = slot + ProvingSlots + chain.WindowLength >= deal.Details.Deal.End;
        if (ready < FullBatch && (ready == 0 || !isClosing))
            return;
        queue.Add(new WorkItem
        {
            Id = WorkId.OfBatch(deal.Id.Subject, region, first),
            State = WorkState.BatchReady,
            Priority = deal.Priority,
            Details = new WorkDetails { Batch = new BatchDetails(region, first, (int)Math.Min(ready, FullBatch)) },
        });
    }
}
