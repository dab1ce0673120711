using System.Security.Cryptography;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Primitives;

namespace Flashback.Api.Subscriptions;

/// <summary>The filters of callers who ask again and again: so many, for so long.</summary>
internal sealed class FilterSet
{
    private readonly Dictionary<UInt256, PolledFilter> _filters = [];
    private readonly Lock _lock = new();
    private readonly RpcLimits _limits;
    private readonly TimeProvider _clock;

    public FilterSet(ChainService chain, TransactionPool pool, RpcLimits limits, TimeProvider clock)
    {
        _limits = limits;
        _clock = clock;
        chain.HeadChanged += change => ForAll(filter => filter.Note(change));
        pool.Added += transaction => ForAll(filter => filter.Note(transaction));
    }

    /// <summary>Adds a filter; returns the name to ask for it by, which nobody else can guess.</summary>
    /// <exception cref="RpcException">There are too many.</exception>
    public UInt256 Add(PolledFilter filter)
    {
        lock (_lock)
        {
            RemoveForgotten();
            if (_filters.Count >= _limits.MaxFilters)
                throw new RpcException(RpcCode.LimitExceeded, $"there are {_filters.Count} filters already");
            UInt256 name = UInt256.ReadBigEndian(RandomNumberGenerator.GetBytes(16));
            filter.AskedAt = _clock.GetTimestamp();
            _filters.Add(name, filter);
            return name;
        }
    }

    public bool Remove(UInt256 name)
    {
        lock (_lock)
            return _filters.Remove(name);
    }

    public PolledFilter? Find(UInt256 name)
    {
        lock (_lock)
            return _filters.GetValueOrDefault(name);
    }

    /// <summary>What has happened since the last time.</summary>
    /// <exception cref="RpcException">There is no such filter, or not any more.</exception>
    public RpcAnswer Changes(UInt256 name)
    {
        lock (_lock)
        {
            if (!_filters.TryGetValue(name, out PolledFilter? filter))
                throw RpcException.Refused("filter not found");
            filter.AskedAt = _clock.GetTimestamp();
            return filter.Take();
        }
    }

    private void ForAll(Action<PolledFilter> note)
    {
        lock (_lock)
        {
            RemoveForgotten();
            foreach (PolledFilter filter in _filters.Values)
                note(filter);
        }
    }

    private void RemoveForgotten()
    {
        foreach ((UInt256 name, PolledFilter filter) in _filters)
        {
            if (_clock.GetElapsedTime(filter.AskedAt) > _limits.FilterLife)
                _filters.Remove(name);
        }
    }
}
