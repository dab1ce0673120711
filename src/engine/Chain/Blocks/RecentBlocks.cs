using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>
/// The blocks that were made, taken in or asked for last, as objects: who asks for the receipts of a block one after the other does not have it read from
/// disk and decoded for each. Safe to share between threads.
/// </summary>
/// <param name="mostBytes">The most memory that they may take.</param>
internal sealed class RecentBlocks(long mostBytes)
{
    // guarded by _changing; the newest is last
    private readonly Lock _changing = new();
    private readonly LinkedList<(ExecutedBlock Block, long Bytes)> _byUse = [];
    private readonly Dictionary<Hash32, LinkedListNode<(ExecutedBlock Block, long Bytes)>> _byHash = [];
    private long _bytes;

    public bool TryGet(in Hash32 hash, [NotNullWhen(true)] out ExecutedBlock? block)
    {
        lock (_changing)
        {
            block = null;
            if (!_byHash.TryGetValue(hash, out LinkedListNode<(ExecutedBlock Block, long Bytes)>? node))
                return false;
            _byUse.Remove(node);
            _byUse.AddLast(node);
            block = node.Value.Block;
            return true;
        }
    }

    /// <summary>Keeps a block; those go that were not used for longest. One that is too large by itself is not kept.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">The memory that it takes, about.</param>
    public void Add(ExecutedBlock block, long bytes)
    {
        lock (_changing)
        {
            Drop(block.Hash);
            _byHash.Add(block.Hash, _byUse.AddLast((block, bytes)));
            _bytes += bytes;
            while (_bytes > mostBytes)
                Drop(_byUse.First!.Value.Block.Hash);
        }
    }

    public void Remove(in Hash32 hash)
    {
        lock (_changing)
            Drop(hash);
    }

    private void Drop(in Hash32 hash)
    {
        if (!_byHash.Remove(hash, out LinkedListNode<(ExecutedBlock Block, long Bytes)>? node))
            return;
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
    }
}
