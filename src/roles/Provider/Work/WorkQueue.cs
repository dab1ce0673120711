using System.Buffers.Binary;
using System.Text.Json;
using Flashback.State.Store;

namespace Flashback.Provider;

/// <summary>What a provider has to do, on the disk: each change is there before it counts. Safe to share between threads.</summary>
/// <remarks>
/// An item changes by compare-and-set on its version, so of two who want to do its step one does. The store is held by one process at a time: an owner of an
/// earlier run is dead, and its items are free.
/// </remarks>
public sealed class WorkQueue
{
    private static readonly Column Items = new("provider_work");
    private static readonly Column Orders = new("provider_orders");

    // immutable
    private readonly IStore _store;
    private readonly string _run;

    // guarded by _gate
    private readonly Lock _gate = new();
    private readonly Dictionary<WorkId, WorkItem> _items = [];

    /// <summary>Takes up the work in a store.</summary>
    /// <param name="store">Opened with <see cref="Columns"/>; whoever opened it closes it.</param>
    /// <param name="run">Tells this run of the program from earlier ones.</param>
    /// <exception cref="InvalidDataException">An item cannot be read.</exception>
    public WorkQueue(IStore store, string run)
    {
        (_store, _run) = (store, run);
        using IStoreCursor cursor = store.Scan(Items, KeyRange.All);
        while (cursor.MoveNext())
        {
            WorkItem item = Read(cursor.Value);
            _items[item.Id] = item;
        }
    }

    /// <summary>The columns that a store is opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [Items, Orders];

    /// <summary>Everything, sectors first.</summary>
    public IReadOnlyList<WorkItem> All
    {
        get
        {
            lock (_gate)
                return [.. _items.Values.OrderBy(item => item.Id.Kind).ThenBy(item => item.Id.Subject).ThenBy(item => item.Id.Part)];
        }
    }

    /// <summary>All work of a kind, in no order.</summary>
    public IReadOnlyList<WorkItem> Of(WorkKind kind)
    {
        lock (_gate)
            return [.. _items.Values.Where(item => item.Id.Kind == kind)];
    }

    /// <summary>An item; null where there is none of that name.</summary>
    public WorkItem? Find(WorkId id)
    {
        lock (_gate)
            return _items.GetValueOrDefault(id);
    }

    /// <summary>Adds work that is not there yet; what is there stays as it is.</summary>
    public void Add(params IReadOnlyList<WorkItem> items) => Add(items, order: null);

    /// <summary>Adds the work of an order, once: an order that was taken before adds nothing.</summary>
    /// <returns>False where it was taken before.</returns>
    public bool AddOnce(string order, IReadOnlyList<WorkItem> items)
    {
        lock (_gate)
            return Add(items, System.Text.Encoding.UTF8.GetBytes(order));
    }

    /// <summary>Changes an item, if it is still as the caller saw it. On the disk when this returns.</summary>
    /// <returns>What is kept; null where somebody else was first.</returns>
    public WorkItem? TryReplace(WorkItem seen, WorkItem changed)
    {
        ArgumentNullException.ThrowIfNull(seen);
        lock (_gate)
        {
            if (!_items.TryGetValue(seen.Id, out WorkItem? now) || now.Version != seen.Version)
                return null;
            WorkItem kept = changed with { Id = seen.Id, Version = seen.Version + 1 };
            WriteBatch batch = new();
            Put(batch, kept);
            _store.Commit(batch, Durability.Synced);
            return _items[seen.Id] = kept;
        }
    }

    /// <summary>Takes an item to do its step; null where somebody else was first, or does it.</summary>
    public WorkItem? TryTake(WorkItem seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        return IsTaken(seen) ? null : TryReplace(seen, seen with { Owner = _run });
    }

    /// <summary>Whether this run is doing the item's step.</summary>
    public bool IsTaken(WorkItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item.Owner == _run;
    }

    /// <summary>Forgets items that nobody needs to know of any more.</summary>
    public void Forget(IReadOnlyList<WorkId> ids)
    {
        if (ids.Count == 0)
            return;
        lock (_gate)
        {
            WriteBatch batch = new();
            foreach (WorkId id in ids)
                batch.Delete(Items, KeyOf(id));
            _store.Commit(batch, Durability.Synced);
            foreach (WorkId id in ids)
                _items.Remove(id);
        }
    }

    private bool Add(IReadOnlyList<WorkItem> items, byte[]? order)
    {
        lock (_gate)
        {
            if (order is not null && _store.Get(Orders, order) is not null)
                return false;
            WorkItem[] added = [.. items.Where(item => !_items.ContainsKey(item.Id))];
            if (added.Length == 0 && order is null)
                return true;
            WriteBatch batch = new();
            foreach (WorkItem item in added)
                Put(batch, item);
            if (order is not null)
                batch.Put(Orders, order, [1]);
            _store.Commit(batch, Durability.Synced);
            foreach (WorkItem item in added)
                _items[item.Id] = item;
            return true;
        }
    }

    private static void Put(WriteBatch batch, WorkItem item) => batch.Put(Items, KeyOf(item.Id), JsonSerializer.SerializeToUtf8Bytes(item, WorkJson.Default.WorkItem));

    private static byte[] KeyOf(WorkId id)
    {
        byte[] key = new byte[1 + 2 * sizeof(ulong)];
        key[0] = (byte)id.Kind;
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1), id.Subject);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(1 + sizeof(ulong)), id.Part);
        return key;
    }

    private static WorkItem Read(ReadOnlySpan<byte> value)
    {
        try
        {
            return JsonSerializer.Deserialize(value, WorkJson.Default.WorkItem) ?? throw new InvalidDataException("the queue holds an item that is none");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"the queue holds an item that is none: {fault.Message}", fault);
        }
    }
}
