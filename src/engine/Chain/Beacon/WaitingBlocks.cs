using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Blocks that cannot be taken in yet: their parent, or their blobs, are missing. One thread at a time.</summary>
/// <param name="preset">The network's sizes.</param>
internal sealed class WaitingBlocks(Preset preset)
{
    private const int Most = 128;
    private const ulong KeptSlots = 64;
    private const long MostBytes = 64L << 20; // nobody can check the signature of a block without its parent, so anybody may send some

    private readonly OrderedDictionary<Hash32, (SignedBeaconBlock Block, int Length)> _blocks = [];
    private long _bytes;

    /// <summary>Keeps a block; those that wait longest give way.</summary>
    public void Add(in Hash32 root, SignedBeaconBlock block)
    {
        if (_blocks.ContainsKey(root))
            return;
        int length = SignedBeaconBlock.Codec(preset).LengthOf(block);
        while (_blocks.Count > 0 && (_blocks.Count == Most || _bytes + length > MostBytes))
            _ = Take(_blocks.GetAt(0).Key);
        _blocks.Add(root, (block, length));
        _bytes += length;
    }

    /// <summary>Whether a block waits.</summary>
    public bool Contains(in Hash32 root) => _blocks.ContainsKey(root);

    /// <summary>Hands over a block.</summary>
    public SignedBeaconBlock? Take(in Hash32 root)
    {
        if (!_blocks.Remove(root, out (SignedBeaconBlock Block, int Length) waiting))
            return null;
        _bytes -= waiting.Length;
        return waiting.Block;
    }

    /// <summary>Hands over the blocks that follow another.</summary>
    public IReadOnlyList<SignedBeaconBlock> TakeChildrenOf(Hash32 parent) =>
        [.. _blocks.Where(waiting => waiting.Value.Block.Message.ParentRoot == parent).Select(waiting => waiting.Key).ToArray().Select(root => Take(root)!)];

    /// <summary>Forgets what has waited too long.</summary>
    public void Prune(Slot now)
    {
        foreach (Hash32 old in _blocks.Where(waiting => waiting.Value.Block.Message.Slot + KeptSlots < now).Select(waiting => waiting.Key).ToArray())
            _ = Take(old);
    }
}
