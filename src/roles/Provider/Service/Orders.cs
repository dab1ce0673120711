using Flashback.Client;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Takes the operator's orders, each once: a pledge becomes work in the same write that remembers it; the others are sent, which does no harm twice.</summary>
internal sealed partial class Orders(string folder, ProviderChain chain, SectorNumbers numbers, ILogger log)
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
                WorkDetails details = new() { Periods = order.Periods, Cadence = order.Cadence };
                await numbers.AddAsync(order.Count, number => new WorkItem { Id = WorkId.OfSector(number), State = WorkState.Accepted, Details = details }, name, stop).ConfigureAwait(false);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "An order is taken: {Kind}, {Count} sectors to be, {Sectors} sectors named")]
    private partial void LogTaken(OrderKind kind, int count, int sectors);

    [LoggerMessage(Level = LogLevel.Error, Message = "The order {Name} is not done: {Reason}")]
    private partial void LogRefused(string name, string reason);
}
