using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>The blocks that may yet matter, parents before children, so that sums go up and choices come down in one pass over an array.</summary>
internal sealed class BlockTree
{
    private readonly List<BlockNode> _nodes = [];
    private readonly Dictionary<Hash32, int> _places = [];

    public int Count => _nodes.Count;

    public BlockNode this[int place] => _nodes[place];

    /// <summary>The place of a block; −1 where it is not known.</summary>
    public int PlaceOf(in Hash32 root) => _places.TryGetValue(root, out int place) ? place : -1;

    public void Add(BlockNode node)
    {
        _places.Add(node.Root, _nodes.Count);
        _nodes.Add(node);
        if (node.Parent >= 0)
            _nodes[node.Parent].HasChildren = true;
    }

    /// <summary>The last block at or before a slot on the way to a block. spec: cs/phase0/fork-choice#get_ancestor</summary>
    /// <returns>The first block of the tree where all are later.</returns>
    public int AncestorOf(int place, Slot slot)
    {
        while (_nodes[place].Slot > slot && _nodes[place].Parent >= 0)
            place = _nodes[place].Parent;
        return place;
    }

    /// <summary>Sums weights up: each block's own votes come in, and go out with its descendants' added. spec: cs/phase0/fork-choice#get_weight</summary>
    /// <param name="votes">Gwei for each block itself.</param>
    public void SumWeights(ReadOnlySpan<ulong> votes)
    {
        ReadOnlySpan<BlockNode> nodes = CollectionsMarshal.AsSpan(_nodes);
        for (int i = 0; i < nodes.Length; i++)
            nodes[i].Weight = votes[i];
        for (int i = nodes.Length - 1; i > 0; i--)
            nodes[nodes[i].Parent].Weight += nodes[i].Weight;
    }

    /// <summary>Finds the heaviest way to a head from every block. spec: cs/phase0/fork-choice#get_head</summary>
    /// <param name="isViable">Whether a block without children may be the head.</param>
    public void FindBestChildren(Func<BlockNode, bool> isViable)
    {
        ReadOnlySpan<BlockNode> nodes = CollectionsMarshal.AsSpan(_nodes);
        foreach (BlockNode node in nodes)
        {
            node.BestChild = -1;
            node.LeadsToHead = false;
        }
        for (int i = nodes.Length - 1; i >= 0; i--)
        {
            BlockNode node = nodes[i];
            if (!node.HasChildren)
                node.LeadsToHead = isViable(node);
            if (!node.LeadsToHead || node.Parent < 0)
                continue;
            BlockNode parent = nodes[node.Parent];
            parent.LeadsToHead = true;
            if (parent.BestChild < 0 || IsHeavier(node, nodes[parent.BestChild]))
                parent.BestChild = i;
        }
    }

    /// <summary>Keeps a block and what descends from it only.</summary>
    /// <returns>For each place of before the one of now, −1 where the block is gone.</returns>
    public int[] Prune(int root)
    {
        int[] moved = new int[_nodes.Count];
        Array.Fill(moved, -1);
        List<BlockNode> kept = [];
        for (int i = root; i < _nodes.Count; i++)
        {
            BlockNode node = _nodes[i];
            int parent = i == root ? -1 : moved[node.Parent];
            if (i != root && parent < 0)
                continue;
            moved[i] = kept.Count;
            kept.Add(Moved(node, parent));
        }
        _nodes.Clear();
        _places.Clear();
        kept.ForEach(Add);
        return moved;
    }

    private static BlockNode Moved(BlockNode node, int parent) => new()
    {
        Parent = parent,
        Root = node.Root,
        Slot = node.Slot,
        State = node.State,
        Justified = node.Justified,
        UnrealizedJustified = node.UnrealizedJustified,
        IsTimely = node.IsTimely,
        Weight = node.Weight,
    };

    /// <summary>More votes, or as many and the greater root.</summary>
    private static bool IsHeavier(BlockNode node, BlockNode other) =>
        node.Weight != other.Weight ? node.Weight > other.Weight : node.Root.AsSpan().SequenceCompareTo(other.Root.AsSpan()) > 0;
}
