using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Chain;

public class BlockBuilderTests
{
    private const ulong Gwei = DevChain.Gwei;

    private static readonly TimeSpan Plenty = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_dearest_come_first_and_each_senders_in_order()
    {
        using DevChain dev = new();
        PooledTransaction a0 = dev.Accept(DevChain.Sign(0, 0, null, 2 * Gwei)), a1 = dev.Accept(DevChain.Sign(0, 1, null, 9 * Gwei));
        PooledTransaction b0 = dev.Accept(DevChain.Sign(1, 0, null, 5 * Gwei)), b1 = dev.Accept(DevChain.Sign(1, 1, null, Gwei));
        // a high tip that the fee leaves no room for: the base fee is 0.875 gwei
        PooledTransaction c0 = dev.Accept(DevChain.Sign(2, 0, null, 11 * Gwei / 2, 11 * Gwei / 2)), d0 = dev.Accept(DevChain.Sign(3, 0, null, Gwei / 2, Gwei / 2));
        BuiltBlock built = Build(dev);
        Assert.Equal([b0, c0, a0, a1, b1], built.Block.Block.Transactions.Select(t => dev.Pool.TryGet(t.Hash(), out PooledTransaction? found) ? found : null));
        Assert.True(dev.Pool.TryGet(d0.Hash, out _));
    }

    [Fact]
    public void Of_the_same_tip_who_came_first_comes_first()
    {
        VirtualTime clock = new(DateTimeOffset.UnixEpoch);
        using DevChain dev = new(clock: clock);
        PooledTransaction[] order = [.. new[] { 3, 1, 2, 0 }.Select(account =>
        {
            clock.SleepUntil(clock.GetUtcNow() + TimeSpan.FromSeconds(1));
            return dev.Accept(DevChain.Sign(account, 0));
        })];
        Assert.Equal(order.Select(t => t.Sender), Build(dev).Block.Senders);
    }

    [Fact]
    public void What_was_built_is_the_block_that_executing_it_makes()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        dev.Accept(DevChain.Log(1, 0, 5, 6));
        dev.Accept(DevChain.Sign(2, 0, t => t with { To = DevChain.Burner, GasLimit = 100_000 }));
        dev.Accept(Blobs.Sign(3, 0, 2), Blobs.SidecarOf(2, BlobSidecar.CellProofs));
        Withdrawal[] withdrawals = [new(0, 1, DevChain.AddressOf(5), 77)];
        BuiltBlock built = dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), withdrawals, Plenty, TestContext.Current.CancellationToken);
        Assert.Equal(4, built.Block.Receipts.Count);
        Assert.Equal(
            built.Block.Block.Transactions.Select(transaction => transaction.To != DevChain.Burner), built.Block.Receipts.Select(receipt => receipt.IsSuccess));
        Assert.Single(built.Sidecars);
        using DevChain other = new();
        ImportOutcome.Imported imported = Assert.IsType<ImportOutcome.Imported>(other.Chain.Import(built.Block.Block));
        Assert.Equal(built.Block.Hash, imported.Block.Hash);
        Assert.Equal(built.After.Root, imported.Block.Header.StateRoot);
        Assert.Equal(built.Block.Senders, imported.Block.Senders);
        Assert.Equal(built.Block.Receipts.Select(receipt => receipt.CumulativeGasUsed), imported.Block.Receipts.Select(receipt => receipt.CumulativeGasUsed));

        Address coinbase = DevChain.Attributes(dev.Head).Coinbase;
        Assert.True(built.After.TryGetAccount(coinbase, out Account paid));
        Assert.Equal(paid.Balance, built.Value);
        dev.Chain.Import(built.Block, built.After, built.Claims);
        dev.SetHead(built.Block);
        Assert.Equal((0, 0), dev.Pool.Count);
    }

    [Fact]
    public void A_block_takes_no_more_gas_than_its_limit_and_fills_up_with_smaller_ones()
    {
        using DevChain dev = new(gasLimit: 200_000);
        PooledTransaction burner = dev.Accept(DevChain.Sign(0, 0, t => t with { To = DevChain.Burner, GasLimit = 150_000 }, 9 * Gwei));
        PooledTransaction tooLarge = dev.Accept(DevChain.Sign(1, 0, t => t with { To = DevChain.Burner, GasLimit = 60_000 }, 8 * Gwei)), behind = dev.Accept(DevChain.Sign(1, 1, null, 7 * Gwei));
        dev.Accept(DevChain.Sign(2, 0));
        dev.Accept(DevChain.Sign(3, 0));
        dev.Accept(DevChain.Sign(4, 0));
        BuiltBlock built = Build(dev);
        Assert.Equal(150_000UL + 2 * 21_000, built.Block.Header.GasUsed);
        Assert.Equal(burner.Hash, built.Block.Block.Transactions[0].Hash());
        Assert.DoesNotContain(tooLarge.Sender, built.Block.Senders);
        Assert.Equal(1UL, behind.Nonce);
    }

    [Fact]
    public void A_block_takes_no_more_blobs_than_the_fork_allows()
    {
        using DevChain dev = new(); // 9 blobs a block, 6 a transaction
        BlobSidecar six = Blobs.SidecarOf(6, BlobSidecar.CellProofs), three = Blobs.SidecarOf(3, BlobSidecar.CellProofs);
        dev.Accept(Blobs.Sign(0, 0, 6, 9 * Gwei), six);
        dev.Accept(Blobs.Sign(1, 0, 6, 8 * Gwei), six);
        dev.Accept(Blobs.Sign(2, 0, 3, 7 * Gwei), three);
        dev.Accept(DevChain.Sign(3, 0));
        BuiltBlock built = Build(dev);
        Assert.Equal([DevChain.AddressOf(0), DevChain.AddressOf(2), DevChain.AddressOf(3)], built.Block.Senders);
        Assert.Equal(9 * BlobSchedule.GasPerBlob, built.Block.Header.BlobGasUsed);
        Assert.Equal([six, three], built.Sidecars);
    }

    [Fact]
    public void A_block_takes_no_more_bytes_than_the_fork_allows()
    {
        using DevChain dev = new(gasLimit: 1_000_000_000);
        byte[] input = new byte[130_000];
        for (ulong nonce = 0; nonce < 9; nonce++)
        {
            for (int account = 0; account < DevChain.Accounts; account++)
                dev.Accept(DevChain.Sign(account, nonce, t => t with { To = DevChain.AddressOf(0), Input = input, GasLimit = 1_500_000 }));
        }
        BuiltBlock built = Build(dev);
        int length = BlockCodec.Encode(built.Block.Block).Length;
        Assert.InRange(length, ForkRules.Osaka.MaxBlockLength - 130_500, ForkRules.Osaka.MaxBlockLength);
        using DevChain other = new(gasLimit: 1_000_000_000);
        Assert.IsType<ImportOutcome.Imported>(other.Chain.Import(built.Block.Block));
    }

    [Fact]
    public void A_transaction_that_fails_when_its_turn_comes_leaves_out_those_behind_it_only()
    {
        using DevChain dev = new();
        dev.Adopt(dev.Head, 1, DevChain.Sign(7, 0, t => t with { Type = TransactionType.SetCode, To = DevChain.Logger, Authorizations = [DevChain.Authorize(1, 0, DevChain.Drain)], GasLimit = 120_000 }));
        dev.Accept(DevChain.Sign(0, 0, t => t with { To = DevChain.AddressOf(1), GasLimit = 100_000 }, 9 * Gwei)); // drains account 1
        dev.Accept(DevChain.Sign(1, 1, null, 5 * Gwei));
        dev.Accept(DevChain.Sign(2, 0));
        Assert.Equal([DevChain.AddressOf(0), DevChain.AddressOf(2)], Build(dev).Block.Senders);
    }

    [Fact]
    public void No_time_makes_an_empty_block_and_who_cancels_gets_what_there_is()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        Assert.Empty(dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], TimeSpan.Zero, TestContext.Current.CancellationToken).Block.Block.Transactions);
        Assert.Empty(dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], Plenty, new CancellationToken(canceled: true)).Block.Block.Transactions);
        Assert.Single(Build(dev).Block.Block.Transactions);
    }

    [Fact]
    public void The_budget_ends_the_taking_in()
    {
        SteppingClock clock = new();
        using DevChain dev = new(clock: clock);
        for (int account = 0; account < DevChain.Accounts; account++)
            dev.Accept(DevChain.Sign(account, 0));
        Assert.Equal(3, dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], TimeSpan.FromSeconds(3.5), TestContext.Current.CancellationToken).Block.Block.Transactions.Count);
    }

    [Fact]
    public async Task A_payload_is_there_at_once_and_grows_until_it_is_taken()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        using PayloadJob job = dev.Builder.Start(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], Plenty);
        Assert.Equal(1UL, job.Best.Block.Number);
        await UntilAsync(() => job.Best.Block.Block.Transactions.Count == 1);
        dev.Accept(DevChain.Sign(1, 0));
        await UntilAsync(() => job.Best.Block.Block.Transactions.Count == 2);
        BuiltBlock taken = await job.TakeAsync();
        Assert.Same(taken, await job.TakeAsync());
        Assert.Equal(2, taken.Block.Block.Transactions.Count);
    }

    [Fact]
    public async Task A_payload_that_is_taken_at_once_has_the_transactions_that_were_there()
    {
        using DevChain dev = new();
        dev.Accept(DevChain.Sign(0, 0));
        using PayloadJob job = dev.Builder.Start(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], Plenty);
        Assert.Single((await job.TakeAsync()).Block.Block.Transactions);
    }

    private static BuiltBlock Build(DevChain dev) => dev.Builder.Build(dev.Chain.Snapshot, DevChain.Attributes(dev.Head), [], Plenty, TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    /// <summary>A second passes between any two looks at it.</summary>
    private sealed class SteppingClock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
