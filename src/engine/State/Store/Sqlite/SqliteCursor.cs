using SQLitePCL;

namespace Flashback.State.Store.Sqlite;

/// <summary>A running query and the session it runs on.</summary>
internal sealed class SqliteCursor(SqliteSession session, sqlite3_stmt statement, Action<SqliteSession> release) : IStoreCursor
{
    private bool _disposed;

    public ReadOnlySpan<byte> Key => raw.sqlite3_column_blob(statement, 0);

    public ReadOnlySpan<byte> Value => raw.sqlite3_column_blob(statement, 1);

    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return session.Step(statement);
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        statement.Dispose();
        release(session);
    }
}
