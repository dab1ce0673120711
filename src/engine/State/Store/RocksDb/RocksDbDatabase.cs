using System.Runtime.InteropServices;
using static Flashback.State.Store.RocksDb.RocksDbNative;

namespace Flashback.State.Store.RocksDb;

/// <summary>The open database. It is closed when the store is disposed and the last call, cursor and snapshot that uses it has ended.</summary>
internal sealed class RocksDbDatabase : SafeHandle
{
    private readonly StoreFolder _folder;
    private readonly nint[] _columns;

    public RocksDbDatabase(nint database, nint[] columns, StoreFolder folder)
        : base(0, ownsHandle: true)
    {
        _folder = folder;
        _columns = columns;
        ReadOptions = rocksdb_readoptions_create();
        SyncedWrites = rocksdb_writeoptions_create();
        rocksdb_writeoptions_set_sync(SyncedWrites, 1);
        BufferedWrites = rocksdb_writeoptions_create();
        SetHandle(database);
    }

    public override bool IsInvalid => handle == 0;

    public nint Pointer => handle;

    public string Path => _folder.Path;

    public nint ReadOptions { get; }

    public nint SyncedWrites { get; }

    public nint BufferedWrites { get; }

    /// <summary>Keeps the database open until the returned value is disposed.</summary>
    /// <exception cref="ObjectDisposedException">The store has been disposed.</exception>
    public Use Open()
    {
        bool added = false;
        DangerousAddRef(ref added);
        return new Use(this);
    }

    protected override bool ReleaseHandle()
    {
        foreach (nint column in _columns)
            rocksdb_column_family_handle_destroy(column);
        rocksdb_close(handle);
        rocksdb_readoptions_destroy(ReadOptions);
        rocksdb_writeoptions_destroy(SyncedWrites);
        rocksdb_writeoptions_destroy(BufferedWrites);
        _folder.Dispose();
        return true;
    }

    internal readonly struct Use(RocksDbDatabase database) : IDisposable
    {
        public void Dispose() => database.DangerousRelease();
    }
}
