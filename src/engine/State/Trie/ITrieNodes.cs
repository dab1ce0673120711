using Flashback.Primitives;
using Flashback.State.Store;

namespace Flashback.State.Trie;

/// <summary>Where the nodes of a trie are kept: by the path that leads to them. Safe for any number of threads.</summary>
public interface ITrieNodes
{
    /// <summary>The encoding of the node at a path, or null when none is kept there. The bytes never change.</summary>
    byte[]? Read(in NodePath path);
}

/// <summary>No nodes: where a trie begins.</summary>
public sealed class NoTrieNodes : ITrieNodes
{
    /// <summary>The only one.</summary>
    public static NoTrieNodes Instance { get; } = new();

    /// <inheritdoc/>
    public byte[]? Read(in NodePath path) => null;
}

/// <summary>Loads nodes, each checked against the hash by which its parent knows it.</summary>
internal static class TrieNodesLoading
{
    /// <summary>The node behind a stored child.</summary>
    /// <exception cref="StoreException">It is missing, has another hash, or is no node: the store is damaged.</exception>
    public static TrieNode Load(this ITrieNodes nodes, ReadOnlySpan<byte> path, in TrieChild child) => Decode(nodes.ReadChecked(path, child), path);

    /// <summary>The node with this encoding.</summary>
    /// <exception cref="StoreException">It is no node: the store is damaged.</exception>
    public static TrieNode Decode(byte[] encoded, ReadOnlySpan<byte> path) =>
        TrieNodeCodec.TryDecode(encoded, out TrieNode? node, out TrieNodeFault fault)
            ? node!
            : throw new StoreException($"the trie's node at {NodePath.Of(path)} is damaged: {fault}");

    /// <summary>The encoding of the node behind a stored child.</summary>
    /// <exception cref="StoreException">It is missing or has another hash: the store is damaged.</exception>
    public static byte[] ReadChecked(this ITrieNodes nodes, ReadOnlySpan<byte> path, in TrieChild child)
    {
        if (path.Length > NodePath.MaxLength)
            throw new StoreException($"the trie goes on below {NodePath.Of(path[..NodePath.MaxLength])}, where every key has ended");
        byte[] encoded = nodes.Read(NodePath.Of(path)) ?? throw new StoreException($"the trie's node at {NodePath.Of(path)} is missing");
        return Keccak.Hash256(encoded).AsSpan().SequenceEqual(child.Reference.Span[1..])
            ? encoded
            : throw new StoreException($"the trie's node at {NodePath.Of(path)} has another hash than its parent says");
    }
}
