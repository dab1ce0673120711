using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;

namespace Flashback.Benchmarks.State;

/// <summary>A state of 1,000,000 accounts; one in 256 has a word of storage. In the system's temporary folder.</summary>
[MemoryDiagnoser]
public class StateBenchmarks
{
    private const int Accounts = 1_000_000;
    private const int PerBlock = 50_000;
    private const int Changed = 10_000;
    private const int Reads = 1_000;

    /// <summary>Filling takes long, so it is done once per engine, not per benchmark.</summary>
    private static readonly Dictionary<string, IStore> Filled = [];

    private WorldState _world = null!;
    private StateView _view = null!;
    private ulong _next;

    [Params("sqlite", "rocksdb")]
    public string Engine { get; set; } = "";

    /// <summary>In MiB: most of the state, or nearly nothing of it.</summary>
    [Params(1024, 16)]
    public int Cache { get; set; }

    [GlobalSetup]
    public void Open()
    {
        if (!Filled.TryGetValue(Engine, out IStore? store))
            Filled.Add(Engine, store = Fill());
        OpenWorld(store);
    }

    private IStore Fill()
    {
        string folder = Directory.CreateTempSubdirectory("flashback-bench-").FullName;
        IStore store = Engine == "sqlite" ? SqliteStore.Open(folder, WorldState.Columns) : RocksDbStore.Open(folder, WorldState.Columns);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            store.Dispose();
            Directory.Delete(folder, recursive: true);
        };
        OpenWorld(store);
        for (int first = 0; first < Accounts; first += PerBlock)
            AddAndFlatten(_view.Apply(Diff(Enumerable.Range(first, PerBlock).Select(n => (ulong)n))));
        return store;
    }

    private void OpenWorld(IStore store)
    {
        _world = new WorldState(store, new WorldStateOptions { CacheBytes = (long)Cache << 20, KeptBlocks = 4 });
        OpenDisk();
    }

    /// <summary>The root after 10,000 changed accounts; nothing is written.</summary>
    [Benchmark]
    public Hash32 Root10000() => _view.Apply(ScatteredDiff()).Root;

    /// <summary>The same, and the state and its history written to disk.</summary>
    [Benchmark]
    public void Commit10000() => AddAndFlatten(_view.Apply(ScatteredDiff()));

    [Benchmark(OperationsPerInvoke = Reads)]
    public ulong ReadAccount()
    {
        ulong nonces = 0;
        for (int i = 0; i < Reads; i++)
        {
            _view.TryGetAccount(AddressOf(Scattered()), out Account account);
            nonces += account.Nonce;
        }
        return nonces;
    }

    [Benchmark]
    public int ProveAccount() => _view.Prove(AddressOf(Scattered()), []).Nodes.Count;

    private StateDiff ScatteredDiff()
    {
        HashSet<ulong> changed = [];
        while (changed.Count < Changed)
            changed.Add(Scattered());
        return Diff(changed);
    }

    private StateDiff Diff(IEnumerable<ulong> accounts)
    {
        ulong nonce = (ulong)_world.Disk.Number + 2; // another one in every block
        return new StateDiff(
            [.. accounts.Select(n => new AccountDiff(AddressOf(n), new Account(nonce, 1_000_000_007 * n, Keccak.OfNothing), false, n % 256 == 0 ? [new(1, nonce)] : []))],
            new Dictionary<Hash32, ReadOnlyMemory<byte>>());
    }

    private void AddAndFlatten(StateView state)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, _world.Disk.Number + 2);
        Hash32 hash = Hash32.Read(bytes);
        _world.Add(_world.Disk.Hash, hash, state);
        _world.Flatten(hash);
        OpenDisk();
    }

    private void OpenDisk() => _view = _world.TryOpen(_world.Disk.Hash, out StateView? view) ? view : throw new InvalidOperationException("the state on disk is there");

    /// <summary>Account numbers in an order that scatters them.</summary>
    private ulong Scattered() => (_next += 7919) * 0x9e3779b97f4a7c15 % Accounts;

    private static Address AddressOf(ulong n)
    {
        Span<byte> bytes = stackalloc byte[20];
        bytes.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, n);
        return Address.Read(bytes);
    }
}
