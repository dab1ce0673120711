using Flashback.Client;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Takes the operator's orders, each once: a pledge becomes work in the same write that remembers it; the others are sent, which does no harm twice.</summary>
internal sealed partial class Orders(string folder, ProviderChain chain, WorkQueue queue, ILogger log)
{
    public async Task TakeAsync(CancellationToken stop)
    {
        foreach ((string path, ProviderOrder? order) in ProviderOrder.WaitingIn(folder))
        {
            string? refusal = order is null ? "it is no order" : await TakeAsync(Path.GetFileName(path), order, stop).ConfigureAwait(false);
            if (refusal is null)
                LogTaken(order!.Kind, order.Count, order.Sectors.Count);
            else
                LogRefused(Path.GetFileName(path), refusal);
            File.Delete(path);
        }
    }

    private async Task<string?> TakeAsync(string name, ProviderOrder order, CancellationToken stop)
    {
        switch (order.Kind)
        {
            case OrderKind.Pledge:
                queue.AddOnce(name, await PledgeAsync(order, stop).ConfigureAwait(false));
                return null;
            case OrderKind.Terminate:
                return await chain.SendAsync(SectorsContract.Terminate(chain.Provider, order.Sectors), stop).ConfigureAwait(false);
            case OrderKind.Extend:
                ulong expiration = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) + order.Periods * chain.Network.ProvingPeriod;
                return await chain.SendAsync(SectorsContract.Extend(chain.Provider, order.Sectors, expiration), stop).ConfigureAwait(false);
            default:
                return $"nobody knows what {order.Kind} is";
        }
    }

    /// <summary>Sectors by the next free numbers: a number is used once on the chain, whatever becomes of its sector.</summary>
    private async Task<WorkItem[]> PledgeAsync(ProviderOrder order, CancellationToken stop)
    {
        ulong next = queue.All.Where(item => !item.Id.IsWindow).Select(item => item.Id.Subject).DefaultIfEmpty().Max() + 1;
        List<WorkItem> items = [];
        for (; items.Count < order.Count; next++)
        {
            if (await chain.Node.FindSectorAsync(chain.Provider, next, stop).ConfigureAwait(false) is null)
                items.Add(new WorkItem { Id = WorkId.OfSector(next), State = WorkState.Accepted, Details = new WorkDetails { Periods = order.Periods, Cadence = order.Cadence } });
        }
        return [.. items];
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "An order is taken: {Kind}, {Count} sectors to be, {Sectors} sectors named")]
    private partial void LogTaken(OrderKind kind, int count, int sectors);

    [LoggerMessage(Level = LogLevel.Error, Message = "The order {Name} is not done: {Reason}")]
    private partial void LogRefused(string name, string reason);
}
