using static Flashback.State.Store.RocksDb.RocksDbNative;

namespace Flashback.State.Store.RocksDb;

/// <summary>The sequence number that reads stop at.</summary>
internal sealed class RocksDbSnapshot : IStoreSnapshot
{
    private readonly RocksDbStore _store;
    private readonly RocksDbDatabase _database;
    private readonly RocksDbDatabase.Use _use;
    private readonly nint _snapshot, _options;

    // guarded by _gate: readers share it, disposal has it alone
    private readonly ReaderWriterLockSlim _gate = new();
    private bool _disposed;

    public RocksDbSnapshot(RocksDbStore store, RocksDbDatabase database, nint snapshot)
    {
        _store = store;
        _database = database;
        _use = database.Open();
        _snapshot = snapshot;
        _options = rocksdb_readoptions_create();
        rocksdb_readoptions_set_snapshot(_options, snapshot);
    }

    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        using Turn turn = new(this);
        return _store.Get(_options, _store.HandleOf(column), key);
    }

    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        using Turn turn = new(this);
        return _store.Read(_options, _store.HandleOf(column), key, destination);
    }

    public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward)
    {
        using Turn turn = new(this);
        return new RocksDbCursor(_database, _store.HandleOf(column), range, direction, _snapshot);
    }

    public void Dispose()
    {
        _gate.EnterWriteLock();
        bool first = !_disposed;
        _disposed = true;
        _gate.ExitWriteLock();
        if (!first)
            return;
        rocksdb_readoptions_destroy(_options);
        rocksdb_release_snapshot(_database.Pointer, _snapshot);
        _use.Dispose();
    }

    private readonly ref struct Turn
    {
        private readonly RocksDbSnapshot _snapshot;

        public Turn(RocksDbSnapshot snapshot)
        {
            _snapshot = snapshot;
            snapshot._gate.EnterReadLock();
            if (!snapshot._disposed)
                return;
            snapshot._gate.ExitReadLock();
            throw new ObjectDisposedException(nameof(RocksDbSnapshot));
        }

        public void Dispose() => _snapshot._gate.ExitReadLock();
    }
}
