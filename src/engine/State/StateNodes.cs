using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Trie;

namespace Flashback.State;

/// <summary>The trie of accounts of a state.</summary>
internal sealed class AccountNodes(StateLayer layer) : ITrieNodes
{
    public byte[]? Read(in NodePath path) => layer.Read(StateKey.AccountNode(path));
}

/// <summary>The trie of one account's storage in a state.</summary>
internal sealed class SlotNodes(StateLayer layer, Hash32 addressHash) : ITrieNodes
{
    public byte[]? Read(in NodePath path) => layer.Read(StateKey.SlotNode(addressHash, path));
}
