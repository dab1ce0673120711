namespace Flashback.Primitives;

/// <summary>Proofs that a node is part of a tree with a known root. spec: cs/ssz/merkle-proofs</summary>
public static class MerkleProof
{
    /// <summary>The hashes that lead from a node to the root, the node's sibling first.</summary>
    /// <param name="codec">The value's type.</param>
    /// <param name="value">The value.</param>
    /// <param name="index">The node's generalized index.</param>
    public static Hash32[] Branch<T, TCodec>(in TCodec codec, in T value, ulong index)
        where TCodec : struct, ISszCodec<T> => NodesAt(in codec, in value, GeneralizedIndex.BranchIndices(index));

    /// <summary>The hashes that together with the nodes at <paramref name="indices"/> lead to the root: a multiproof.</summary>
    public static Hash32[] Helpers<T, TCodec>(in TCodec codec, in T value, ReadOnlySpan<ulong> indices)
        where TCodec : struct, ISszCodec<T> => NodesAt(in codec, in value, GeneralizedIndex.HelperIndices(indices));

    /// <summary>The nodes of a value's tree at these indices.</summary>
    public static Hash32[] NodesAt<T, TCodec>(in TCodec codec, in T value, ReadOnlySpan<ulong> indices)
        where TCodec : struct, ISszCodec<T>
    {
        Hash32[] nodes = new Hash32[indices.Length];
        for (int i = 0; i < nodes.Length; i++)
            nodes[i] = codec.NodeAt(in value, indices[i]);
        return nodes;
    }

    /// <summary>Whether a branch leads from a leaf to the root. spec: cs/phase0/beacon-chain#is_valid_merkle_branch</summary>
    /// <param name="leaf">The node proven.</param>
    /// <param name="branch">At least <paramref name="depth"/> hashes, the sibling of the leaf first.</param>
    /// <param name="depth">The number of layers between leaf and root, at most 64.</param>
    /// <param name="index">The position of the leaf in its layer, from 0; what lies above the lowest <paramref name="depth"/> bits is ignored.</param>
    /// <param name="root">The root.</param>
    public static bool IsValidBranch(Hash32 leaf, ReadOnlySpan<Hash32> branch, int depth, ulong index, in Hash32 root)
    {
        if (branch.Length < depth || depth > Merkle.MaxDepth)
            return false;
        return Sha256.HashPath(in leaf, branch[..depth], index) == root;
    }

    /// <summary>Whether a branch of exactly the right length leads from the node at a generalized index to the root. spec: cs/ssz/merkle-proofs#verify_merkle_proof</summary>
    public static bool IsValid(Hash32 leaf, ReadOnlySpan<Hash32> branch, ulong index, in Hash32 root) =>
        index > 0 && branch.Length == GeneralizedIndex.DepthOf(index) && IsValidBranch(leaf, branch, branch.Length, index, root);

    /// <summary>Whether helpers lead from the nodes at these indices to the root. spec: cs/ssz/merkle-proofs#verify_merkle_multiproof</summary>
    /// <param name="leaves">The nodes proven.</param>
    /// <param name="helpers">What <see cref="Helpers"/> makes.</param>
    /// <param name="indices">The generalized indices of the leaves, each once.</param>
    /// <param name="root">The root.</param>
    public static bool IsValidMulti(ReadOnlySpan<Hash32> leaves, ReadOnlySpan<Hash32> helpers, ReadOnlySpan<ulong> indices, in Hash32 root)
    {
        ulong[] helperIndices = GeneralizedIndex.HelperIndices(indices);
        if (leaves.IsEmpty || leaves.Length != indices.Length || helpers.Length != helperIndices.Length)
            return false;
        Dictionary<ulong, Hash32> known = [];
        PriorityQueue<ulong, ulong> deepest = new();
        for (int i = 0; i < indices.Length; i++)
            Learn(indices[i], leaves[i]);
        for (int i = 0; i < helpers.Length; i++)
            Learn(helperIndices[i], helpers[i]);

        // The deepest node first: both children of a node are known before the node is asked for.
        bool consistent = true;
        while (deepest.TryDequeue(out ulong node, out _) && node > 1)
        {
            if ((node & 1) == 0 || !known.TryGetValue(node ^ 1, out Hash32 left))
                continue;
            Hash32 parent = Sha256.HashPair(left, known[node]);
            if (known.TryGetValue(node >> 1, out Hash32 given))
                consistent &= given == parent;
            else
                Learn(node >> 1, parent);
        }
        return consistent && known.TryGetValue(1, out Hash32 top) && top == root;

        void Learn(ulong node, in Hash32 hash)
        {
            if (known.TryAdd(node, hash))
                deepest.Enqueue(node, ulong.MaxValue - node);
        }
    }
}
