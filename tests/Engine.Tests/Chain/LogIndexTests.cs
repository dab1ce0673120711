using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.State.Store.Sqlite;
using FsCheck;
using FsCheck.Fluent;

namespace Flashback.Engine.Tests.Chain;

/// <summary>The index beside its slow twin, which looks at every log of every block.</summary>
public class LogIndexTests
{
    private const int Addresses = 4, Topics = 5, Blocks = 60;

    [Fact]
    public void A_search_finds_just_the_blocks_that_a_scan_finds()
    {
        using SqliteStore store = SqliteStore.OpenTemporary(BlockDatabase.Columns);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => Agree(store, seed)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_block_that_left_the_chain_is_not_found()
    {
        using SqliteStore store = SqliteStore.OpenTemporary(BlockDatabase.Columns);
        ExecutedBlock[] blocks = BlocksOf(new Random(1));
        WriteBatch batch = new();
        foreach (ExecutedBlock block in blocks)
            LogIndex.Add(batch, block);
        foreach (ExecutedBlock block in blocks.Where(block => block.Number % 2 == 0))
            LogIndex.Remove(batch, block);
        store.Commit(batch);
        LogFilter filter = new([AddressOf(0), AddressOf(1), AddressOf(2), AddressOf(3)], []);
        ulong[] found = [.. LogIndex.Find(store, filter, 0, ulong.MaxValue)];
        Assert.NotEmpty(found);
        Assert.All(found, number => Assert.Equal(1UL, number % 2));
    }

    [Fact]
    public void The_ends_of_the_range_belong_to_it()
    {
        using SqliteStore store = SqliteStore.OpenTemporary(BlockDatabase.Columns);
        WriteBatch batch = new();
        foreach (ulong number in new ulong[] { 0, 5, ulong.MaxValue })
            LogIndex.Add(batch, BlockWith(number, [[new Log(AddressOf(0), [], default)]]));
        store.Commit(batch);
        LogFilter filter = new([AddressOf(0)], []);
        Assert.Equal([0UL, 5, ulong.MaxValue], LogIndex.Find(store, filter, 0, ulong.MaxValue));
        Assert.Equal([5UL], LogIndex.Find(store, filter, 5, 5));
        Assert.Equal([0UL, 5], LogIndex.Find(store, filter, 0, ulong.MaxValue - 1));
    }

    private static bool Agree(SqliteStore store, int seed)
    {
        Random random = new(seed);
        ExecutedBlock[] blocks = BlocksOf(random);
        WriteBatch batch = new();
        batch.DeleteRange(ChainColumns.Logs, KeyRange.All);
        foreach (ExecutedBlock block in blocks)
            LogIndex.Add(batch, block);
        store.Commit(batch, Durability.Buffered);
        for (int i = 0; i < 10; i++)
        {
            LogFilter filter = FilterOf(random);
            ulong first = (ulong)random.Next(Blocks), last = first + (ulong)random.Next(Blocks);
            // the index finds blocks in which each criterion fits some log; that one log fits them all is for who reads the block
            ulong[] may = [.. blocks.Where(block => block.Number >= first && block.Number <= last && MayFit(filter, block)).Select(block => block.Number)];
            ulong[] fits = [.. blocks.Where(block => block.Number >= first && block.Number <= last && Logs(block).Any(filter.Fits)).Select(block => block.Number)];
            ulong[] found = [.. LogIndex.Find(store, filter, first, last)];
            if (!found.SequenceEqual(may) || fits.Except(found).Any())
                return false;
        }
        return true;
    }

    private static bool MayFit(LogFilter filter, ExecutedBlock block) =>
        (filter.Addresses.Count == 0 || Logs(block).Any(log => filter.Addresses.Contains(log.Address)))
        && Enumerable.Range(0, filter.Topics.Count).All(i =>
            filter.Topics[i].Count == 0 || Logs(block).Any(log => log.Topics.Count > i && filter.Topics[i].Contains(log.Topics[i])));

    private static IEnumerable<Log> Logs(ExecutedBlock block) => block.Receipts.SelectMany(receipt => receipt.Logs);

    private static LogFilter FilterOf(Random random)
    {
        while (true)
        {
            LogFilter filter = new(
                [.. Enumerable.Range(0, random.Next(3)).Select(_ => AddressOf(random.Next(Addresses)))],
                [.. Enumerable.Range(0, random.Next(4)).Select(_ => Enumerable.Range(0, random.Next(3)).Select(_ => TopicOf(random.Next(Topics))).ToArray())]);
            if (filter.IsSelective)
                return filter;
        }
    }

    private static ExecutedBlock[] BlocksOf(Random random) =>
        [.. Enumerable.Range(0, Blocks).Select(number => BlockWith(
            (ulong)number, Enumerable.Range(0, random.Next(3)).Select(_ => Enumerable.Range(0, random.Next(3)).Select(_ => LogOf(random)).ToArray())))];

    private static Log LogOf(Random random) =>
        new(AddressOf(random.Next(Addresses)), [.. Enumerable.Range(0, random.Next(5)).Select(_ => TopicOf(random.Next(Topics)))], default);

    private static ExecutedBlock BlockWith(ulong number, IEnumerable<Log[]> logs)
    {
        BlockHeader header = new()
        {
            ParentHash = default,
            Coinbase = default,
            StateRoot = default,
            TransactionsRoot = default,
            ReceiptsRoot = default,
            Number = number,
            GasLimit = 0,
            GasUsed = 0,
            Timestamp = 0,
            PrevRandao = default,
            BaseFeePerGas = 0,
            WithdrawalsRoot = default,
            BlobGasUsed = 0,
            ExcessBlobGas = 0,
            ParentBeaconBlockRoot = default,
        };
        return new ExecutedBlock(new Block(header, [], []), header.Hash(), [], [.. logs.Select(of => new Receipt(TransactionType.Legacy, true, 0, of))]);
    }

    private static Address AddressOf(int number) => ((UInt256)(ulong)(1000 + number)).ToAddress();

    private static Hash32 TopicOf(int number) => ((UInt256)(ulong)number).ToHash32();
}
