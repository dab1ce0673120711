using System.Diagnostics.CodeAnalysis;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>Blocks whose ancestors are missing, the newest of them: kept aside until the ancestors come. One thread at a time.</summary>
/// <param name="mostBlocks">How many are kept.</param>
/// <param name="mostBytes">How many bytes their payloads may have together.</param>
internal sealed class OrphanShelf(int mostBlocks, long mostBytes)
{
    private readonly OrderedDictionary<Hash32, Orphan> _byHash = [];
    private long _bytes;

    /// <summary>How many there are.</summary>
    public int Count => _byHash.Count;

    public void Put(in Hash32 hash, Block block, long bytes)
    {
        if (bytes > mostBytes || !_byHash.TryAdd(hash, new Orphan(block, bytes)))
            return;
        _bytes += bytes;
        while (_byHash.Count > mostBlocks || _bytes > mostBytes)
            Remove(_byHash.GetAt(0).Key);
    }

    public bool TryGet(in Hash32 hash, [NotNullWhen(true)] out Block? block)
    {
        block = _byHash.TryGetValue(hash, out Orphan orphan) ? orphan.Block : null;
        return block is not null;
    }

    /// <summary>Takes out the blocks that follow another.</summary>
    public IReadOnlyList<(Hash32 Hash, Block Block)> TakeChildrenOf(in Hash32 parent)
    {
        List<(Hash32 Hash, Block Block)> children = [];
        foreach ((Hash32 hash, Orphan orphan) in _byHash)
        {
            if (orphan.Block.Header.ParentHash == parent)
                children.Add((hash, orphan.Block));
        }
        foreach ((Hash32 hash, _) in children)
            Remove(hash);
        return children;
    }

    private void Remove(in Hash32 hash)
    {
        if (_byHash.Remove(hash, out Orphan removed))
            _bytes -= removed.Bytes;
    }

    private readonly record struct Orphan(Block Block, long Bytes);
}
