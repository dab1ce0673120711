using System.Runtime.InteropServices;
using static Flashback.State.Store.RocksDb.RocksDbNative;

namespace Flashback.State.Store.RocksDb;

/// <summary>A native iterator with its bounds, which must outlive it and so are kept in memory of their own.</summary>
internal sealed unsafe class RocksDbCursor : IStoreCursor
{
    private readonly RocksDbDatabase _database;
    private readonly RocksDbDatabase.Use _use;
    private readonly Direction _direction;
    private readonly nint _options, _iterator, _from, _before;
    private bool _started, _disposed;

    public RocksDbCursor(RocksDbDatabase database, nint column, KeyRange range, Direction direction, nint snapshot)
    {
        _database = database;
        _use = database.Open();
        _direction = direction;
        _options = rocksdb_readoptions_create();
        if (snapshot != 0)
            rocksdb_readoptions_set_snapshot(_options, snapshot);
        if (range.From is { Length: > 0 } from)
            rocksdb_readoptions_set_iterate_lower_bound(_options, _from = Copy(from), (nuint)from.Length);
        if (range.Before is { } before)
            rocksdb_readoptions_set_iterate_upper_bound(_options, _before = Copy(before), (nuint)before.Length);
        _iterator = rocksdb_create_iterator_cf(database.Pointer, _options, column);
    }

    public ReadOnlySpan<byte> Key
    {
        get
        {
            byte* key = rocksdb_iter_key(_iterator, out nuint length);
            return new ReadOnlySpan<byte>(key, checked((int)length));
        }
    }

    public ReadOnlySpan<byte> Value
    {
        get
        {
            byte* value = rocksdb_iter_value(_iterator, out nuint length);
            return new ReadOnlySpan<byte>(value, checked((int)length));
        }
    }

    public bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_direction == Direction.Forward)
            Step(rocksdb_iter_seek_to_first, rocksdb_iter_next);
        else
            Step(rocksdb_iter_seek_to_last, rocksdb_iter_prev);
        if (rocksdb_iter_valid(_iterator) != 0)
            return true;
        nint error = 0;
        rocksdb_iter_get_error(_iterator, ref error);
        Require(error, _database.Path);
        return false;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        rocksdb_iter_destroy(_iterator);
        rocksdb_readoptions_destroy(_options);
        Marshal.FreeHGlobal(_from);
        Marshal.FreeHGlobal(_before);
        _use.Dispose();
    }

    private void Step(Action<nint> first, Action<nint> next)
    {
        if (!_started)
            first(_iterator);
        else if (rocksdb_iter_valid(_iterator) != 0)
            next(_iterator);
        _started = true;
    }

    private static nint Copy(byte[] bytes)
    {
        nint copy = Marshal.AllocHGlobal(Math.Max(bytes.Length, 1));
        Marshal.Copy(bytes, 0, copy, bytes.Length);
        return copy;
    }
}
