using System.Runtime.InteropServices;
using static Flashback.State.Store.RocksDb.RocksDbNative;

namespace Flashback.State.Store.RocksDb;

/// <summary>RocksDB, for machines that have it: quicker writes on large states than the default. Chosen by <c>--db rocksdb</c>.</summary>
/// <remarks>Debian's package is librocksdb7.8. A column is a column family; large values go to blob files; a batch is one write to the log.</remarks>
public sealed unsafe class RocksDbStore : IStore
{
    private const string Engine = "rocksdb";
    private const ulong BlobThreshold = 4096;
    private const int BlockCacheBytes = 256 << 20;
    private const double BloomBitsPerKey = 10; // one false look-up in a hundred

    private readonly RocksDbDatabase _database;
    private readonly Dictionary<Column, nint> _columns;

    private RocksDbStore(RocksDbDatabase database, Dictionary<Column, nint> columns)
    {
        _database = database;
        _columns = columns;
    }

    /// <summary>True when the native library is on this machine.</summary>
    public static bool IsAvailable => RocksDbNative.IsAvailable;

    /// <summary>Opens the store in a folder, making it if it is not there.</summary>
    /// <param name="folder">A folder for this store alone.</param>
    /// <param name="columns">Every column that will be used. New ones are added; those left out keep their content.</param>
    /// <exception cref="StoreException">The library is not there, or the folder is in use, of another layout, damaged, or cannot be written.</exception>
    public static RocksDbStore Open(string folder, IReadOnlyList<Column> columns) => Open(columns, StoreAccess.ReadWrite, () => StoreFolder.Take(folder, Engine));

    /// <summary>Opens the store in a folder to look at it: nothing in it changes, and <see cref="Commit"/> fails.</summary>
    /// <param name="folder">The folder of a store.</param>
    /// <param name="columns">Every column that will be read.</param>
    /// <exception cref="StoreException">The library or the store is not there, or the store is in use, of another layout, or damaged.</exception>
    public static RocksDbStore OpenReadOnly(string folder, IReadOnlyList<Column> columns) => Open(columns, StoreAccess.ReadOnly, () => StoreFolder.TakeExisting(folder, Engine));

    private static RocksDbStore Open(IReadOnlyList<Column> columns, StoreAccess access, Func<StoreFolder> take)
    {
        if (!IsAvailable)
            throw new StoreException("RocksDB is not on this machine: install librocksdb (Debian: apt install librocksdb7.8), or leave out --db rocksdb");
        StoreFolder taken = take();
        try
        {
            return OpenTaken(taken, columns, access);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        using RocksDbDatabase.Use use = _database.Open();
        return Get(_database.ReadOptions, HandleOf(column), key);
    }

    /// <inheritdoc/>
    public int Read(Column column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        using RocksDbDatabase.Use use = _database.Open();
        return Read(_database.ReadOptions, HandleOf(column), key, destination);
    }

    /// <inheritdoc/>
    public IStoreCursor Scan(Column column, KeyRange range, Direction direction = Direction.Forward)
    {
        using RocksDbDatabase.Use use = _database.Open();
        return new RocksDbCursor(_database, HandleOf(column), range, direction, snapshot: 0);
    }

    /// <inheritdoc/>
    public void Commit(WriteBatch batch, Durability durability = Durability.Synced)
    {
        using RocksDbDatabase.Use use = _database.Open();
        nint native = rocksdb_writebatch_create();
        try
        {
            foreach (WriteBatch.Operation operation in batch.Operations)
                Add(native, batch, operation);
            nint error = 0;
            rocksdb_write(_database.Pointer, durability == Durability.Synced ? _database.SyncedWrites : _database.BufferedWrites, native, ref error);
            Require(error, _database.Path);
        }
        finally
        {
            rocksdb_writebatch_destroy(native);
        }
    }

    /// <inheritdoc/>
    public IStoreSnapshot OpenSnapshot()
    {
        using RocksDbDatabase.Use use = _database.Open();
        return new RocksDbSnapshot(this, _database, rocksdb_create_snapshot(_database.Pointer));
    }

    /// <summary>Closes the store. Open cursors and snapshots stay readable, and hold the folder until they are disposed too.</summary>
    public void Dispose() => _database.Dispose();

    internal nint HandleOf(Column column) => _columns.TryGetValue(column, out nint handle)
        ? handle
        : throw new ArgumentException($"the store was opened without the column {column}", nameof(column));

    internal byte[]? Get(nint options, nint column, ReadOnlySpan<byte> key)
    {
        nint slice = GetPinned(options, column, key);
        if (slice == 0)
            return null;
        byte* value = rocksdb_pinnableslice_value(slice, out nuint length);
        byte[] copy = new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
        rocksdb_pinnableslice_destroy(slice);
        return copy;
    }

    internal int Read(nint options, nint column, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        nint slice = GetPinned(options, column, key);
        if (slice == 0)
            return -1;
        byte* value = rocksdb_pinnableslice_value(slice, out nuint length);
        ReadOnlySpan<byte> bytes = new(value, checked((int)length));
        if (bytes.Length <= destination.Length)
            bytes.CopyTo(destination);
        rocksdb_pinnableslice_destroy(slice);
        return (int)length;
    }

    private static RocksDbStore OpenTaken(StoreFolder folder, IReadOnlyList<Column> columns, StoreAccess access)
    {
        string path = Path.Combine(folder.Path, "rocksdb");
        List<nint> options = [];
        nint cache = rocksdb_cache_create_lru(BlockCacheBytes);
        try
        {
            nint small = Options(cache, ValueSize.Small), large = Options(cache, ValueSize.Large);
            options.AddRange([small, large]);
            // RocksDB opens all column families it has or none: "default" always exists, and columns of a newer version may.
            Dictionary<string, Column?> wanted = Existing(small, path).ToDictionary(name => name, Column? (_) => null);
            foreach (Column column in columns)
                wanted[column.Name] = column;
            string[] names = [.. wanted.Keys];
            nint[] columnOptions = [.. wanted.Values.Select(column => column?.Values == ValueSize.Large ? large : small)];
            nint[] handles = new nint[names.Length];
            nint error = 0;
            nint database = access == StoreAccess.ReadOnly
                ? rocksdb_open_for_read_only_column_families(small, path, names.Length, names, columnOptions, handles, failsIfLogExists: 0, ref error)
                : rocksdb_open_column_families(small, path, names.Length, names, columnOptions, handles, ref error);
            Require(error, path);
            return new RocksDbStore(
                new RocksDbDatabase(database, handles, folder), columns.ToDictionary(column => column, column => handles[Array.IndexOf(names, column.Name)]));
        }
        finally
        {
            options.ForEach(rocksdb_options_destroy);
            rocksdb_cache_destroy(cache); // the open database keeps its own share of it
        }
    }

    private static nint Options(nint cache, ValueSize values)
    {
        nint options = rocksdb_options_create();
        rocksdb_options_set_create_if_missing(options, 1);
        rocksdb_options_set_create_missing_column_families(options, 1);
        rocksdb_options_set_keep_log_file_num(options, 2);
        if (values == ValueSize.Large)
        {
            rocksdb_options_set_enable_blob_files(options, 1);
            rocksdb_options_set_min_blob_size(options, BlobThreshold);
        }
        nint table = rocksdb_block_based_options_create();
        rocksdb_block_based_options_set_block_cache(table, cache);
        rocksdb_block_based_options_set_filter_policy(table, rocksdb_filterpolicy_create_bloom_full(BloomBitsPerKey));
        rocksdb_options_set_block_based_table_factory(options, table);
        rocksdb_block_based_options_destroy(table);
        return options;
    }

    private static List<string> Existing(nint options, string path)
    {
        if (!File.Exists(Path.Combine(path, "CURRENT")))
            return ["default"];
        nint error = 0;
        nint* names = rocksdb_list_column_families(options, path, out nuint count, ref error);
        Require(error, path);
        List<string> existing = [];
        for (nuint i = 0; i < count; i++)
            existing.Add(Marshal.PtrToStringUTF8(names[i])!);
        rocksdb_list_column_families_destroy(names, count);
        return existing;
    }

    private nint GetPinned(nint options, nint column, ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = key)
        {
            nint error = 0;
            nint slice = rocksdb_get_pinned_cf(_database.Pointer, options, column, bytes, (nuint)key.Length, ref error);
            Require(error, _database.Path);
            return slice;
        }
    }

    private void Add(nint native, WriteBatch batch, in WriteBatch.Operation operation)
    {
        nint column = HandleOf(operation.Column);
        if (operation.Kind == WriteBatch.OperationKind.DeleteRange)
        {
            DeleteRange(native, batch, operation, column);
            return;
        }
        ReadOnlySpan<byte> key = batch.BytesOf(operation.Key!.Value);
        fixed (byte* k = key)
        {
            if (operation.Kind == WriteBatch.OperationKind.Delete)
            {
                rocksdb_writebatch_delete_cf(native, column, k, (nuint)key.Length);
                return;
            }
            ReadOnlySpan<byte> value = batch.BytesOf(operation.Value!.Value);
            fixed (byte* v = value)
                rocksdb_writebatch_put_cf(native, column, k, (nuint)key.Length, v, (nuint)value.Length);
        }
    }

    /// <summary>RocksDB's ranges have an end always. An open one ends after the last key there is or that the batch itself puts.</summary>
    private void DeleteRange(nint native, WriteBatch batch, in WriteBatch.Operation operation, nint column)
    {
        KeyRange range = batch.RangeOf(operation);
        byte[] from = range.From ?? [];
        byte[] before = range.Before ?? AfterLast(batch, operation.Column, column);
        if (from.AsSpan().SequenceCompareTo(before) >= 0)
            return;
        fixed (byte* f = from)
        fixed (byte* b = before)
            rocksdb_writebatch_delete_range_cf(native, column, f, (nuint)from.Length, b, (nuint)before.Length);
    }

    private byte[] AfterLast(WriteBatch batch, Column column, nint handle)
    {
        byte[] last = [];
        using (RocksDbCursor cursor = new(_database, handle, KeyRange.All, Direction.Backward, snapshot: 0))
        {
            if (cursor.MoveNext())
                last = cursor.Key.ToArray();
        }
        foreach (WriteBatch.Operation put in batch.Operations.Where(o => o.Kind == WriteBatch.OperationKind.Put && o.Column == column))
        {
            if (batch.BytesOf(put.Key!.Value).SequenceCompareTo(last) > 0)
                last = batch.BytesOf(put.Key!.Value).ToArray();
        }
        return [.. last, 0];
    }
}
