using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.History;
using Flashback.State.Store;
using Flashback.State.Trie;

namespace Flashback.State;

/// <summary>Looks at the state on disk, all of it: every node of every trie against its hash, and against the flat values beside it. What is broken is reported, and the walk goes on beside it.</summary>
public sealed class StateCheck
{
    private readonly IStoreReader _store;
    private readonly Action<string> _report;
    private readonly Action<int> _progress;
    private readonly HashSet<Hash32> _codes = [];
    private long _accounts, _slots;

    private StateCheck(IStoreReader store, Action<string> report, Action<int> progress) => (_store, _report, _progress) = (store, report, progress);

    /// <summary>The columns that it reads.</summary>
    public static IReadOnlyList<Column> Columns => StateColumns.All;

    /// <summary>How many accounts the flat table has: what the progress counts up to.</summary>
    public static long CountAccounts(IStoreReader store) => Count(store, StateTable.Account);

    /// <summary>Walks the state. Returns the block that it is the state of; null when even that cannot be read.</summary>
    /// <param name="store">The store.</param>
    /// <param name="report">Takes what is broken.</param>
    /// <param name="progress">Called with the number of accounts that were looked at since the last time.</param>
    public static StateBlock? Run(IStoreReader store, Action<string> report, Action<int> progress)
    {
        StateBlock block;
        try
        {
            block = DiskPosition.Read(store).Block;
        }
        catch (StoreException damaged)
        {
            report(damaged.Message);
            return null;
        }
        StateCheck check = new(store, report, progress);
        check.Walk("the trie of accounts", new Nodes(store, StateTable.AccountNode, []), block.Root, check.CheckAccount);
        check.Compare("accounts", check._accounts, StateTable.Account);
        check.Compare("words of storage", check._slots, StateTable.Slot);
        return block;
    }

    private void CheckAccount(Hash32 addressHash, ReadOnlyMemory<byte> encoded)
    {
        _accounts++;
        _progress(1);
        string name = $"account {addressHash}";
        if (_store.Get(StateColumns.Of(StateTable.Account), addressHash.AsSpan()) is not { } flat || !flat.AsSpan().SequenceEqual(encoded.Span))
            _report($"{name}: the flat value is not the trie's");
        if (!StateAccount.TryDecode(encoded.Span, out StateAccount account, out RlpFault fault))
        {
            _report($"{name} cannot be read: {fault}");
            return;
        }
        CheckCode(name, account.CodeHash);
        Walk($"the storage of {name}", new Nodes(_store, StateTable.SlotNode, addressHash.AsSpan().ToArray()), account.StorageRoot, (slot, word) => CheckSlot(name, addressHash, slot, word));
    }

    private void CheckSlot(string account, in Hash32 addressHash, in Hash32 slotHash, ReadOnlyMemory<byte> encoded)
    {
        _slots++;
        byte[]? flat = _store.Get(StateColumns.Of(StateTable.Slot), StateKey.Slot(addressHash, slotHash).Bytes);
        RlpReader reader = new(encoded.Span);
        if (flat is null || !reader.TryReadBytes(out ReadOnlySpan<byte> word) || !reader.TryEnd() || !word.SequenceEqual(flat))
            _report($"{account}, slot {slotHash}: the flat value is not the trie's");
    }

    private void CheckCode(string account, in Hash32 codeHash)
    {
        if (codeHash == Keccak.OfNothing || !_codes.Add(codeHash))
            return;
        if (_store.Get(StateColumns.Of(StateTable.Code), codeHash.AsSpan()) is not { } code)
            _report($"{account}: the code {codeHash} is missing");
        else if (Keccak.Hash256(code) != codeHash)
            _report($"{account}: the code {codeHash} has another hash");
    }

    private void Walk(string trie, ITrieNodes nodes, in Hash32 root, Action<Hash32, ReadOnlyMemory<byte>> onLeaf)
    {
        if (root == MerkleTrie.EmptyRoot)
            return;
        PathBuffer path = default;
        Visit(trie, nodes, new TrieChild { Reference = TrieEditor.ReferenceTo(root) }, path, 0, onLeaf);
    }

    private void Visit(string trie, ITrieNodes nodes, in TrieChild at, Span<byte> path, int depth, Action<Hash32, ReadOnlyMemory<byte>> onLeaf)
    {
        TrieNode node;
        try
        {
            node = at.Node ?? nodes.Load(path[..depth], at);
        }
        catch (StoreException damaged)
        {
            _report($"{trie}: {damaged.Message}");
            return;
        }
        switch (node)
        {
            case TrieNode.Leaf leaf when depth + leaf.Path.Length == NodePath.MaxLength:
                leaf.Path.CopyTo(path[depth..]);
                onLeaf(Hash32.Read(HalfBytes.Pack(path)), leaf.Value);
                return;
            case TrieNode.Extension extension when depth + extension.Path.Length < NodePath.MaxLength:
                extension.Path.CopyTo(path[depth..]);
                Visit(trie, nodes, extension.Child, path, depth + extension.Path.Length, onLeaf);
                return;
            case TrieNode.Branch branch when depth < NodePath.MaxLength && branch.Value.IsEmpty:
                for (int i = 0; i < 16; i++)
                {
                    path[depth] = (byte)i;
                    if (!branch.Children[i].IsEmpty)
                        Visit(trie, nodes, branch.Children[i], path, depth + 1, onLeaf);
                }
                return;
            default:
                _report($"{trie}: at {NodePath.Of(path[..depth])} a key has not 32 bytes");
                return;
        }
    }

    private void Compare(string what, long inTries, StateTable table)
    {
        long flat = Count(_store, table);
        if (flat != inTries)
            _report($"the tries have {inTries} {what}, the flat table {flat}");
    }

    private static long Count(IStoreReader store, StateTable table)
    {
        long count = 0;
        using IStoreCursor cursor = store.Scan(StateColumns.Of(table), KeyRange.All);
        while (cursor.MoveNext())
            count++;
        return count;
    }

    /// <summary>Nodes as they lie on disk.</summary>
    private sealed class Nodes(IStoreReader store, StateTable table, byte[] owner) : ITrieNodes
    {
        public byte[]? Read(in NodePath path)
        {
            Span<byte> encoded = stackalloc byte[NodePath.MaxEncodedLength];
            return store.Get(StateColumns.Of(table), [.. owner, .. encoded[..path.Encode(encoded)]]);
        }
    }
}
