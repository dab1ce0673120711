using System.Numerics;

namespace Flashback.Primitives;

/// <summary>
/// The numbers of a tree's nodes: 1 for the root, 2·i and 2·i + 1 for the children of i. spec: cs/ssz/merkle-proofs#generalized-merkle-tree-index
/// </summary>
/// <remarks>Held in 64 bits: 63 layers below a root, enough for a path from the state down to a byte of a validator's key.</remarks>
public static class GeneralizedIndex
{
    /// <summary>How many layers below the root a node lies. spec: cs/ssz/merkle-proofs#get_generalized_index_length</summary>
    /// <exception cref="ArgumentOutOfRangeException">No node has the index 0.</exception>
    public static int DepthOf(ulong index)
    {
        ArgumentOutOfRangeException.ThrowIfZero(index);
        return BitOperations.Log2(index);
    }

    /// <summary>The index of a node seen from a root above: <paramref name="index"/> leads from that root to this tree's. spec: cs/ssz/merkle-proofs#concat_generalized_indices</summary>
    /// <exception cref="OverflowException">The node lies deeper than 63 layers.</exception>
    public static ulong Concat(ulong index, ulong below)
    {
        int depth = DepthOf(below);
        return DepthOf(index) + depth < 64 ? (index << depth) | (below ^ (1UL << depth)) : throw new OverflowException("a generalized index of more than 64 bits");
    }

    /// <summary>Where a path passes the layer at <paramref name="depth"/>: the position in that layer from 0, and the rest of the path as an index below that node.</summary>
    internal static (ulong Position, ulong Below) Split(ulong index, int depth)
    {
        int rest = DepthOf(index) - depth;
        return ((index >> rest) ^ (1UL << depth), (1UL << rest) | (index & ((1UL << rest) - 1)));
    }

    /// <summary>The nodes whose hashes lead from a node to the root: its sibling, its parent's sibling, and so on. spec: cs/ssz/merkle-proofs#get_branch_indices</summary>
    public static ulong[] BranchIndices(ulong index)
    {
        ulong[] branch = new ulong[DepthOf(index)];
        for (int i = 0; i < branch.Length; i++)
            branch[i] = (index >> i) ^ 1;
        return branch;
    }

    /// <summary>The nodes that have to be known beside some others to find the root, the deepest first. spec: cs/ssz/merkle-proofs#get_helper_indices</summary>
    public static ulong[] HelperIndices(ReadOnlySpan<ulong> indices)
    {
        HashSet<ulong> paths = [];
        foreach (ulong index in indices)
        {
            ArgumentOutOfRangeException.ThrowIfZero(index, nameof(indices));
            ulong node = index;
            while (node > 1 && paths.Add(node))
                node >>= 1;
        }
        List<ulong> helpers = [];
        foreach (ulong node in paths)
        {
            if (!paths.Contains(node ^ 1))
                helpers.Add(node ^ 1);
        }
        helpers.Sort((a, b) => b.CompareTo(a));
        return [.. helpers];
    }
}
