using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Messages that speak of a block which is not here yet. One thread at a time.</summary>
internal sealed class WaitingMessages
{
    private const int Most = 4096;
    private const ulong KeptSlots = 4;

    private readonly Dictionary<Hash32, List<(Slot Came, GossipMessage Message)>> _waiting = [];
    private int _count;

    /// <summary>The blocks that are waited for.</summary>
    public IEnumerable<Hash32> Blocks => _waiting.Keys;

    /// <summary>Keeps a message; false where there is no room.</summary>
    public bool Add(in Hash32 block, Slot now, in GossipMessage message)
    {
        if (_count == Most)
            return false;
        if (!_waiting.TryGetValue(block, out List<(Slot, GossipMessage)>? messages))
            _waiting.Add(block, messages = []);
        messages.Add((now, message));
        _count++;
        return true;
    }

    /// <summary>Hands over what waited for a block.</summary>
    public GossipMessage[] Take(in Hash32 block)
    {
        if (!_waiting.Remove(block, out List<(Slot Came, GossipMessage Message)>? messages))
            return [];
        _count -= messages.Count;
        return [.. messages.Select(waiting => waiting.Message)];
    }

    /// <summary>Forgets what has waited too long.</summary>
    public void Prune(Slot now)
    {
        foreach ((Hash32 block, List<(Slot Came, GossipMessage)> messages) in _waiting.ToArray())
        {
            _count -= messages.RemoveAll(waiting => waiting.Came + KeptSlots < now);
            if (messages.Count == 0)
                _ = _waiting.Remove(block);
        }
    }
}
