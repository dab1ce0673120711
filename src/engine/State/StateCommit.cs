using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Trie;

namespace Flashback.State;

/// <summary>Makes of a state and what execution changed the next state: its root, and every value and node that differs.</summary>
/// <remarks>
/// 1. For each account, side by side: its storage's trie takes the new words and gives its root.
/// 2. The trie of accounts takes the accounts.
/// 3. All changes are gathered, flat values beside nodes.
/// </remarks>
internal static class StateCommit
{
    /// <summary>With fewer accounts than this, starting other threads costs more than it saves.</summary>
    private const int ParallelFrom = 32;

    public static (Hash32 Root, StateLayer.Changes Layer) Apply(StateLayer below, in Hash32 root, StateDiff diff)
    {
        AccountChange[] accounts = new AccountChange[diff.Accounts.Count];
        if (accounts.Length >= ParallelFrom)
        {
            Parallel.For(0, accounts.Length, i => accounts[i] = ChangeOf(below, diff.Accounts[i]));
        }
        else
        {
            for (int i = 0; i < accounts.Length; i++)
                accounts[i] = ChangeOf(below, diff.Accounts[i]);
        }
        PatriciaTrie trie = new(new AccountNodes(below), root);
        TrieUpdate[] updates = new TrieUpdate[accounts.Length];
        for (int i = 0; i < updates.Length; i++)
            updates[i] = new TrieUpdate(accounts[i].AddressHash, accounts[i].Encoded);
        trie.Update(updates);
        TrieChanges nodes = trie.Commit();

        Dictionary<StateKey, byte[]?> values = new(nodes.Nodes.Count + 2 * accounts.Length);
        foreach (AccountChange account in accounts)
        {
            values[StateKey.Account(account.AddressHash)] = account.Encoded;
            foreach ((StateKey key, byte[]? value) in account.Storage)
                values[key] = value;
        }
        foreach ((NodePath path, byte[]? node) in nodes.Nodes)
            values[StateKey.AccountNode(path)] = node;
        AddCodes(diff, values);
        return (nodes.Root, new StateLayer.Changes(values, below, root));
    }

    /// <summary>What an account is after the block, encoded, null when gone; and what changes in its storage, where of two changes of a key the later holds.</summary>
    private readonly record struct AccountChange(Hash32 AddressHash, byte[]? Encoded, List<KeyValuePair<StateKey, byte[]?>> Storage);

    private static AccountChange ChangeOf(StateLayer below, AccountDiff diff)
    {
        Hash32 addressHash = Keccak.Hash256(diff.Address.AsSpan());
        List<KeyValuePair<StateKey, byte[]?>> storage = [];
        Hash32 storageRoot = below.Read(StateKey.Account(addressHash)) is { } before ? StateAccount.Decode(before).StorageRoot : MerkleTrie.EmptyRoot;
        if (diff.Account is null || diff.ClearsStorage)
        {
            Clear(below, addressHash, storageRoot, storage);
            storageRoot = MerkleTrie.EmptyRoot;
        }
        if (diff.Account is not { } account)
            return new AccountChange(addressHash, null, storage);
        if (diff.Slots.Count > 0)
            storageRoot = ChangeSlots(below, addressHash, storageRoot, diff.Slots, storage);
        return new AccountChange(addressHash, Rlp.Encode(new StateAccount(account.Nonce, account.Balance, storageRoot, account.CodeHash)), storage);
    }

    private static Hash32 ChangeSlots(
        StateLayer below, Hash32 addressHash, in Hash32 root, IReadOnlyList<KeyValuePair<UInt256, UInt256>> slots, List<KeyValuePair<StateKey, byte[]?>> storage)
    {
        TrieUpdate[] updates = new TrieUpdate[slots.Count];
        for (int i = 0; i < updates.Length; i++)
        {
            (UInt256 slot, UInt256 word) = slots[i];
            Hash32 slotHash = HashOf(slot);
            byte[]? value = word.IsZero ? null : word.ToHash32().AsSpan()[(32 - word.ByteLength)..].ToArray();
            storage.Add(new(StateKey.Slot(addressHash, slotHash), value));
            byte[] encoded = value is null ? [] : new byte[Rlp.LengthOf(value)];
            if (value is not null)
                Rlp.Write(encoded, value);
            updates[i] = new TrieUpdate(slotHash, encoded);
        }
        PatriciaTrie trie = new(root == MerkleTrie.EmptyRoot ? NoTrieNodes.Instance : new SlotNodes(below, addressHash), root);
        trie.Update(updates);
        TrieChanges changes = trie.Commit();
        foreach ((NodePath path, byte[]? node) in changes.Nodes)
            storage.Add(new(StateKey.SlotNode(addressHash, path), node));
        return changes.Root;
    }

    private static void Clear(StateLayer below, Hash32 addressHash, in Hash32 root, List<KeyValuePair<StateKey, byte[]?>> storage) => TrieWalk.Visit(
        new SlotNodes(below, addressHash),
        root,
        path => storage.Add(new(StateKey.SlotNode(addressHash, path), null)),
        slotHash => storage.Add(new(StateKey.Slot(addressHash, slotHash), null)));

    private static void AddCodes(StateDiff diff, Dictionary<StateKey, byte[]?> values)
    {
        foreach (AccountDiff account in diff.Accounts)
        {
            if (account.Account is { } after && diff.Codes.TryGetValue(after.CodeHash, out ReadOnlyMemory<byte> code) && !code.IsEmpty)
                values[StateKey.Code(after.CodeHash)] = code.ToArray();
        }
    }

    public static Hash32 HashOf(in UInt256 slot) => Keccak.Hash256(slot.ToHash32().AsSpan());
}
