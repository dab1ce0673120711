using System.Globalization;
using Flashback.Chain;
using Flashback.Execution;
using Flashback.State;

namespace Flashback.Engine.Tests.Chain;

public class ChainCrashTests
{
    [Fact]
    public void A_killed_producer_loses_no_block_that_was_announced() => KillAndCheck(rounds: 4);

    [Fact, Trait("Speed", "Slow")]
    public void Twenty_killed_producers_lose_no_block_that_was_announced() => KillAndCheck(rounds: 20);

    private static void KillAndCheck(int rounds)
    {
        using TemporaryFolder folder = new();
        for (int round = 0; round < rounds; round++)
        {
            string[] announced = ChainWriter.RunAndKill(folder.Path, TimeSpan.FromMilliseconds(20 + 61 * (round % 7))).Split(' ');
            ulong number = ulong.Parse(announced[0], CultureInfo.InvariantCulture);
            using DevChain dev = new(folder.Path, chain: ChainWriter.Options);
            Assert.True(dev.Chain.Blocks.TryGetBlock(number, out ExecutedBlock? block), $"block {number} was announced, but the chain ends at {dev.Head.Number}");
            Assert.Equal(announced[1], block.Hash.ToString());
            Assert.Equal(announced[2], block.Header.StateRoot.ToString());
            AssertWhole(dev);
        }
    }

    /// <summary>Executing every block again from the beginning gives the same states, and the indexes say what the blocks do.</summary>
    private static void AssertWhole(DevChain dev)
    {
        StateView state = StateView.Empty.Apply(dev.Genesis.ToDiff());
        Assert.True(dev.Chain.Blocks.TryGetBlock(0, out ExecutedBlock? parent));
        for (ulong number = 1; number <= dev.Head.Number; number++)
        {
            Assert.True(dev.Chain.Blocks.TryGetBlock(number, out ExecutedBlock? block));
            BlockOutcome outcome = dev.Chain.Executor.Execute(block.Block, parent.Header, state, new Ancestors(dev.Chain.Blocks, parent.Header));
            BlockOutcome.Accepted accepted = Assert.IsType<BlockOutcome.Accepted>(outcome);
            Assert.Null(state.ApplyBlock(accepted, out state));
            for (int i = 0; i < block.Block.Transactions.Count; i++)
            {
                Assert.True(dev.Chain.Blocks.TryFind(block.Block.Transactions[i].Hash(), out TransactionPlace place));
                Assert.Equal(new TransactionPlace(number, i), place);
            }
            parent = block;
        }
        Assert.Equal(state.Root, dev.Chain.Snapshot.State.Root);
        LogFilter all = new([DevChain.Logger], []);
        Assert.Equal(
            from n in Enumerable.Range(0, (int)dev.Head.Number + 1)
            where dev.Chain.Blocks.TryGetBlock((ulong)n, out ExecutedBlock? block) && block.Receipts.Any(receipt => receipt.Logs.Any(all.Fits))
            select (ulong)n,
            dev.Chain.Blocks.FindLogs(all, 0, dev.Head.Number).Select(block => block.Number));
    }
}
