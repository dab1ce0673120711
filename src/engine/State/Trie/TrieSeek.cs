namespace Flashback.State.Trie;

/// <summary>The order in which keys are looked for.</summary>
internal enum TrieOrder
{
    Ascending,
    Descending,
}

/// <summary>Looks for the key nearest to a bound on one side of it, the bound itself left out. It descends to one leaf, and turns back at most once per node of the bound's path.</summary>
internal ref struct TrieSeek(ITrieNodes nodes, TrieOrder order, ReadOnlySpan<byte> bound, Span<byte> path)
{
    private readonly ReadOnlySpan<byte> _bound = bound;
    private readonly Span<byte> _path = path;
    private int _length;

    /// <summary>The half bytes of the key that was found.</summary>
    public readonly ReadOnlySpan<byte> Found => _path[.._length];

    /// <summary>Its value.</summary>
    public ReadOnlyMemory<byte> Value { get; private set; }

    /// <summary>Looks at and below a place that is not empty; the first <paramref name="depth"/> half bytes of the path lead there.</summary>
    public bool TryFind(in TrieChild at, int depth)
    {
        TrieNode node = at.Node ?? nodes.Load(_path[..depth], at);
        switch (node)
        {
            case TrieNode.Leaf leaf:
                Append(leaf.Path, depth);
                return TryTake(leaf.Value, depth + leaf.Path.Length);
            case TrieNode.Extension extension:
                Append(extension.Path, depth);
                return TryFind(extension.Child, depth + extension.Path.Length);
            default:
                return TryBranch((TrieNode.Branch)node, depth);
        }
    }

    /// <summary>A branch's own key comes before all below it. Children on the wrong side of the bound are not entered.</summary>
    private bool TryBranch(TrieNode.Branch branch, int depth)
    {
        if (order == TrieOrder.Ascending && TryTake(branch.Value, depth))
            return true;
        for (int i = 0; i < 16; i++)
        {
            int child = order == TrieOrder.Ascending ? i : 15 - i;
            if (branch.Children[child].IsEmpty)
                continue;
            Append([(byte)child], depth);
            if (MayHold(depth + 1) && TryFind(branch.Children[child], depth + 1))
                return true;
        }
        return order == TrieOrder.Descending && TryTake(branch.Value, depth);
    }

    /// <summary>False when every key that begins with the path lies on the wrong side of the bound.</summary>
    private readonly bool MayHold(int depth)
    {
        int compared = Math.Min(depth, _bound.Length);
        int side = _path[..compared].SequenceCompareTo(_bound[..compared]);
        return order == TrieOrder.Ascending ? side >= 0 : side < 0 || (side == 0 && depth < _bound.Length);
    }

    private bool TryTake(ReadOnlyMemory<byte> value, int length)
    {
        int side = _path[..length].SequenceCompareTo(_bound);
        if (value.IsEmpty || (order == TrieOrder.Ascending ? side <= 0 : side >= 0))
            return false;
        (_length, Value) = (length, value);
        return true;
    }

    private readonly void Append(ReadOnlySpan<byte> halfBytes, int depth)
    {
        if (depth + halfBytes.Length > NodePath.MaxLength)
            throw new Store.StoreException($"the trie goes on below {NodePath.Of(_path)}, where every key has ended");
        halfBytes.CopyTo(_path[depth..]);
    }
}
