using SQLitePCL;

namespace Flashback.State.Store.Sqlite;

/// <summary>One connection to the database file with its prepared statements. One thread at a time.</summary>
/// <remarks>
/// Calls the engine through SQLitePCLRaw, which hands spans over without an object per call; ADO.NET's commands and readers would cost more than
/// the look-up.
/// </remarks>
internal sealed class SqliteSession : IDisposable
{
    private readonly sqlite3 _database;
    private readonly string _path;
    private readonly SqliteColumn[] _columns;
    private readonly sqlite3_stmt?[] _statements;
    private readonly sqlite3_stmt _begin, _commit, _rollback;
    private Durability _durability = Durability.Synced; // as the connection is opened

    public SqliteSession(string path, SqliteColumn[] columns, StoreAccess access)
    {
        _path = path;
        _columns = columns;
        _statements = new sqlite3_stmt?[columns.Length * SqliteColumn.StatementKinds];
        int result = raw.sqlite3_open_v2(path, out _database, (access == StoreAccess.ReadOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE) | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            Require(result, "be opened");
            // Readers never wait for the writer in WAL mode; the time-out covers the recovery after a crash.
            Execute("PRAGMA busy_timeout = 10000; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY;");
            if (access == StoreAccess.ReadWrite)
                Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;");
            _begin = Prepare("BEGIN IMMEDIATE");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
        }
        catch
        {
            _database.Dispose();
            throw;
        }
    }

    /// <summary>Makes the tables that are not there yet.</summary>
    public void CreateTables()
    {
        foreach (SqliteColumn column in _columns)
            Execute(column.CreateTable);
    }

    public byte[]? Get(int column, ReadOnlySpan<byte> key)
    {
        sqlite3_stmt statement = Statement(column, SqliteColumn.Select);
        Require(raw.sqlite3_bind_blob(statement, 1, key), "be read");
        byte[]? value = Step(statement) ? raw.sqlite3_column_blob(statement, 0).ToArray() : null;
        Require(raw.sqlite3_reset(statement), "be read");
        return value;
    }

    public int Read(int column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        sqlite3_stmt statement = Statement(column, SqliteColumn.Select);
        Require(raw.sqlite3_bind_blob(statement, 1, key), "be read");
        int length = -1;
        if (Step(statement))
        {
            ReadOnlySpan<byte> value = raw.sqlite3_column_blob(statement, 0);
            length = value.Length;
            if (length <= destination.Length)
                value.CopyTo(destination);
        }
        Require(raw.sqlite3_reset(statement), "be read");
        return length;
    }

    /// <summary>A statement of its own that yields the keys and values of a range.</summary>
    public sqlite3_stmt PrepareScan(int column, KeyRange range, Direction direction)
    {
        sqlite3_stmt statement = Prepare(_columns[column].Scan(range, direction));
        BindRange(statement, range);
        return statement;
    }

    public void Commit(WriteBatch batch, Durability durability, Func<Column, int> indexOf)
    {
        if (durability != _durability)
        {
            // In WAL mode FULL syncs the log at each commit, NORMAL only before it is copied into the database.
            Execute(durability == Durability.Synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
            _durability = durability;
        }
        Run(_begin);
        try
        {
            foreach (WriteBatch.Operation operation in batch.Operations)
                Apply(batch, operation, indexOf(operation.Column));
            Run(_commit);
        }
        catch
        {
            // The engine may have rolled back by itself (disk full): then there is nothing left to undo.
            if (raw.sqlite3_get_autocommit(_database) == 0)
                Run(_rollback);
            throw;
        }
    }

    /// <summary>Opens a read transaction and pins it to the last commit.</summary>
    public void BeginSnapshot()
    {
        Execute("BEGIN");
        Execute("SELECT count(*) FROM sqlite_schema");
    }

    /// <summary>Moves the log into the database, so that the next start has nothing to recover.</summary>
    public void Checkpoint() => Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    /// <summary>Steps a statement; false when it has no more rows.</summary>
    /// <exception cref="StoreException">The engine failed; the statement has been reset.</exception>
    public bool Step(sqlite3_stmt statement)
    {
        int result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW)
            return true;
        if (result == raw.SQLITE_DONE)
            return false;
        StoreException failure = Failure(result, "be used");
        raw.sqlite3_reset(statement);
        throw failure;
    }

    public void Dispose()
    {
        foreach (sqlite3_stmt? statement in _statements)
            statement?.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _database.Dispose();
    }

    private void Apply(WriteBatch batch, in WriteBatch.Operation operation, int column)
    {
        if (operation.Kind == WriteBatch.OperationKind.DeleteRange)
        {
            KeyRange range = batch.RangeOf(operation);
            using sqlite3_stmt delete = Prepare(_columns[column].DeleteRange(range));
            BindRange(delete, range);
            Run(delete);
            return;
        }
        bool isPut = operation.Kind == WriteBatch.OperationKind.Put;
        sqlite3_stmt statement = Statement(column, isPut ? SqliteColumn.Upsert : SqliteColumn.Delete);
        Require(raw.sqlite3_bind_blob(statement, 1, batch.BytesOf(operation.Key!.Value)), "be written");
        if (isPut)
            Require(raw.sqlite3_bind_blob(statement, 2, batch.BytesOf(operation.Value!.Value)), "be written");
        Run(statement);
    }

    private void BindRange(sqlite3_stmt statement, KeyRange range)
    {
        int parameter = 1;
        if (range.From is not null)
            Require(raw.sqlite3_bind_blob(statement, parameter++, range.From), "be read");
        if (range.Before is not null)
            Require(raw.sqlite3_bind_blob(statement, parameter, range.Before), "be read");
    }

    private void Run(sqlite3_stmt statement)
    {
        Step(statement);
        Require(raw.sqlite3_reset(statement), "be written");
    }

    private void Execute(string sql) => Require(raw.sqlite3_exec(_database, sql), "be set up");

    private sqlite3_stmt Statement(int column, int kind) =>
        _statements[column * SqliteColumn.StatementKinds + kind] ??= Prepare(_columns[column].Text(kind));

    private sqlite3_stmt Prepare(string sql)
    {
        Require(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out sqlite3_stmt statement), "be read");
        return statement;
    }

    private void Require(int result, string toDo)
    {
        if (result != raw.SQLITE_OK)
            throw Failure(result, toDo);
    }

    private StoreException Failure(int result, string toDo) =>
        new($"the store {_path} cannot {toDo}: {raw.sqlite3_errmsg(_database).utf8_to_string()} (SQLite result {result})");
}
