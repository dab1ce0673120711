using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.State.Trie;

/// <summary>Changes a part of a trie, one key at a time, and then hashes what changed. Used by one thread; several may work on different children of a branch.</summary>
/// <remarks>
/// A node that changes loses its reference, and so do all above it. Where a stored node lay that changed or went, its path is noted as stale: it is
/// deleted unless <see cref="Seal"/> writes another node there.
/// </remarks>
internal sealed class TrieEditor(ITrieNodes nodes)
{
    /// <summary>Where nodes of the trie before the changes lay that are not in it any more.</summary>
    public List<NodePath> Stale { get; } = [];

    /// <summary>The nodes that the changes made.</summary>
    public List<KeyValuePair<NodePath, byte[]>> Written { get; } = [];

    /// <summary>Makes sure that the node at a place that is not empty is loaded.</summary>
    public TrieNode Resolve(ref TrieChild at, ReadOnlySpan<byte> path) => at.Node ??= nodes.Load(path, at);

    /// <summary>Sets a key's value; false when it had this value before.</summary>
    /// <param name="at">The place that the first <paramref name="depth"/> half bytes of the key lead to.</param>
    /// <param name="key">All half bytes of the key.</param>
    /// <param name="depth">How many of them are behind.</param>
    /// <param name="value">Not empty.</param>
    public bool Put(ref TrieChild at, ReadOnlySpan<byte> key, int depth, ReadOnlyMemory<byte> value)
    {
        if (at.IsEmpty)
        {
            at = TrieChild.Changed(new TrieNode.Leaf(key[depth..].ToArray(), value));
            return true;
        }
        return Resolve(ref at, key[..depth]) switch
        {
            TrieNode.Leaf leaf => PutAtLeaf(ref at, leaf, key, depth, value),
            TrieNode.Extension extension => PutAtExtension(ref at, extension, key, depth, value),
            TrieNode node => PutAtBranch(ref at, (TrieNode.Branch)node, key, depth, value),
        };
    }

    /// <summary>Removes a key; false when it was not there.</summary>
    public bool Remove(ref TrieChild at, ReadOnlySpan<byte> key, int depth)
    {
        if (at.IsEmpty)
            return false;
        ReadOnlySpan<byte> rest = key[depth..];
        switch (Resolve(ref at, key[..depth]))
        {
            case TrieNode.Leaf leaf:
                if (!rest.SequenceEqual(leaf.Path))
                    return false;
                Touch(ref at, key[..depth]);
                at = default;
                return true;
            case TrieNode.Extension extension:
                if (!rest.StartsWith(extension.Path) || !Remove(ref extension.Child, key, depth + extension.Path.Length))
                    return false;
                Touch(ref at, key[..depth]);
                at.Node = Prepend(extension.Path, extension.Child);
                return true;
            case var node:
                TrieNode.Branch branch = (TrieNode.Branch)node;
                if (!RemoveAtBranch(branch, key, depth))
                    return false;
                Touch(ref at, key[..depth]);
                Collapse(ref at, branch, key[..depth]);
                return true;
        }
    }

    /// <summary>Marks the node at a place as changed.</summary>
    public void Touch(ref TrieChild at, ReadOnlySpan<byte> path)
    {
        if (at.IsStored)
            Stale.Add(NodePath.Of(path));
        at.Reference = default;
    }

    /// <summary>Puts the right node where a changed branch may lead to one place only.</summary>
    public void Collapse(ref TrieChild at, TrieNode.Branch branch, ReadOnlySpan<byte> path)
    {
        int only = -1;
        for (int i = 0; i < 16; i++)
        {
            if (branch.Children[i].IsEmpty)
                continue;
            if (only >= 0)
                return;
            only = i;
        }
        if (only < 0)
        {
            at = branch.Value.IsEmpty ? default : TrieChild.Changed(new TrieNode.Leaf([], branch.Value));
            return;
        }
        if (!branch.Value.IsEmpty)
            return;
        ref TrieChild child = ref branch.Children[only];
        byte[] childPath = HalfBytes.Join(path, [(byte)only]);
        if (Resolve(ref child, childPath) is not TrieNode.Branch)
            Touch(ref child, childPath); // it becomes part of a longer one
        at.Node = Prepend([(byte)only], child);
    }

    /// <summary>Gives every changed node at and below a place its reference, and notes the ones to write.</summary>
    /// <param name="at">The place.</param>
    /// <param name="path">A buffer whose first <paramref name="depth"/> half bytes lead to the place.</param>
    /// <param name="depth">How many.</param>
    public void Seal(ref TrieChild at, Span<byte> path, int depth)
    {
        if (!at.IsChanged)
            return;
        switch (at.Node)
        {
            case TrieNode.Extension extension:
                extension.Path.CopyTo(path[depth..]);
                Seal(ref extension.Child, path, depth + extension.Path.Length);
                break;
            case TrieNode.Branch branch:
                for (int i = 0; i < 16; i++)
                {
                    if (!branch.Children[i].IsChanged)
                        continue;
                    path[depth] = (byte)i;
                    Seal(ref branch.Children[i], path, depth + 1);
                }
                break;
        }
        byte[] encoded = TrieNodeCodec.Encode(at.Node!);
        if (encoded.Length < 32 && depth > 0)
        {
            at.Reference = encoded;
            return;
        }
        at.Reference = ReferenceTo(Keccak.Hash256(encoded));
        Written.Add(new(NodePath.Of(path[..depth]), encoded));
    }

    public static byte[] ReferenceTo(in Hash32 hash)
    {
        byte[] reference = new byte[TrieChild.HashReferenceLength];
        Rlp.Write(reference, hash.AsSpan());
        return reference;
    }

    private bool PutAtLeaf(ref TrieChild at, TrieNode.Leaf leaf, ReadOnlySpan<byte> key, int depth, ReadOnlyMemory<byte> value)
    {
        ReadOnlySpan<byte> rest = key[depth..];
        int shared = rest.CommonPrefixLength(leaf.Path);
        if (shared == rest.Length && shared == leaf.Path.Length)
        {
            if (leaf.Value.Span.SequenceEqual(value.Span))
                return false;
            Touch(ref at, key[..depth]);
            leaf.Value = value;
            return true;
        }
        TrieNode.Branch branch = new();
        if (shared == leaf.Path.Length)
            branch.Value = leaf.Value;
        else
            branch.Children[leaf.Path[shared]] = TrieChild.Changed(new TrieNode.Leaf(leaf.Path[(shared + 1)..], leaf.Value));
        PlaceSplit(ref at, branch, shared, key, depth, value);
        return true;
    }

    private bool PutAtExtension(ref TrieChild at, TrieNode.Extension extension, ReadOnlySpan<byte> key, int depth, ReadOnlyMemory<byte> value)
    {
        int shared = key[depth..].CommonPrefixLength(extension.Path);
        if (shared == extension.Path.Length)
        {
            if (!Put(ref extension.Child, key, depth + shared, value))
                return false;
            Touch(ref at, key[..depth]);
            return true;
        }
        TrieNode.Branch branch = new();
        branch.Children[extension.Path[shared]] = shared + 1 == extension.Path.Length
            ? extension.Child
            : TrieChild.Changed(new TrieNode.Extension(extension.Path[(shared + 1)..], extension.Child));
        PlaceSplit(ref at, branch, shared, key, depth, value);
        return true;
    }

    private bool PutAtBranch(ref TrieChild at, TrieNode.Branch branch, ReadOnlySpan<byte> key, int depth, ReadOnlyMemory<byte> value)
    {
        if (depth < key.Length)
        {
            if (!Put(ref branch.Children[key[depth]], key, depth + 1, value))
                return false;
        }
        else
        {
            if (branch.Value.Span.SequenceEqual(value.Span))
                return false;
            branch.Value = value;
        }
        Touch(ref at, key[..depth]);
        return true;
    }

    /// <summary>Puts a new branch where a path parts from the key after <paramref name="shared"/> half bytes, and the key's value into it.</summary>
    private void PlaceSplit(ref TrieChild at, TrieNode.Branch branch, int shared, ReadOnlySpan<byte> key, int depth, ReadOnlyMemory<byte> value)
    {
        Touch(ref at, key[..depth]);
        int parting = depth + shared;
        if (parting == key.Length)
            branch.Value = value;
        else
            branch.Children[key[parting]] = TrieChild.Changed(new TrieNode.Leaf(key[(parting + 1)..].ToArray(), value));
        TrieChild split = TrieChild.Changed(branch);
        at = shared == 0 ? split : TrieChild.Changed(new TrieNode.Extension(key.Slice(depth, shared).ToArray(), split));
    }

    private bool RemoveAtBranch(TrieNode.Branch branch, ReadOnlySpan<byte> key, int depth)
    {
        if (depth < key.Length)
            return Remove(ref branch.Children[key[depth]], key, depth + 1);
        if (branch.Value.IsEmpty)
            return false;
        branch.Value = default;
        return true;
    }

    /// <summary>The node that leads along a path to a loaded child: paths of leaves and extensions grow, a branch gets an extension before it.</summary>
    private static TrieNode Prepend(byte[] path, in TrieChild child) => child.Node switch
    {
        TrieNode.Leaf leaf => new TrieNode.Leaf(HalfBytes.Join(path, leaf.Path), leaf.Value),
        TrieNode.Extension extension => new TrieNode.Extension(HalfBytes.Join(path, extension.Path), extension.Child),
        TrieNode.Branch => new TrieNode.Extension(path, child),
        _ => throw new StoreException("the trie is damaged: an extension leads to a leaf"),
    };
}
