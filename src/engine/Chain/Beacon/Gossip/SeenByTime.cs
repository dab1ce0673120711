namespace Flashback.Chain.Beacon;

/// <summary>What came from whom, by slot or epoch, until that is past. One thread at a time.</summary>
/// <typeparam name="TKey">Who sent it.</typeparam>
internal sealed class SeenByTime<TKey>
    where TKey : notnull
{
    private readonly SortedDictionary<ulong, HashSet<TKey>> _seen = [];

    /// <summary>Remembers a sender; false where it was seen.</summary>
    public bool Add(ulong time, TKey sender)
    {
        if (!_seen.TryGetValue(time, out HashSet<TKey>? senders))
            _seen.Add(time, senders = []);
        return senders.Add(sender);
    }

    /// <summary>Whether a sender was seen.</summary>
    public bool Contains(ulong time, TKey sender) => _seen.TryGetValue(time, out HashSet<TKey>? senders) && senders.Contains(sender);

    /// <summary>Forgets what was before a time.</summary>
    public void Prune(ulong before)
    {
        foreach (ulong old in _seen.Keys.TakeWhile(time => time < before).ToArray())
            _ = _seen.Remove(old);
    }
}
