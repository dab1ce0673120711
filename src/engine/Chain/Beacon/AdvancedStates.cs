using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>States that were let on over empty slots: duties, votes and blocks of a slot ask for the same. One thread at a time.</summary>
internal sealed class AdvancedStates
{
    private const int Most = 8;
    private readonly OrderedDictionary<(Hash32 Root, Slot Slot), CachedState> _states = [];

    /// <summary>The state after a block at a later slot; not to be changed.</summary>
    /// <returns>Null where no slots can pass.</returns>
    public CachedState? Get(in Hash32 root, CachedState after, Slot slot)
    {
        if (_states.TryGetValue((root, slot), out CachedState? known))
            return known;
        // Go on from what is nearest.
        CachedState nearest = after;
        foreach (((Hash32 of, Slot at), CachedState state) in _states)
        {
            if (of == root && at <= slot && at > nearest.State.Slot)
                nearest = state;
        }
        if (StateTransition.ProcessSlots(nearest, slot, out CachedState advanced) is not null)
            return null;
        if (_states.Count == Most)
            _states.RemoveAt(0);
        _states.Add((root, slot), advanced);
        return advanced;
    }

    /// <summary>Forgets states of slots gone by.</summary>
    public void Prune(Slot now)
    {
        foreach ((Hash32, Slot Slot) old in _states.Keys.Where(key => key.Slot < now).ToArray())
            _ = _states.Remove(old);
    }
}
