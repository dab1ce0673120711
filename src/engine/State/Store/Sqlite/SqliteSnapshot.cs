namespace Flashback.State.Store.Sqlite;

/// <summary>A session inside a read transaction. Reads take turns; a cursor keeps the turn only while it steps.</summary>
internal sealed class SqliteSnapshot(SqliteSession session, Func<Column, int> indexOf) : IStoreSnapshot
{
    // guarded by _gate
    private readonly Lock _gate = new();
    private bool _disposed;

    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return session.Get(indexOf(column), key);
        }
    }

    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return session.Read(indexOf(column), key, destination);
        }
    }

    public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Turn(this, new SqliteCursor(session, session.PrepareScan(indexOf(column), range, direction), _ => { }));
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            session.Dispose(); // closing the connection ends its transaction
        }
    }

    /// <summary>A cursor that takes the snapshot's turn for each step. What it stands on is its statement's own, and stays while others read.</summary>
    private sealed class Turn(SqliteSnapshot snapshot, SqliteCursor cursor) : IStoreCursor
    {
        public ReadOnlySpan<byte> Key => cursor.Key;

        public ReadOnlySpan<byte> Value => cursor.Value;

        public bool MoveNext()
        {
            lock (snapshot._gate)
            {
                ObjectDisposedException.ThrowIf(snapshot._disposed, snapshot);
                return cursor.MoveNext();
            }
        }

        public void Dispose()
        {
            lock (snapshot._gate)
                cursor.Dispose();
        }
    }
}
