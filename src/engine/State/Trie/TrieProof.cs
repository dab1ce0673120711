using Flashback.Primitives;

namespace Flashback.State.Trie;

/// <summary>Why a proof does not show what it should.</summary>
public enum TrieProofFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The nodes end before the key's value, or its absence, shows.</summary>
    TooFewNodes,

    /// <summary>Nodes follow the last one that is needed.</summary>
    TooManyNodes,

    /// <summary>A node has another hash than the root, or the node before it, says.</summary>
    WrongHash,

    /// <summary>Bytes that have the right hash are no node: nobody builds such a trie.</summary>
    MalformedNode,
}

/// <summary>Proofs that a key has a value in a trie, or that it is not there: the nodes from the root down that the key leads along. spec: EIP-1186</summary>
/// <remarks>Nodes that are part of their parents are not listed. The trie that holds nothing needs no nodes to show that.</remarks>
public static class TrieProof
{
    /// <summary>The nodes along a key.</summary>
    /// <exception cref="Store.StoreException">A node is missing or damaged.</exception>
    public static byte[][] Build(ITrieNodes nodes, in Hash32 root, ReadOnlySpan<byte> key)
    {
        PathBuffer buffer = default;
        ReadOnlySpan<byte> path = HalfBytes.Of(key, buffer);
        List<byte[]> along = [];
        TrieChild at = RootOf(root);
        for (int depth = 0; !at.IsEmpty;)
        {
            if (at.Node is null)
            {
                along.Add(nodes.ReadChecked(path[..depth], at));
                at.Node = TrieNodesLoading.Decode(along[^1], path[..depth]);
            }
            TrieStep step = at.Node.Toward(path[depth..]);
            (at, depth) = (step.Child, depth + step.Consumed);
        }
        return [.. along];
    }

    /// <summary>Checks a proof from anybody.</summary>
    /// <param name="root">The trusted root.</param>
    /// <param name="key">At most 32 bytes.</param>
    /// <param name="nodes">The proof.</param>
    /// <param name="value">The key's value; empty when the key is proven to be absent.</param>
    /// <param name="fault">Why it proves nothing.</param>
    public static bool TryVerify(in Hash32 root, ReadOnlySpan<byte> key, IReadOnlyList<byte[]> nodes, out ReadOnlyMemory<byte> value, out TrieProofFault fault)
    {
        PathBuffer buffer = default;
        ReadOnlySpan<byte> rest = HalfBytes.Of(key, buffer);
        (value, fault) = (default, TrieProofFault.None);
        ReadOnlyMemory<byte> found = default;
        int used = 0;
        for (TrieChild at = RootOf(root); !at.IsEmpty;)
        {
            TrieNode? node = at.Node;
            if (node is null && !TryTake(nodes, ref used, at, out node, out fault))
                return false;
            TrieStep step = node!.Toward(rest);
            rest = rest[step.Consumed..];
            (at, found) = (step.Child, step.Value);
        }
        if (used < nodes.Count)
        {
            fault = TrieProofFault.TooManyNodes;
            return false;
        }
        value = found;
        return true;
    }

    private static bool TryTake(IReadOnlyList<byte[]> nodes, ref int used, in TrieChild at, out TrieNode? node, out TrieProofFault fault)
    {
        node = null;
        fault = TrieProofFault.TooFewNodes;
        if (used == nodes.Count)
            return false;
        byte[] encoded = nodes[used++];
        fault = TrieProofFault.WrongHash;
        if (!Keccak.Hash256(encoded).AsSpan().SequenceEqual(at.Reference.Span[1..]))
            return false;
        bool isNode = TrieNodeCodec.TryDecode(encoded, out node, out _);
        fault = isNode ? TrieProofFault.None : TrieProofFault.MalformedNode;
        return isNode;
    }

    private static TrieChild RootOf(in Hash32 root) =>
        root == MerkleTrie.EmptyRoot ? default : new TrieChild { Reference = TrieEditor.ReferenceTo(root) };
}
