using System.Text;
using BenchmarkDotNet.Attributes;
using Flashback.Chain;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Benchmarks.Chain;

/// <summary>The way of 1,000 transfers of 100 senders onto the chain, per transaction: into the pool, into a block, onto the disk.</summary>
[MemoryDiagnoser]
public class PoolBenchmarks : IDisposable
{
    private const int Transfers = 1000;
    private const int Senders = 100;

    private Secp256k1SecretKey[] _keys = [];
    private Transaction[] _transactions = [];
    private Genesis _genesis = null!;
    private ChainService _chain = null!;
    private TransactionPool _pool = null!;
    private BlockBuilder _builder = null!;

    [GlobalSetup]
    public void Sign()
    {
        _keys = [.. Enumerable.Range(0, Senders).Select(_ => Secp256k1SecretKey.Generate())];
        _transactions = [.. Enumerable.Range(0, Transfers).Select(i => Transfer(_keys[i % Senders], (ulong)(i / Senders)))];
        string alloc = string.Join(',', _keys.Select(key => $"\"{key.PublicKey.ToAddress()}\": {{ \"balance\": \"0xde0b6b3a7640000\" }}"));
        string json = $$"""
            { "config": { "chainId": 1337, "cancunTime": 0, "blobSchedule": { "cancun": { "target": 3, "max": 6, "baseFeeUpdateFraction": 3338477 } } },
              "gasLimit": "0x3938700", "difficulty": "0x0", "alloc": { {{alloc}} } }
            """;
        if (!Genesis.TryParse(Encoding.UTF8.GetBytes(json), out Genesis? genesis, out GenesisFault fault))
            throw new InvalidOperationException(fault.ToString());
        _genesis = genesis!;
    }

    [IterationSetup(Target = nameof(IntoThePool))]
    public void OpenEmpty()
    {
        IReadOnlyList<Column> columns = [.. ChainService.Columns, .. TransactionPool.Columns];
        IStore store = SqliteStore.OpenTemporary(columns);
        _chain = ChainService.Open(store, _genesis, new ChainOptions(), new WorldStateOptions(), NullLogger<ChainService>.Instance);
        _pool = new TransactionPool(_chain, new PoolOptions(), store, TimeProvider.System, NullLogger<TransactionPool>.Instance);
        _builder = new BlockBuilder(_chain, _pool, TimeProvider.System);
    }

    [IterationSetup(Targets = [nameof(IntoABlock), nameof(OntoTheChain)])]
    public void OpenFull()
    {
        OpenEmpty();
        IntoThePool();
    }

    [IterationCleanup]
    public void Dispose()
    {
        _pool.Dispose();
        _chain.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Transfers)]
    public int IntoThePool()
    {
        Parallel.ForEach(_transactions, transaction => _pool.Add(transaction));
        return _pool.Count.Pending == Transfers ? Transfers : throw new InvalidOperationException("not all are in the pool");
    }

    [Benchmark(OperationsPerInvoke = Transfers)]
    public BuiltBlock IntoABlock()
    {
        BlockHeader head = _chain.Snapshot.Head.Header;
        BlockAttributes attributes = new(head.Timestamp + 1, default, head.GasLimit, default, default, default);
        BuiltBlock built = _builder.Build(_chain.Snapshot, attributes, [], TimeSpan.FromMinutes(1), CancellationToken.None);
        return built.Block.Receipts.Count == Transfers ? built : throw new InvalidOperationException("not all are in the block");
    }

    [Benchmark(OperationsPerInvoke = Transfers)]
    public ExecutedBlock OntoTheChain()
    {
        BuiltBlock built = IntoABlock();
        _chain.Import(built.Block, built.After, built.Claims);
        return _chain.SetHead(built.Block.Hash, built.Block.Header.ParentHash, built.Block.Header.ParentHash) ? built.Block : throw new InvalidOperationException("the block is not the head");
    }

    private static Transaction Transfer(Secp256k1SecretKey key, ulong nonce)
    {
        Transaction draft = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = 1337,
            Nonce = nonce,
            MaxPriorityFeePerGas = 1_000_000_000,
            MaxFeePerGas = 20_000_000_000,
            GasLimit = 21_000,
            To = ((UInt256)(nonce + 7)).ToAddress(),
            Value = 1,
        };
        return draft with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(draft), key) };
    }
}
