namespace Flashback.Provider;

/// <summary>Gives out numbers of sectors: one is used once on the chain, whatever becomes of its sector. Safe to share between threads.</summary>
internal sealed class SectorNumbers(ProviderChain chain, WorkQueue queue) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Makes work of sectors by the next free numbers.</summary>
    /// <param name="count">How many.</param>
    /// <param name="make">Makes one by its number.</param>
    /// <param name="order">The order that they come from, whose sectors are added once; null for none.</param>
    /// <param name="stop">Gives up.</param>
    public async Task<IReadOnlyList<WorkItem>> AddAsync(int count, Func<ulong, WorkItem> make, string? order, CancellationToken stop)
    {
        await _turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            ulong next = queue.Of(WorkKind.Sector).Select(item => item.Id.Subject).DefaultIfEmpty().Max() + 1;
            List<WorkItem> items = [];
            for (; items.Count < count; next++)
            {
                if (await chain.Node.FindSectorAsync(chain.Provider, next, stop).ConfigureAwait(false) is null)
                    items.Add(make(next));
            }
            if (order is null)
                queue.Add(items);
            else
                queue.AddOnce(order, items);
            return items;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
