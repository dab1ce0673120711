using Flashback.Chain;
using Flashback.Execution;

namespace Flashback.Engine.Tests.Chain;

public class PoolRoomTests
{
    private const ulong Gwei = DevChain.Gwei;

    [Fact]
    public void When_it_is_full_the_cheapest_goes_for_a_dearer_one()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(3, 1 << 20) });
        PooledTransaction cheap = dev.Accept(DevChain.Sign(0, 0, null, 2 * Gwei)), middle = dev.Accept(DevChain.Sign(1, 0, null, 3 * Gwei)), dear = dev.Accept(DevChain.Sign(2, 0, null, 4 * Gwei));
        Assert.StartsWith("transaction underpriced", dev.Refuse(PoolRule.Underpriced, DevChain.Sign(3, 0, null, Gwei)).Message, StringComparison.Ordinal);
        dev.Refuse(PoolRule.Underpriced, DevChain.Sign(3, 0, null, 2 * Gwei));
        PooledTransaction newcomer = dev.Accept(DevChain.Sign(3, 0, null, 5 * Gwei));
        AssertThere(dev, [middle, dear, newcomer], [cheap]);
        dev.Accept(DevChain.Sign(4, 0, null, 5 * Gwei));
        AssertThere(dev, [dear, newcomer], [cheap, middle]);
    }

    [Fact]
    public void What_does_not_pay_the_base_fee_goes_first_however_high_its_tip()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(2, 1 << 20) });
        PooledTransaction below = dev.Accept(DevChain.Sign(0, 0, null, Gwei / 2, Gwei / 2)), pays = dev.Accept(DevChain.Sign(1, 0, null, 1));
        PooledTransaction newcomer = dev.Accept(DevChain.Sign(2, 0, null, 1));
        AssertThere(dev, [pays, newcomer], [below]);
    }

    [Fact]
    public void A_senders_last_transactions_go_and_none_is_left_waiting()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(4, 1 << 20) });
        PooledTransaction first = dev.Accept(DevChain.Sign(0, 0, null, 2 * Gwei)), second = dev.Accept(DevChain.Sign(0, 1, null, 2 * Gwei)), third = dev.Accept(DevChain.Sign(0, 2, null, 9 * Gwei));
        PooledTransaction other = dev.Accept(DevChain.Sign(1, 0, null, 8 * Gwei));
        PooledTransaction newcomer = dev.Accept(DevChain.Sign(2, 0, null, 3 * Gwei));
        AssertThere(dev, [first, second, other, newcomer], [third]); // worth no more than those before it
        Assert.Equal((4, 0), dev.Pool.Count);
    }

    [Fact]
    public void Those_that_wait_go_first_and_throw_out_nobody_who_does_not()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(2, 1 << 20) });
        PooledTransaction runs = dev.Accept(DevChain.Sign(0, 0, null, 2 * Gwei)), waits = dev.Accept(DevChain.Sign(1, 5, null, 50 * Gwei));
        PooledTransaction newcomer = dev.Accept(DevChain.Sign(2, 0, null, Gwei));
        AssertThere(dev, [runs, newcomer], [waits]);
        Assert.StartsWith("txpool is full", dev.Refuse(PoolRule.PoolFull, DevChain.Sign(3, 1, null, 90 * Gwei)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_makes_room_for_the_own_transactions_by_throwing_out_the_own()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(2, 1 << 20) });
        dev.Accept(DevChain.Sign(0, 0, null, Gwei));
        dev.Accept(DevChain.Sign(0, 1, null, Gwei));
        dev.Refuse(PoolRule.Underpriced, DevChain.Sign(0, 2, null, 50 * Gwei));
        dev.Accept(DevChain.Sign(0, 1, null, 2 * Gwei, 110 * Gwei)); // a replacement takes no more room
        Assert.Equal((2, 0), dev.Pool.Count);
    }

    [Fact]
    public void A_large_transaction_that_finds_too_little_room_throws_out_nobody()
    {
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(100, 1000) });
        PooledTransaction cheap = dev.Accept(DevChain.Sign(0, 0, null, Gwei));
        PooledTransaction[] dear = [.. Enumerable.Range(1, 4).Select(account => dev.Accept(DevChain.Sign(account, 0, null, 9 * Gwei)))];
        dev.Refuse(PoolRule.Underpriced, DevChain.Sign(5, 0, t => t with { Input = new byte[700], GasLimit = 100_000 }, 2 * Gwei));
        AssertThere(dev, [cheap, .. dear], []);
        dev.Accept(DevChain.Sign(5, 0, t => t with { Input = new byte[700], GasLimit = 100_000 }, 10 * Gwei));
        Assert.True(dev.Pool.Content().Executable.Values.Sum(of => of.Sum(t => t.ByteLength)) <= 1000);
    }

    [Fact]
    public void After_a_flood_the_pool_is_within_its_bounds_and_agrees_with_itself()
    {
        Random random = new(5);
        using DevChain dev = new(pool: new PoolOptions { Plain = new PoolLimit(50, 20_000), WaitingOfSender = 5 });
        for (int i = 0; i < 1500; i++)
        {
            int account = random.Next(30);
            ulong tip = (ulong)random.Next(1, 50) * Gwei, size = (ulong)random.Next(400);
            dev.Pool.Add(DevChain.Sign(account % DevChain.Accounts, (ulong)random.Next(20), t => t with { Input = new byte[size], GasLimit = 60_000 }, tip));
            if (i % 100 == 99)
                dev.Mine();
            AssertWhole(dev);
        }
        Assert.Equal(15UL, dev.Head.Number);
        Assert.True(dev.Chain.Snapshot.State.TryGetAccount(DevChain.AddressOf(0), out Account last) && last.Nonce > 3);
    }

    private static void AssertWhole(DevChain dev)
    {
        PoolContent content = dev.Pool.Content();
        PooledTransaction[] executable = [.. content.Executable.Values.SelectMany(of => of)], all = [.. executable, .. content.Waiting.Values.SelectMany(of => of)];
        Assert.Equal((executable.Length, all.Length - executable.Length), dev.Pool.Count);
        Assert.True(all.Length <= 50 && all.Sum(transaction => transaction.Footprint) <= 20_000);
        Assert.All(all, transaction => Assert.True(dev.Pool.TryGet(transaction.Hash, out PooledTransaction? found) && found == transaction));
    }

    private static void AssertThere(DevChain dev, PooledTransaction[] there, PooledTransaction[] gone)
    {
        Assert.All(there, transaction => Assert.True(dev.Pool.TryGet(transaction.Hash, out _)));
        Assert.All(gone, transaction => Assert.False(dev.Pool.TryGet(transaction.Hash, out _)));
    }
}
