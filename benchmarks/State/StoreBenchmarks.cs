using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;

namespace Flashback.Benchmarks.State;

/// <summary>200,000 entries of 32-byte keys and 70-byte values (an account, about), in the system's temporary folder.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Entries = 200_000;
    private const int BatchSize = 1_000;
    private static readonly Column Accounts = new("accounts");

    private readonly byte[] _key = new byte[32];
    private readonly byte[] _value = new byte[70];
    private readonly WriteBatch _batch = new();
    private string _folder = "";
    private IStore _store = null!;
    private ulong _next;

    [Params("sqlite", "rocksdb")]
    public string Engine { get; set; } = "";

    [GlobalSetup]
    public void Fill()
    {
        _folder = Directory.CreateTempSubdirectory("flashback-bench-").FullName;
        _store = Engine == "sqlite" ? SqliteStore.Open(_folder, [Accounts]) : RocksDbStore.Open(_folder, [Accounts]);
        for (int i = 0; i < Entries / BatchSize; i++)
            Write1000Synced();
    }

    [GlobalCleanup]
    public void Remove()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public int ReadRandom() => _store.Read(Accounts, Key(_next += 7919), _value);

    [Benchmark]
    public int ReadMissing() => _store.Read(Accounts, Key(ulong.MaxValue - _next++), _value);

    [Benchmark]
    public void Write1Synced() => Write(1, Durability.Synced);

    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void Write1000Synced() => Write(BatchSize, Durability.Synced);

    [Benchmark(OperationsPerInvoke = BatchSize)]
    public void Write1000Buffered() => Write(BatchSize, Durability.Buffered);

    [Benchmark(OperationsPerInvoke = 10_000)]
    public int Scan10000()
    {
        int bytes = 0;
        using IStoreCursor cursor = _store.Scan(Accounts, KeyRange.All);
        for (int i = 0; i < 10_000 && cursor.MoveNext(); i++)
            bytes += cursor.Key.Length + cursor.Value.Length;
        return bytes;
    }

    private void Write(int count, Durability durability)
    {
        _batch.Clear();
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(_value, _next); // SQLite writes nothing where nothing changes
            _batch.Put(Accounts, Key(_next++), _value);
        }
        _store.Commit(_batch, durability);
    }

    /// <summary>The same entries over and over, in an order that scatters them.</summary>
    private byte[] Key(ulong n)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_key, n % Entries * 0x9e3779b97f4a7c15);
        return _key;
    }
}
