using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Blocks that cannot be taken in yet: their parent, or their blobs, are missing. One thread at a time.</summary>
internal sealed class WaitingBlocks
{
    private const int Most = 128;
    private const ulong KeptSlots = 64;
    private readonly OrderedDictionary<Hash32, SignedBeaconBlock> _blocks = [];

    /// <summary>Keeps a block; the one that waits longest gives way.</summary>
    public void Add(in Hash32 root, SignedBeaconBlock block)
    {
        if (_blocks.ContainsKey(root))
            return;
        if (_blocks.Count == Most)
            _blocks.RemoveAt(0);
        _blocks.Add(root, block);
    }

    /// <summary>Whether a block waits.</summary>
    public bool Contains(in Hash32 root) => _blocks.ContainsKey(root);

    /// <summary>Hands over a block.</summary>
    public SignedBeaconBlock? Take(in Hash32 root) => _blocks.Remove(root, out SignedBeaconBlock? block) ? block : null;

    /// <summary>Hands over the blocks that follow another.</summary>
    public IReadOnlyList<SignedBeaconBlock> TakeChildrenOf(Hash32 parent)
    {
        (Hash32 Root, SignedBeaconBlock Block)[] children = [.. _blocks.Where(waiting => waiting.Value.Message.ParentRoot == parent).Select(waiting => (waiting.Key, waiting.Value))];
        foreach ((Hash32 root, _) in children)
            _ = _blocks.Remove(root);
        return [.. children.Select(child => child.Block)];
    }

    /// <summary>Forgets what has waited too long.</summary>
    public void Prune(Slot now)
    {
        foreach (Hash32 old in _blocks.Where(waiting => waiting.Value.Message.Slot + KeptSlots < now).Select(waiting => waiting.Key).ToArray())
            _ = _blocks.Remove(old);
    }
}
