using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store;

namespace Flashback.Engine.Tests.Chain;

public class ChainServiceTests
{
    [Fact]
    public void An_imported_block_is_kept_beside_the_chain_until_it_becomes_the_head()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        Transaction transfer = DevChain.Sign(0, 0);
        ExecutedBlock block = dev.Extend(genesis, 1, transfer);
        Assert.Equal(genesis.Hash, dev.Head.Hash);
        Assert.True(dev.Chain.Blocks.TryGetBlock(block.Hash, out ExecutedBlock? kept));
        Assert.Equal([DevChain.AddressOf(0)], kept.Senders);
        Assert.False(dev.Chain.Blocks.TryGetHash(1, out _));
        Assert.False(dev.Chain.Blocks.TryFind(transfer.Hash(), out _));

        HeadChange? heard = null;
        dev.Chain.HeadChanged += change => heard = change;
        dev.SetHead(block);
        Assert.Equal(block.Hash, dev.Head.Hash);
        Assert.Equal(block.Header.StateRoot, dev.Chain.Snapshot.State.Root);
        Assert.Equal([block.Hash], heard!.Adopted.Select(b => b.Hash));
        Assert.Empty(heard.Abandoned);
        Assert.True(dev.Chain.Blocks.TryFind(transfer.Hash(), out TransactionPlace place));
        Assert.Equal(new TransactionPlace(1, 0), place);
    }

    [Fact]
    public void A_block_without_a_parent_here_is_an_orphan_and_a_broken_one_is_rejected()
    {
        using DevChain dev = new();
        ExecutedBlock block = dev.Extend(dev.Head, 1);
        Block orphan = block.Block with { Header = block.Header with { ParentHash = Keccak.Hash256([1]) } };
        Assert.IsType<ImportOutcome.Orphan>(dev.Chain.Import(orphan));
        Block wrong = block.Block with { Header = block.Header with { StateRoot = Keccak.Hash256([1]) } };
        ImportOutcome.Rejected rejected = Assert.IsType<ImportOutcome.Rejected>(dev.Chain.Import(wrong));
        Assert.Equal(BlockRule.InvalidStateRoot, rejected.Reason.Reason.Rule);
        Assert.False(dev.Chain.Blocks.TryGetHeader(wrong.Header.Hash(), out _));
    }

    [Fact]
    public void A_head_with_a_safe_or_finalized_block_beside_its_way_changes_nothing()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        ExecutedBlock a = dev.Extend(genesis, 1), b = dev.Extend(genesis, 2);
        Assert.False(dev.Chain.SetHead(a.Hash, b.Hash, genesis.Hash));
        Assert.False(dev.Chain.SetHead(a.Hash, genesis.Hash, b.Hash));
        Assert.False(dev.Chain.SetHead(Keccak.Hash256([9]), genesis.Hash, genesis.Hash));
        Assert.Equal(genesis.Hash, dev.Head.Hash);
        Assert.True(dev.Chain.SetHead(a.Hash, a.Hash, genesis.Hash));
        Assert.Equal(a.Hash, dev.Chain.Snapshot.Safe.Hash());
    }

    [Fact]
    public void A_finalized_block_above_the_safe_one_changes_nothing()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        ExecutedBlock a = dev.Extend(genesis, 1);
        Assert.False(dev.Chain.SetHead(a.Hash, genesis.Hash, a.Hash));
    }

    [Fact]
    public void A_block_below_the_finalized_one_cannot_be_reverted()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        ExecutedBlock other = dev.Extend(genesis, 9);
        ExecutedBlock a = dev.Extend(genesis, 1);
        ExecutedBlock b = dev.Extend(a, 1);
        Assert.True(dev.Chain.SetHead(b.Hash, a.Hash, a.Hash));
        Assert.False(dev.Chain.SetHead(other.Hash, genesis.Hash, genesis.Hash));
        Assert.False(dev.Chain.SetHead(b.Hash, a.Hash, genesis.Hash));
        Assert.Equal(b.Hash, dev.Head.Hash);
    }

    [Fact]
    public void A_reorganisation_moves_numbers_transactions_and_logs()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        Transaction shared = DevChain.Log(0, 0, 5, 50), onlyA = DevChain.Log(1, 0, 6, 60), onlyB = DevChain.Log(2, 0, 7, 70);
        ExecutedBlock a1 = dev.Adopt(genesis, 1, shared), a2 = dev.Adopt(a1, 1, onlyA), a3 = dev.Adopt(a2, 1);
        ExecutedBlock b1 = dev.Extend(genesis, 2), b2 = dev.Extend(b1, 2, shared, onlyB);
        HeadChange? heard = null;
        dev.Chain.HeadChanged += change => heard = change;

        dev.SetHead(b2);
        Assert.Equal([a3.Hash, a2.Hash, a1.Hash], heard!.Abandoned.Select(b => b.Hash));
        Assert.Equal([b1.Hash, b2.Hash], heard.Adopted.Select(b => b.Hash));
        Assert.True(dev.Chain.Blocks.TryGetHash(1, out Hash32 one) && one == b1.Hash);
        Assert.True(dev.Chain.Blocks.TryGetHash(2, out Hash32 two) && two == b2.Hash);
        Assert.False(dev.Chain.Blocks.TryGetHash(3, out _));
        Assert.True(dev.Chain.Blocks.TryFind(shared.Hash(), out TransactionPlace place));
        Assert.Equal(new TransactionPlace(2, 0), place);
        Assert.False(dev.Chain.Blocks.TryFind(onlyA.Hash(), out _));
        Assert.Equal([2UL], Find(dev, 5));
        Assert.Empty(Find(dev, 6));
        Assert.Equal([2UL], Find(dev, 7));

        dev.SetHead(a3);
        Assert.Equal([1UL], Find(dev, 5));
        Assert.Equal([2UL], Find(dev, 6));
        Assert.Empty(Find(dev, 7));
        Assert.True(dev.Chain.Blocks.TryGetHash(3, out Hash32 three) && three == a3.Hash);
    }

    [Fact]
    public void The_head_may_go_back_to_a_block_of_the_chain()
    {
        using DevChain dev = new();
        ExecutedBlock a = dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0)), b = dev.Adopt(a, 1, DevChain.Sign(0, 1));
        Assert.False(dev.Chain.SetHead(a.Hash, b.Hash, dev.Chain.Snapshot.Finalized.Hash())); // the safe one would be above the head
        dev.SetHead(a);
        Assert.Equal(a.Hash, dev.Head.Hash);
        Assert.False(dev.Chain.Blocks.TryGetHash(2, out _));
        dev.SetHead(b);
        Assert.True(dev.Chain.Blocks.TryGetHash(2, out _));
    }

    [Fact]
    public void Old_states_can_be_opened_and_blocks_too_deep_cannot_be_reverted()
    {
        using DevChain dev = new(chain: new ChainOptions { RevertibleBlocks = 4 });
        List<ExecutedBlock> blocks = [dev.Head];
        for (ulong i = 0; i < 10; i++)
            blocks.Add(dev.Adopt(blocks[^1], 1, DevChain.Sign(0, i)));
        foreach (ExecutedBlock block in blocks)
        {
            Assert.True(dev.Chain.TryOpenState(block.Header, out StateView? state), $"no state after block {block.Number}");
            Assert.Equal(block.Header.StateRoot, state.Root);
            Assert.Equal(block.Number, state.TryGetAccount(DevChain.AddressOf(0), out Account account) ? account.Nonce : 0);
        }
        Assert.False(dev.Chain.SetHead(blocks[3].Hash, blocks[0].Hash, blocks[0].Hash));
        Assert.IsType<ImportOutcome.Orphan>(dev.Chain.Import(new Block(DevChain.Attributes(blocks[3], 7).Draft(blocks[3].Header, dev.Chain.Config), [], [])));
    }

    [Fact]
    public void A_chain_that_is_opened_again_goes_on_where_it_was()
    {
        using TemporaryFolder folder = new();
        Hash32 head, root;
        using (DevChain dev = new(folder.Path, chain: new ChainOptions { RevertibleBlocks = 4 }))
        {
            for (ulong i = 0; i < 10; i++)
                dev.Adopt(dev.Head, 1, DevChain.Log(0, i, i, 1));
            dev.Extend(dev.Head, 3, DevChain.Sign(0, 10)); // beside the chain
            (head, root) = (dev.Head.Hash, dev.Head.Header.StateRoot);
        }
        using DevChain again = new(folder.Path, chain: new ChainOptions { RevertibleBlocks = 4 });
        Assert.Equal(head, again.Head.Hash);
        Assert.Equal(root, again.Chain.Snapshot.State.Root);
        Assert.Equal([7UL], Find(again, 6));
        Assert.Equal(11UL, again.Adopt(again.Head, 1, DevChain.Sign(0, 10)).Number);
    }

    [Fact]
    public void A_store_with_another_beginning_is_not_opened()
    {
        using TemporaryFolder folder = new();
        new DevChain(folder.Path).Dispose();
        StoreException fault = Assert.Throws<StoreException>(() => new DevChain(folder.Path, gasLimit: 31_000_000));
        Assert.Contains("another chain", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Contracts_learn_the_hashes_of_their_own_branch()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        ExecutedBlock a1 = dev.Adopt(genesis, 1), a2 = dev.Adopt(a1, 1);
        ExecutedBlock b1 = dev.Extend(genesis, 2), b2 = dev.Extend(b1, 2);
        Ancestors ofA = new(dev.Chain.Blocks, a2.Header), ofB = new(dev.Chain.Blocks, b2.Header);
        Assert.Equal([genesis.Hash, a1.Hash, a2.Hash], new ulong[] { 0, 1, 2 }.Select(ofA.HashOf));
        Assert.Equal([genesis.Hash, b1.Hash, b2.Hash], new ulong[] { 0, 1, 2 }.Select(ofB.HashOf));
        Assert.Equal(default, ofB.HashOf(3));
    }

    [Fact]
    public void Blocks_beside_the_chain_are_forgotten_once_they_cannot_join_it()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head;
        ExecutedBlock a1 = dev.Adopt(genesis, 1), a2 = dev.Adopt(a1, 1), a3 = dev.Adopt(a2, 1);
        ExecutedBlock b1 = dev.Extend(genesis, 2, DevChain.Sign(0, 0)), b2 = dev.Extend(b1, 2), c3 = dev.Extend(a2, 3);
        Assert.True(dev.Chain.SetHead(a3.Hash, a2.Hash, a2.Hash));
        foreach (ExecutedBlock gone in (ExecutedBlock[])[b1, b2])
        {
            Assert.False(dev.Chain.Blocks.TryGetHeader(gone.Hash, out _));
            Assert.False(dev.Chain.Blocks.TryGetBlock(gone.Hash, out _));
        }
        foreach (ExecutedBlock kept in (ExecutedBlock[])[genesis, a1, a2, a3, c3])
            Assert.True(dev.Chain.Blocks.TryGetBlock(kept.Hash, out _), $"block {kept.Number} {kept.Hash} is gone");
        dev.SetHead(c3);
        Assert.IsType<ImportOutcome.Orphan>(dev.Chain.Import(b2.Block));
    }

    [Fact]
    public void Only_one_producer_may_run()
    {
        using DevChain dev = new();
        using (dev.Chain.ClaimProduction())
            Assert.Throws<InvalidOperationException>(dev.Chain.ClaimProduction);
        dev.Chain.ClaimProduction().Dispose();
    }

    private static IEnumerable<ulong> Find(DevChain dev, ulong topic) =>
        dev.Chain.Blocks.FindLogs(new LogFilter([], [[((UInt256)topic).ToHash32()]]), 0, dev.Head.Number).Select(block => block.Number);
}
