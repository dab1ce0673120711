using System.Text;
using Flashback.Chain;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Chain;

/// <summary>A local chain with some accounts that own something, on disk in a folder or for the test alone.</summary>
internal sealed class DevChain : IDisposable
{
    public const ulong Gwei = 1_000_000_000;
    public const int Accounts = 8;

    public static readonly UInt256 Riches = (UInt256)1_000_000UL * 1_000_000_000_000_000_000UL;

    /// <summary>Emits a log with the first two words of its input as topics.</summary>
    public static readonly Address Logger = ((UInt256)0x106UL).ToAddress();

    /// <summary>Burns all its gas.</summary>
    public static readonly Address Burner = ((UInt256)0xb0fUL).ToAddress();

    /// <summary>Sends all it has to the block's producer: and so all that who delegates to it has.</summary>
    public static readonly Address Drain = ((UInt256)0xd4aUL).ToAddress();

    private static readonly Secp256k1SecretKey[] Keys = [.. Enumerable.Range(1, Accounts + 64).Select(KeyOf)];

    public DevChain(
        string? folder = null, string fork = "osaka", PoolOptions? pool = null, ChainOptions? chain = null, ulong gasLimit = 30_000_000, string forkTimes = "",
        TimeProvider? clock = null)
    {
        IReadOnlyList<Column> columns = [.. ChainService.Columns, .. TransactionPool.Columns];
        Store = folder is null ? SqliteStore.OpenTemporary(columns) : SqliteStore.Open(folder, columns);
        Genesis = GenesisOf(fork, gasLimit, forkTimes);
        Time = clock ?? TimeProvider.System;
        Chain = ChainService.Open(Store, Genesis, chain ?? new ChainOptions(), new WorldStateOptions { CacheBytes = 16 << 20 }, NullLogger<ChainService>.Instance);
        Pool = new TransactionPool(Chain, pool ?? new PoolOptions(), Store, Time, NullLogger<TransactionPool>.Instance);
        Builder = new BlockBuilder(Chain, Pool, Time);
    }

    public IStore Store { get; }

    public Genesis Genesis { get; }

    public TimeProvider Time { get; }

    public ChainService Chain { get; }

    public TransactionPool Pool { get; }

    public BlockBuilder Builder { get; }

    public ExecutedBlock Head => Chain.Snapshot.Head;

    public static Address AddressOf(int account) => Keys[account].PublicKey.ToAddress();

    public void Dispose()
    {
        Pool.Dispose();
        Chain.Dispose();
    }

    /// <summary>A signed transaction: a transfer of one wei, but for what is changed.</summary>
    public static Transaction Sign(int account, ulong nonce, Func<Transaction, Transaction>? change = null, ulong tip = Gwei, ulong fee = 100 * Gwei)
    {
        Transaction transaction = new()
        {
            Type = TransactionType.DynamicFee,
            ChainId = 1337,
            Nonce = nonce,
            MaxPriorityFeePerGas = tip,
            MaxFeePerGas = fee,
            GasLimit = 21_000,
            To = AddressOf((account + 1) % Accounts),
            Value = 1,
        };
        transaction = change?.Invoke(transaction) ?? transaction;
        return transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), Keys[account]) };
    }

    public static Authorization Authorize(int account, ulong nonce, Address target)
    {
        Authorization draft = new(1337, target, nonce, 0, 0, 0);
        byte[] fields = Rlp.Encode(new Tuple(draft));
        RecoverableSignature signature = Secp256k1.Sign(Keccak.Hash256([5, .. fields]), Keys[account]);
        return draft with { YParity = (byte)signature.YParity, R = signature.R, S = signature.S };
    }

    /// <summary>A transaction whose log has these topics.</summary>
    public static Transaction Log(int account, ulong nonce, ulong first, ulong second) => Sign(
        account, nonce,
        t => t with { To = Logger, GasLimit = 60_000, Value = 0, Input = (byte[])[.. ((UInt256)first).ToHash32().AsSpan(), .. ((UInt256)second).ToHash32().AsSpan()] });

    public PooledTransaction Accept(Transaction transaction, BlobSidecar? sidecar = null)
    {
        PoolOutcome outcome = Pool.Add(transaction, sidecar);
        Assert.True(outcome is PoolOutcome.Accepted, (outcome as PoolOutcome.Refused)?.Message);
        return ((PoolOutcome.Accepted)outcome).Transaction;
    }

    public PoolOutcome.Refused Refuse(PoolRule rule, Transaction transaction, BlobSidecar? sidecar = null)
    {
        PoolOutcome.Refused refused = Assert.IsType<PoolOutcome.Refused>(Pool.Add(transaction, sidecar));
        Assert.True(rule == refused.Reason.Rule, refused.Message);
        return refused;
    }

    public static BlockAttributes Attributes(ExecutedBlock parent, byte mark = 0) =>
        new(parent.Header.Timestamp + 1, ((UInt256)0xc0ffeeUL).ToAddress(), parent.Header.GasLimit, Keccak.Hash256([mark]), default, default);

    /// <summary>A block with these transactions after a parent, kept but not made the head; the mark tells blocks with the same content apart.</summary>
    public ExecutedBlock Extend(ExecutedBlock parent, byte mark, params Transaction[] transactions)
    {
        Assert.True(Chain.TryOpenState(parent.Header, out StateView? state));
        BlockHeader draft = Attributes(parent, mark).Draft(parent.Header, Chain.Config);
        Assert.Null(Chain.Executor.Begin(draft, state, new Ancestors(Chain.Blocks, parent.Header), default(NoHooks), out BlockExecution<NoHooks> execution));
        foreach (Transaction transaction in transactions)
        {
            Assert.True(transaction.TryRecoverSender(out Address sender));
            Assert.Null(execution.Execute(transaction, sender));
        }
        Assert.Null(execution.Finish([], out BlockResult? result));
        Block block = result!.Seal(draft, transactions, [], state.Apply(result.Diff).Root);
        return Assert.IsType<ImportOutcome.Imported>(Chain.Import(block)).Block;
    }

    /// <summary>A block that becomes the head.</summary>
    public ExecutedBlock Adopt(ExecutedBlock parent, byte mark, params Transaction[] transactions)
    {
        ExecutedBlock block = Extend(parent, mark, transactions);
        SetHead(block);
        return block;
    }

    public void SetHead(ExecutedBlock block)
    {
        ChainSnapshot now = Chain.Snapshot;
        Assert.True(Chain.SetHead(block.Hash, now.Finalized.Hash(), now.Finalized.Hash()));
    }

    /// <summary>Puts a block together from the pool, as far as it fits, and makes it the head; some blocks behind it are final.</summary>
    public ExecutedBlock Mine()
    {
        const ulong FinalDepth = 64;
        ChainSnapshot parent = Chain.Snapshot;
        BuiltBlock built = Builder.Build(parent, Attributes(parent.Head), [], TimeSpan.FromMinutes(1), CancellationToken.None);
        Chain.Import(built.Block, built.After, built.Claims);
        ulong final = Math.Max(parent.Finalized.Number, built.Block.Number - Math.Min(FinalDepth, built.Block.Number));
        Assert.True(Chain.Blocks.TryGetHash(final, out Hash32 finalized));
        Assert.True(Chain.SetHead(built.Block.Hash, finalized, finalized));
        return built.Block;
    }

    /// <summary>Mines whenever there is a transaction, until it is told to stop.</summary>
    public Task MineUntilAsync(CancellationToken stop) => Task.Run(
        async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (Pool.Count.Pending > 0)
                    Mine();
                else
                    await Task.Delay(1, CancellationToken.None);
            }
        },
        CancellationToken.None);

    private static Secp256k1SecretKey KeyOf(int number)
    {
        Assert.True(Secp256k1SecretKey.TryDecode(((UInt256)(ulong)(7777 + number)).ToHash32().AsSpan(), out Secp256k1SecretKey? key));
        return key;
    }

    internal static Genesis GenesisOf(string fork, ulong gasLimit, string forkTimes)
    {
        string times = forkTimes.Length > 0 ? forkTimes : fork switch
        {
            "cancun" => "\"cancunTime\": 0",
            "prague" => "\"cancunTime\": 0, \"pragueTime\": 0",
            _ => "\"cancunTime\": 0, \"pragueTime\": 0, \"osakaTime\": 0",
        };
        string alloc = string.Join(",\n", Enumerable.Range(0, Accounts).Select(i => $"\"{AddressOf(i)}\": {{ \"balance\": \"{Riches}\" }}"));
        string json = $$"""
            {
              "config": { "chainId": 1337, {{times}}, "blobSchedule": {
                "cancun": { "target": 3, "max": 6, "baseFeeUpdateFraction": 3338477 },
                "prague": { "target": 6, "max": 9, "baseFeeUpdateFraction": 5007716 },
                "osaka": { "target": 6, "max": 9, "baseFeeUpdateFraction": 5007716 } } },
              "timestamp": "0x10", "gasLimit": "{{gasLimit}}", "difficulty": "0x0", "baseFeePerGas": "0x3b9aca00",
              "alloc": {
                {{alloc}},
                "{{Logger}}": { "balance": "0", "code": "0x60203560003560006000a2" },
                "{{Burner}}": { "balance": "0", "code": "0x5b600056" },
                "{{Drain}}": { "balance": "0", "code": "0x600060006000600047415af1" },
                "{{ClosingCall.WithdrawalRequests.Contract}}": { "balance": "0", "nonce": "1", "code": "0x00" },
                "{{ClosingCall.ConsolidationRequests.Contract}}": { "balance": "0", "nonce": "1", "code": "0x00" }
              }
            }
            """;
        Assert.True(Genesis.TryParse(Encoding.UTF8.GetBytes(json), out Genesis? genesis, out GenesisFault fault), fault.ToString());
        return genesis!;
    }

    private readonly record struct Tuple(Authorization Authorization) : IRlpEncodable
    {
        public void WriteTo(ref RlpWriter writer)
        {
            RlpListMark list = writer.BeginList();
            writer.Write(Authorization.ChainId);
            writer.WriteFixed(Authorization.Target);
            writer.Write(Authorization.Nonce);
            writer.EndList(list);
        }
    }
}
