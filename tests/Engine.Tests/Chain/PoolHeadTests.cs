using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Chain;

public class PoolHeadTests
{
    [Fact]
    public void What_a_block_includes_or_makes_stale_is_dropped()
    {
        using DevChain dev = new();
        Transaction included = DevChain.Sign(0, 0), next = DevChain.Sign(0, 1), overtaken = DevChain.Sign(1, 0);
        foreach (Transaction transaction in new[] { included, next, overtaken })
            dev.Accept(transaction);
        dev.Adopt(dev.Head, 1, included, DevChain.Sign(1, 0, t => t with { Value = 99 }));
        Assert.Equal((1, 0), dev.Pool.Count);
        Assert.True(dev.Pool.TryGet(next.Hash(), out _));
        Assert.Equal(2UL, dev.Pool.NextNonceOf(DevChain.AddressOf(0)));
        Assert.Equal(1UL, dev.Pool.NextNonceOf(DevChain.AddressOf(1)));
    }

    [Fact]
    public void A_block_may_make_waiting_ones_executable_and_others_unaffordable()
    {
        using DevChain dev = new();
        UInt256 nearlyAll = DevChain.Riches - 100_000_000_000_000_000UL;
        dev.Accept(DevChain.Sign(0, 1));
        PooledTransaction dear = dev.Accept(DevChain.Sign(1, 1, t => t with { Value = nearlyAll }));
        Assert.Equal((0, 2), dev.Pool.Count);
        dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0), DevChain.Sign(1, 0, t => t with { Value = nearlyAll }));
        Assert.Equal((1, 0), dev.Pool.Count);
        Assert.False(dev.Pool.TryGet(dear.Hash, out _));
    }

    [Fact]
    public void Transactions_of_an_abandoned_block_come_back_but_for_those_that_the_new_branch_has()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        Transaction both = DevChain.Sign(0, 0), lost = DevChain.Sign(1, 0), after = DevChain.Sign(1, 1);
        ExecutedBlock other = dev.Extend(genesis, 2, both);
        dev.Adopt(dev.Adopt(genesis, 1, both, lost), 1, after);
        List<Hash32> heard = [];
        dev.Pool.Added += added => heard.Add(added.Hash);
        dev.SetHead(other);
        Assert.Equal([lost.Hash(), after.Hash()], heard);
        Assert.Equal((2, 0), dev.Pool.Count);
        Assert.Equal(2UL, dev.Pool.NextNonceOf(DevChain.AddressOf(1)));
        Assert.Equal(1UL, dev.Pool.NextNonceOf(DevChain.AddressOf(0)));
    }

    [Fact]
    public void What_has_waited_too_long_is_dropped()
    {
        VirtualTime clock = new(DateTimeOffset.UnixEpoch);
        using DevChain dev = new(pool: new PoolOptions { WaitingLifetime = TimeSpan.FromMinutes(5) }, clock: clock);
        PooledTransaction runs = dev.Accept(DevChain.Sign(0, 0)), waits = dev.Accept(DevChain.Sign(1, 1));
        clock.SleepUntil(clock.GetUtcNow() + TimeSpan.FromMinutes(6));
        dev.Adopt(dev.Head, 1);
        Assert.True(dev.Pool.TryGet(runs.Hash, out _));
        Assert.False(dev.Pool.TryGet(waits.Hash, out _));
    }

    [Fact]
    public void A_pool_that_is_opened_again_has_what_it_had()
    {
        using TemporaryFolder folder = new();
        BlobSidecar sidecar = Blobs.SidecarOf(2, BlobSidecar.CellProofs);
        PooledTransaction[] before;
        using (DevChain dev = new(folder.Path))
        {
            before =
            [
                dev.Accept(DevChain.Sign(0, 1)), dev.Accept(DevChain.Sign(0, 0)), dev.Accept(DevChain.Sign(1, 4)),
                dev.Accept(Blobs.Sign(2, 0, 2), sidecar), dev.Accept(Blobs.Sign(2, 1, 2), sidecar),
            ];
            PooledTransaction gone = dev.Accept(DevChain.Sign(3, 0));
            dev.Pool.Remove(gone.Hash);
        }
        using DevChain again = new(folder.Path);
        Assert.Equal((4, 1), again.Pool.Count);
        foreach (PooledTransaction old in before)
        {
            Assert.True(again.Pool.TryGet(old.Hash, out PooledTransaction? found));
            Assert.Equal((old.Sender, old.ByteLength, old.Cost), (found.Sender, found.ByteLength, found.Cost));
            Assert.Equal(old.Arrival.ToUnixTimeMilliseconds(), found.Arrival.ToUnixTimeMilliseconds());
            Assert.Equal(PooledTransactionCodec.Encode(old.Transaction, old.Sidecar), PooledTransactionCodec.Encode(found.Transaction, found.Sidecar));
        }
    }

    [Fact]
    public void What_is_accepted_is_on_disk_before_anybody_is_told()
    {
        using DevChain dev = new();
        PooledTransaction accepted = dev.Accept(DevChain.Sign(0, 0));
        // Another pool over the same store sees what a crash would leave now.
        using TransactionPool left = new(dev.Chain, new PoolOptions(), dev.Store, dev.Time, NullLogger<TransactionPool>.Instance);
        Assert.True(left.TryGet(accepted.Hash, out _));
    }

    [Fact]
    public void What_went_onto_the_chain_before_the_restart_is_not_restored()
    {
        using TemporaryFolder folder = new();
        using (DevChain dev = new(folder.Path))
        {
            dev.Accept(DevChain.Sign(0, 0));
            dev.Accept(DevChain.Sign(0, 1));
            dev.Pool.Dispose(); // written, and it hears no more
            dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0));
        }
        using DevChain again = new(folder.Path);
        Assert.Equal((1, 0), again.Pool.Count);
    }

    [Fact]
    public async Task Readers_and_writers_at_once_see_whole_pools()
    {
        using DevChain dev = new();
        using CancellationTokenSource stop = new();
        Task producing = dev.MineUntilAsync(stop.Token);
        Task[] adding = [.. Enumerable.Range(0, DevChain.Accounts).Select(account => Task.Run(() =>
        {
            for (ulong nonce = 0; nonce < 60; nonce++)
                dev.Accept(DevChain.Sign(account, nonce));
        }, TestContext.Current.CancellationToken))];
        Task reading = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                foreach (IReadOnlyList<PooledTransaction> of in dev.Pool.Content().Executable.Values)
                    Assert.Equal(Enumerable.Range(0, of.Count).Select(i => of[0].Nonce + (ulong)i), of.Select(t => t.Nonce));
            }
        }, TestContext.Current.CancellationToken);
        await Task.WhenAll(adding);
        while (dev.Pool.Count != (0, 0))
            await Task.Delay(10, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Task.WhenAll(producing, reading);
        Assert.All(Enumerable.Range(0, DevChain.Accounts), account =>
        {
            Assert.True(dev.Chain.Snapshot.State.TryGetAccount(DevChain.AddressOf(account), out Account found));
            Assert.Equal(60UL, found.Nonce);
        });
    }
}
