using System.Reflection;
using System.Runtime.InteropServices;

namespace Flashback.State.Store.RocksDb;

/// <summary>The functions of RocksDB's C interface that the store uses. Handles are pointers; sizes are bytes; errors are strings to be freed, written only where something fails: pass 0.</summary>
/// <remarks>source: rocksdb/c.h of RocksDB 7.8, the version Debian 12 carries; the functions below have been stable since 6.15.</remarks>
internal static unsafe partial class RocksDbNative
{
    private const string Library = "rocksdb";

    private static readonly string[] FileNames = ["librocksdb.so.7.8", "librocksdb.so.8", "librocksdb.so.9", "librocksdb.so.10", "librocksdb.so", "librocksdb.dylib", "rocksdb.dll"];

    private static readonly nint Handle = Load();

    static RocksDbNative() => NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == Library ? Handle : 0);

    /// <summary>True when the library was found.</summary>
    public static bool IsAvailable => Handle != 0;

    /// <exception cref="StoreException">RocksDB wrote an error.</exception>
    public static void Require(nint error, string path)
    {
        if (error == 0)
            return;
        string message = Marshal.PtrToStringUTF8(error) ?? "unknown error";
        rocksdb_free(error);
        throw new StoreException($"the store {path} failed: {message}");
    }

    private static nint Load()
    {
        foreach (string name in FileNames)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
                return handle;
        }
        return 0;
    }

#pragma warning disable IDE1006, SA1300 // the library's own names
    [LibraryImport(Library)] internal static partial nint rocksdb_options_create();

    [LibraryImport(Library)] internal static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_create_if_missing(nint options, byte value);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_enable_blob_files(nint options, byte value);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_min_blob_size(nint options, ulong bytes);

    [LibraryImport(Library)] internal static partial void rocksdb_options_set_block_based_table_factory(nint options, nint table);

    [LibraryImport(Library)] internal static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_destroy(nint table);

    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_set_filter_policy(nint table, nint policy);

    [LibraryImport(Library)] internal static partial void rocksdb_block_based_options_set_block_cache(nint table, nint cache);

    [LibraryImport(Library)] internal static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)] internal static partial nint rocksdb_cache_create_lru(nuint bytes);

    [LibraryImport(Library)] internal static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint* rocksdb_list_column_families(nint options, string path, out nuint count, ref nint error);

    [LibraryImport(Library)] internal static partial void rocksdb_list_column_families_destroy(nint* names, nuint count);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_column_families(
        nint options, string path, int count, string[] names, nint[] columnOptions, [Out] nint[] columns, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint rocksdb_open_for_read_only_column_families(
        nint options, string path, int count, string[] names, nint[] columnOptions, [Out] nint[] columns, byte failsIfLogExists, ref nint error);

    [LibraryImport(Library)] internal static partial void rocksdb_column_family_handle_destroy(nint column);

    [LibraryImport(Library)] internal static partial void rocksdb_close(nint database);

    [LibraryImport(Library)] internal static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_destroy(nint options);

    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_snapshot(nint options, nint snapshot);

    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_iterate_lower_bound(nint options, nint key, nuint length);

    [LibraryImport(Library)] internal static partial void rocksdb_readoptions_set_iterate_upper_bound(nint options, nint key, nuint length);

    [LibraryImport(Library)] internal static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)] internal static partial void rocksdb_writeoptions_destroy(nint options);

    [LibraryImport(Library)] internal static partial void rocksdb_writeoptions_set_sync(nint options, byte value);

    [LibraryImport(Library)] internal static partial nint rocksdb_get_pinned_cf(nint database, nint options, nint column, byte* key, nuint length, ref nint error);

    [LibraryImport(Library)] internal static partial byte* rocksdb_pinnableslice_value(nint slice, out nuint length);

    [LibraryImport(Library)] internal static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)] internal static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_put_cf(nint batch, nint column, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)] internal static partial void rocksdb_writebatch_delete_cf(nint batch, nint column, byte* key, nuint length);

    [LibraryImport(Library)]
    internal static partial void rocksdb_writebatch_delete_range_cf(nint batch, nint column, byte* from, nuint fromLength, byte* before, nuint beforeLength);

    [LibraryImport(Library)] internal static partial void rocksdb_write(nint database, nint options, nint batch, ref nint error);

    [LibraryImport(Library)] internal static partial nint rocksdb_create_snapshot(nint database);

    [LibraryImport(Library)] internal static partial void rocksdb_release_snapshot(nint database, nint snapshot);

    [LibraryImport(Library)] internal static partial nint rocksdb_create_iterator_cf(nint database, nint options, nint column);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)] internal static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_seek_to_first(nint iterator);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_seek_to_last(nint iterator);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library)] internal static partial byte* rocksdb_iter_key(nint iterator, out nuint length);

    [LibraryImport(Library)] internal static partial byte* rocksdb_iter_value(nint iterator, out nuint length);

    [LibraryImport(Library)] internal static partial void rocksdb_iter_get_error(nint iterator, ref nint error);

    [LibraryImport(Library)] internal static partial void rocksdb_free(nint memory);
#pragma warning restore IDE1006, SA1300
}
