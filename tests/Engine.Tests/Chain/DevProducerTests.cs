using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Chain;

public class DevProducerTests
{
    [Fact]
    public async Task Without_a_block_time_each_transaction_comes_into_a_block_and_there_are_no_empty_ones()
    {
        using DevChain dev = new();
        using CancellationTokenSource stop = new();
        Task running = dev.Producer().RunAsync(stop.Token);
        for (ulong nonce = 0; nonce < 3; nonce++)
        {
            Transaction transaction = DevChain.Sign(0, nonce);
            dev.Accept(transaction);
            await UntilAsync(() => dev.Chain.Blocks.TryFind(transaction.Hash(), out _));
        }
        await stop.CancelAsync();
        await running;
        Assert.Equal(3UL, dev.Head.Number);
    }

    [Fact]
    public async Task Transactions_that_were_there_before_it_started_come_into_a_block()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        using CancellationTokenSource stop = new();
        Task running = dev.Producer().RunAsync(stop.Token);
        await UntilAsync(() => dev.Head.Number == 1);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Transactions_that_cannot_be_executed_make_no_empty_blocks()
    {
        using DevChain dev = new();
        using CancellationTokenSource stop = new();
        dev.Accept(DevChain.Sign(0, 0, null, 1, 1)); // below the base fee
        Task running = dev.Producer().RunAsync(stop.Token);
        dev.Accept(DevChain.Sign(1, 1)); // waits
        dev.Accept(DevChain.Sign(2, 0));
        await UntilAsync(() => dev.Pool.Count == (1, 1));
        await stop.CancelAsync();
        await running;
        Assert.Equal(1UL, dev.Head.Number);
    }

    [Fact]
    public async Task With_a_block_time_there_are_blocks_even_if_empty()
    {
        using DevChain dev = new();
        using CancellationTokenSource stop = new();
        Task running = dev.Producer(new DevOptions { BlockTime = TimeSpan.FromMilliseconds(20) }).RunAsync(stop.Token);
        await UntilAsync(() => dev.Head.Number >= 3);
        Assert.Throws<InvalidOperationException>(() => { _ = dev.Producer().RunAsync(TestContext.Current.CancellationToken); });
        await stop.CancelAsync();
        await running;
        ulong number = dev.Head.Number;
        await Task.Delay(60, TestContext.Current.CancellationToken);
        Assert.Equal(number, dev.Head.Number);
        using CancellationTokenSource again = new();
        await again.CancelAsync();
        await dev.Producer().RunAsync(again.Token); // the first one has let go
    }

    [Fact]
    public void Blocks_are_made_on_demand_with_what_producers_decide()
    {
        using DevChain dev = new(clock: new StoppedClock(1_000_000));
        DevProducer producer = dev.Producer(new DevOptions { Coinbase = DevChain.Logger, GasLimit = 60_000_000, SafeDepth = 2, FinalizedDepth = 4 });
        IReadOnlyList<ExecutedBlock> mined = producer.Mine(6);
        Assert.Equal([1UL, 2, 3, 4, 5, 6], mined.Select(block => block.Number));
        Assert.Equal([1_000_000UL, 1_000_001, 1_000_002, 1_000_003, 1_000_004, 1_000_005], mined.Select(block => block.Header.Timestamp));
        Assert.All(mined, block => Assert.Equal(DevChain.Logger, block.Header.Coinbase));
        Assert.Equal(6, mined.Select(block => block.Header.PrevRandao).Distinct().Count());
        Assert.Equal(30_000_000UL + 30_000_000 / 1024 - 1, mined[0].Header.GasLimit);
        Assert.Equal((4UL, 2UL), (dev.Chain.Snapshot.Safe.Number, dev.Chain.Snapshot.Finalized.Number));
    }

    [Fact]
    public void Warped_time_is_the_time_of_the_next_block()
    {
        using DevChain dev = new(clock: new StoppedClock(1_000_000));
        dev.Time.Advance(TimeSpan.FromDays(10));
        Assert.Equal(1_000_000UL + 864_000, dev.Producer().Mine(1)[0].Header.Timestamp);
        Assert.Throws<ArgumentOutOfRangeException>(() => dev.Time.Advance(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => dev.Time.Advance(TimeSpan.MaxValue));
    }

    [Fact]
    public void After_the_head_went_back_blocks_go_on_from_there_and_nothing_final_is_undone()
    {
        using DevChain dev = new();
        DevProducer producer = dev.Producer(new DevOptions { SafeDepth = 3, FinalizedDepth = 5 });
        IReadOnlyList<ExecutedBlock> mined = producer.Mine(10);
        Hash32 finalized = dev.Chain.Snapshot.Finalized.Hash();
        Assert.True(dev.Chain.SetHead(mined[6].Hash, mined[6].Hash, finalized));
        ExecutedBlock next = producer.Mine(1)[0];
        Assert.Equal((8UL, mined[6].Hash), (next.Number, next.Header.ParentHash));
        Assert.Equal((7UL, 5UL), (dev.Chain.Snapshot.Safe.Number, dev.Chain.Snapshot.Finalized.Number));
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }
}
