using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Messages that speak of a block which is not here yet. One thread at a time.</summary>
internal sealed class WaitingMessages
{
    private const int Most = 4096;
    private const long MostBytes = 64L << 20; // whoever sends them has not signed anything that was checked
    private const ulong KeptSlots = 4;

    private readonly Dictionary<Hash32, List<(Slot Came, GossipMessage Message)>> _waiting = [];
    private int _count;
    private long _bytes;

    /// <summary>The blocks that are waited for.</summary>
    public IEnumerable<Hash32> Blocks => _waiting.Keys;

    /// <summary>Keeps a message; false where there is no room.</summary>
    public bool Add(in Hash32 block, Slot now, in GossipMessage message)
    {
        if (_count == Most || _bytes + message.Data.Length > MostBytes)
            return false;
        if (!_waiting.TryGetValue(block, out List<(Slot, GossipMessage)>? messages))
            _waiting.Add(block, messages = []);
        messages.Add((now, message));
        _count++;
        _bytes += message.Data.Length;
        return true;
    }

    /// <summary>Hands over what waited for a block.</summary>
    public GossipMessage[] Take(in Hash32 block)
    {
        if (!_waiting.Remove(block, out List<(Slot Came, GossipMessage Message)>? messages))
            return [];
        _count -= messages.Count;
        _bytes -= messages.Sum(waiting => (long)waiting.Message.Data.Length);
        return [.. messages.Select(waiting => waiting.Message)];
    }

    /// <summary>Forgets what has waited too long.</summary>
    public void Prune(Slot now)
    {
        bool IsOld((Slot Came, GossipMessage Message) waiting) => waiting.Came + KeptSlots < now;
        foreach ((Hash32 block, List<(Slot Came, GossipMessage Message)> messages) in _waiting.ToArray())
        {
            _bytes -= messages.Where(IsOld).Sum(waiting => (long)waiting.Message.Data.Length);
            _count -= messages.RemoveAll(IsOld);
            if (messages.Count == 0)
                _ = _waiting.Remove(block);
        }
    }
}
