namespace Flashback.State.Store.Sqlite;

/// <summary>The SQL of one column.</summary>
/// <remarks>
/// A column is a table of keys and values. Small values lie in the key's own tree (WITHOUT ROWID): one descent finds both. Large ones lie in a table of
/// rows with an index of keys beside it, so that the index stays small.
/// </remarks>
internal sealed class SqliteColumn(Column column)
{
    public const int Select = 0;
    public const int Upsert = 1;
    public const int Delete = 2;
    public const int StatementKinds = 3;

    private readonly string _table = $"\"column_{column.Name}\""; // the name has letters, digits and underscores only

    public string CreateTable => column.Values == ValueSize.Small
        ? $"CREATE TABLE IF NOT EXISTS {_table} (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
        : $"CREATE TABLE IF NOT EXISTS {_table} (key BLOB NOT NULL UNIQUE, value BLOB NOT NULL)";

    public string Text(int kind) => kind switch
    {
        Select => $"SELECT value FROM {_table} WHERE key = ?1",
        Upsert => $"INSERT INTO {_table} (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        _ => $"DELETE FROM {_table} WHERE key = ?1",
    };

    public string Scan(KeyRange range, Direction direction) =>
        $"SELECT key, value FROM {_table}{Where(range)} ORDER BY key{(direction == Direction.Backward ? " DESC" : "")}";

    public string DeleteRange(KeyRange range) => $"DELETE FROM {_table}{Where(range)}";

    private static string Where(KeyRange range) => (range.From, range.Before) switch
    {
        (null, null) => "",
        (not null, null) => " WHERE key >= ?1",
        (null, not null) => " WHERE key < ?1",
        _ => " WHERE key >= ?1 AND key < ?2",
    };
}
