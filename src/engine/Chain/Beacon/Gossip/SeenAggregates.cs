using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>The aggregates that were passed on, by slot or epoch, until that is past: one that says nothing new goes no further. One thread at a time. spec: cs/phase0/p2p-interface#beacon_aggregate_and_proof</summary>
/// <typeparam name="TKey">What was voted for, and by whom.</typeparam>
internal sealed class SeenAggregates<TKey>
    where TKey : notnull
{
    private readonly SortedDictionary<ulong, Dictionary<TKey, List<Bits>>> _seen = [];

    /// <summary>Whether an aggregate was passed on that has all of these votes.</summary>
    public bool Covers(ulong time, TKey key, Bits voters) =>
        _seen.TryGetValue(time, out Dictionary<TKey, List<Bits>>? keys) && keys.TryGetValue(key, out List<Bits>? seen)
        && seen.Exists(other => other.Count == voters.Count && VoteAggregates.IsSubset(voters, other));

    /// <summary>Remembers an aggregate in place of those that it covers.</summary>
    public void Add(ulong time, TKey key, Bits voters)
    {
        if (!_seen.TryGetValue(time, out Dictionary<TKey, List<Bits>>? keys))
            _seen.Add(time, keys = []);
        if (!keys.TryGetValue(key, out List<Bits>? seen))
            keys.Add(key, seen = []);
        _ = seen.RemoveAll(other => other.Count == voters.Count && VoteAggregates.IsSubset(other, voters));
        seen.Add(voters);
    }

    /// <summary>Forgets what was before a time.</summary>
    public void Prune(ulong before)
    {
        foreach (ulong old in _seen.Keys.TakeWhile(time => time < before).ToArray())
            _ = _seen.Remove(old);
    }
}
