using Flashback.Primitives;

namespace Flashback.State.Trie;

/// <summary>Visits all of a trie whose keys have 32 bytes: what must be removed when an account's storage goes.</summary>
internal static class TrieWalk
{
    public static void Visit(ITrieNodes nodes, in Hash32 root, Action<NodePath> onStoredNode, Action<Hash32> onKey)
    {
        if (root == MerkleTrie.EmptyRoot)
            return;
        PathBuffer path = default;
        TrieChild at = new() { Reference = TrieEditor.ReferenceTo(root) };
        Visit(nodes, at, path, 0, onStoredNode, onKey);
    }

    private static void Visit(ITrieNodes nodes, in TrieChild at, Span<byte> path, int depth, Action<NodePath> onStoredNode, Action<Hash32> onKey)
    {
        if (at.IsStored)
            onStoredNode(NodePath.Of(path[..depth]));
        switch (at.Node ?? nodes.Load(path[..depth], at))
        {
            case TrieNode.Leaf leaf when depth + leaf.Path.Length == NodePath.MaxLength:
                leaf.Path.CopyTo(path[depth..]);
                onKey(Hash32.Read(HalfBytes.Pack(path)));
                return;
            case TrieNode.Extension extension when depth + extension.Path.Length < NodePath.MaxLength:
                extension.Path.CopyTo(path[depth..]);
                Visit(nodes, extension.Child, path, depth + extension.Path.Length, onStoredNode, onKey);
                return;
            case TrieNode.Branch branch when depth < NodePath.MaxLength && branch.Value.IsEmpty:
                for (int i = 0; i < 16; i++)
                {
                    path[depth] = (byte)i;
                    if (!branch.Children[i].IsEmpty)
                        Visit(nodes, branch.Children[i], path, depth + 1, onStoredNode, onKey);
                }
                return;
            default:
                throw new Store.StoreException($"the trie is damaged at {NodePath.Of(path[..depth])}: a key has not 32 bytes");
        }
    }
}
