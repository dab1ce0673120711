using System.Collections.Concurrent;

namespace Flashback.State.Store.Sqlite;

/// <summary>The embedded default: SQLite in write-ahead-log mode. No server, one file, works wherever .NET does.</summary>
/// <remarks>
/// The writer has a connection of its own; readers take one from a pool and never wait for it. A batch is one transaction. After a kill at any
/// moment the next start replays what was committed from the log and drops what was not.
/// </remarks>
public sealed class SqliteStore : IStore
{
    private const string Engine = "sqlite";

    // immutable
    private readonly StoreFolder _folder;
    private readonly string _path;
    private readonly SqliteColumn[] _columns;
    private readonly Dictionary<Column, int> _indexes;
    private readonly Action _afterDispose;
    private readonly StoreAccess _access;
    private readonly bool _isTemporary; // what goes away with the process never waits for the disk

    // shared
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private volatile bool _disposed;

    // guarded by _writing
    private readonly Lock _writing = new();
    private readonly SqliteSession _writer;

    static SqliteStore() => SQLitePCL.Batteries_V2.Init();

    private SqliteStore(StoreFolder folder, IReadOnlyList<Column> columns, StoreAccess access, Action? afterDispose)
    {
        _access = access;
        _folder = folder;
        _afterDispose = afterDispose ?? (() => { });
        _isTemporary = afterDispose is not null;
        _path = Path.Combine(folder.Path, "store.sqlite");
        _columns = [.. columns.Select(column => new SqliteColumn(column))];
        _indexes = columns.Select((column, index) => (column, index)).ToDictionary(entry => entry.column, entry => entry.index);
        _writer = new SqliteSession(_path, _columns, access);
        try
        {
            if (access == StoreAccess.ReadWrite)
                _writer.CreateTables();
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store in a folder, making it if it is not there.</summary>
    /// <param name="folder">A folder for this store alone.</param>
    /// <param name="columns">Every column that will be used. New ones are added; those left out keep their content.</param>
    /// <exception cref="StoreException">The folder is in use, of another layout, damaged, or cannot be written.</exception>
    public static SqliteStore Open(string folder, IReadOnlyList<Column> columns) => Open(StoreFolder.Take(folder, Engine), columns, StoreAccess.ReadWrite, null);

    /// <summary>Opens the store in a folder to look at it: nothing in it changes, and <see cref="Commit"/> fails.</summary>
    /// <param name="folder">The folder of a store.</param>
    /// <param name="columns">Every column that will be read.</param>
    /// <exception cref="StoreException">No store is there, or it is in use, of another layout, or damaged.</exception>
    public static SqliteStore OpenReadOnly(string folder, IReadOnlyList<Column> columns) => Open(StoreFolder.TakeExisting(folder, Engine), columns, StoreAccess.ReadOnly, null);

    /// <summary>Opens a store in a new folder that goes away when the store is disposed: for chains that need not outlive the process.</summary>
    public static SqliteStore OpenTemporary(IReadOnlyList<Column> columns)
    {
        string folder = Directory.CreateTempSubdirectory("flashback-store-").FullName;
        return Open(StoreFolder.Take(folder, Engine), columns, StoreAccess.ReadWrite, () => Directory.Delete(folder, recursive: true));
    }

    /// <inheritdoc/>
    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        SqliteSession reader = Rent();
        byte[]? value = reader.Get(IndexOf(column), key);
        Return(reader);
        return value;
    }

    /// <inheritdoc/>
    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        SqliteSession reader = Rent();
        int length = reader.Read(IndexOf(column), key, destination);
        Return(reader);
        return length;
    }

    /// <inheritdoc/>
    public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward)
    {
        int index = IndexOf(column);
        SqliteSession reader = Rent();
        return new SqliteCursor(reader, reader.PrepareScan(index, range, direction), Return);
    }

    /// <inheritdoc/>
    public void Commit(WriteBatch batch, Durability durability = Durability.Synced)
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writer.Commit(batch, _isTemporary ? Durability.Buffered : durability, IndexOf);
        }
    }

    /// <inheritdoc/>
    public IStoreSnapshot OpenSnapshot()
    {
        SqliteSession session = Rent();
        session.BeginSnapshot();
        return new SqliteSnapshot(session, IndexOf);
    }

    /// <summary>Closes the store. Open cursors and snapshots stay readable; dispose them too, or their files stay open.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_disposed)
                return;
            _disposed = true;
            while (_readers.TryTake(out SqliteSession? reader))
                reader.Dispose();
            if (_access == StoreAccess.ReadWrite)
                _writer.Checkpoint();
            _writer.Dispose();
            _folder.Dispose();
            _afterDispose();
        }
    }

    private static SqliteStore Open(StoreFolder taken, IReadOnlyList<Column> columns, StoreAccess access, Action? afterDispose)
    {
        try
        {
            return new SqliteStore(taken, columns, access, afterDispose);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    private int IndexOf(Column column) => _indexes.TryGetValue(column, out int index)
        ? index
        : throw new ArgumentException($"the store was opened without the column {column}", nameof(column));

    /// <summary>A reader for one use. One that failed is not returned, and so not used again.</summary>
    private SqliteSession Rent()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _readers.TryTake(out SqliteSession? reader) ? reader : new SqliteSession(_path, _columns, _access);
    }

    private void Return(SqliteSession reader)
    {
        _readers.Add(reader);
        if (_disposed && _readers.TryTake(out SqliteSession? late))
            late.Dispose();
    }
}
