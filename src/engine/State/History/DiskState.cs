using Flashback.Primitives;
using Flashback.State.Flat;
using Flashback.State.Store;
using Flashback.State.Trie;

namespace Flashback.State.History;

/// <summary>The state on disk: the tables as they are after one block, and what they were after the blocks before it.</summary>
/// <remarks>
/// Readers take no lock. A reader of the state after block n reads the current value first; if by then a commit of a later block may have begun, it
/// looks into the history, where the value is if that commit changed it. <c>_begun</c> and <c>_oldest</c> are therefore moved before a commit, and
/// the history is written in the same batch as the change. A commit that fails leaves <c>_begun</c> ahead, which costs a look-up and is not wrong.
/// </remarks>
internal sealed class DiskState
{
    /// <summary>How many blocks one commit forgets at most, when fewer are to be kept than before.</summary>
    private const int ForgetAtOnce = 16;

    private readonly IStore _store;
    private readonly StateHistory _history;
    private readonly ByteCache _cache;
    private readonly long? _keptBlocks;
    private readonly WriteBatch _batch = new();
    private StateBlockBox _current;
    private long _begun;
    private long _commits;
    private long _oldest;

    public DiskState(IStore store, WorldStateOptions options)
    {
        _store = store;
        _history = new StateHistory(store);
        _cache = new ByteCache(options.CacheBytes);
        _keptBlocks = options.KeptBlocks;
        (StateBlock block, _oldest) = DiskPosition.Read(store);
        _current = new StateBlockBox(block);
        _begun = block.Number;
        CheckRoot(block);
    }

    /// <summary>The block whose state the tables hold.</summary>
    public StateBlock Current => Volatile.Read(ref _current).Block;

    /// <summary>The oldest block whose state can be read.</summary>
    public long Oldest => Volatile.Read(ref _oldest);

    public long CachedBytes => _cache.Bytes;

    /// <summary>The value of a key after a block, or null when there is none.</summary>
    /// <exception cref="StatePrunedException">The block is too old.</exception>
    public byte[]? Read(in StateKey key, long number)
    {
        byte[]? value = ReadCurrent(key);
        if (!StateColumns.HasPast(key.Table) || Volatile.Read(ref _begun) == number)
            return value;
        if (_history.TryFind(key, number, out byte[]? old))
            value = old;
        return Oldest <= number ? value : throw new StatePrunedException(number, Oldest);
    }

    /// <summary>The block of this number whose state can be read.</summary>
    public bool TryFindBlock(long number, out StateBlock block)
    {
        block = Current;
        if (number == block.Number)
            return true;
        return number < block.Number && number >= Oldest && _history.TryReadBlock(number, out block);
    }

    /// <summary>Moves on by one block, whole or not at all. One thread at a time.</summary>
    public void Advance(in StateBlock block, IReadOnlyDictionary<StateKey, byte[]?> changes, Durability durability)
    {
        _batch.Clear();
        _history.Abandon();
        bool hasPast = block.Number > 0;
        foreach ((StateKey key, byte[]? value) in changes)
        {
            if (hasPast && StateColumns.HasPast(key.Table))
            {
                byte[]? old = ReadCurrent(key);
                if (old.AsSpan().SequenceEqual(value))
                    continue;
                _history.Record(_batch, key, block.Number, old);
            }
            if (value is null)
                _batch.Delete(StateColumns.Of(key.Table), key.Bytes);
            else
                _batch.Put(StateColumns.Of(key.Table), key.Bytes, value);
        }
        _history.RecordBlock(_batch, block);
        long oldest = ForgetOld(block.Number);
        DiskPosition.Write(_batch, block, oldest);
        Volatile.Write(ref _oldest, oldest);
        Interlocked.Exchange(ref _begun, block.Number); // before the commit, and seen before it
        _store.Commit(_batch, durability);
        Interlocked.Increment(ref _commits);
        foreach ((StateKey key, byte[]? value) in changes)
            _cache.Set(key, value);
        Volatile.Write(ref _current, new StateBlockBox(block));
    }

    private byte[]? ReadCurrent(in StateKey key)
    {
        if (_cache.TryGet(key, out byte[]? value))
            return value;
        long seen = Volatile.Read(ref _commits);
        value = _store.Get(StateColumns.Of(key.Table), key.Bytes);
        _cache.AddIfCurrent(key, value, ref _commits, seen);
        return value;
    }

    private long ForgetOld(long number)
    {
        if (number == 0)
            return 0;
        long target = _keptBlocks is { } kept ? Math.Max(Oldest, number - kept) : Oldest;
        long oldest = Oldest;
        for (int i = 0; oldest < target && i < ForgetAtOnce; i++)
            _history.Forget(_batch, ++oldest);
        return oldest;
    }

    private void CheckRoot(in StateBlock block)
    {
        byte[]? root = ReadCurrent(StateKey.AccountNode(NodePath.Root));
        Hash32 found = root is null ? MerkleTrie.EmptyRoot : Keccak.Hash256(root);
        if (found != block.Root)
            throw new StoreException($"the state after block {block.Number} is damaged: its root should be {block.Root} and is {found}");
    }

    /// <summary>A block that can be exchanged in one write.</summary>
    private sealed record StateBlockBox(StateBlock Block);
}
