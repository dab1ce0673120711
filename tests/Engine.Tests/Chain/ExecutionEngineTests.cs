using Flashback.Chain;
using Flashback.Execution;
using Flashback.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Chain;

public class ExecutionEngineTests
{
    [Fact]
    public void A_valid_payload_is_kept_and_becomes_the_head_when_it_is_chosen()
    {
        using DevChain dev = new(), other = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock block = other.Adopt(other.Head, 1, DevChain.Sign(0, 0));
        Assert.Equal(new PayloadStatus(PayloadVerdict.Valid, block.Hash), engine.NewPayload(Envelope(block)));
        Assert.Equal(0UL, dev.Head.Number);
        ForkchoiceOutcome chosen = engine.Choose(new ForkchoiceState(block.Hash, default, default), null);
        Assert.Equal((PayloadVerdict.Valid, block.Hash, ForkchoiceFault.None), (chosen.Status.Verdict, chosen.Status.LatestValidHash!.Value, chosen.Fault));
        Assert.Equal(block.Hash, dev.Head.Hash);
        Assert.Equal(PayloadVerdict.Valid, engine.NewPayload(Envelope(block)).Verdict);
    }

    [Fact]
    public void Payloads_that_come_before_their_parents_wait_for_them()
    {
        using DevChain dev = new(), other = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock a = other.Adopt(other.Head, 1, DevChain.Sign(0, 0)), b = other.Adopt(a, 1, DevChain.Sign(0, 1)), c = other.Adopt(b, 1);
        Assert.Equal(PayloadStatus.Syncing, engine.NewPayload(Envelope(c)));
        Assert.Equal(PayloadStatus.Syncing, engine.NewPayload(Envelope(b)));
        Assert.Equal(PayloadStatus.Syncing, engine.Choose(new ForkchoiceState(c.Hash, default, default), null).Status);
        Assert.Equal(PayloadVerdict.Valid, engine.NewPayload(Envelope(a)).Verdict);
        Assert.Equal(PayloadVerdict.Valid, engine.Choose(new ForkchoiceState(c.Hash, b.Hash, a.Hash), null).Status.Verdict);
        Assert.Equal((c.Hash, b.Hash, a.Hash), (dev.Head.Hash, dev.Chain.Snapshot.Safe.Hash(), dev.Chain.Snapshot.Finalized.Hash()));
    }

    [Fact]
    public void What_follows_an_invalid_payload_is_invalid_and_names_the_last_valid_one()
    {
        using DevChain dev = new(), other = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock a = other.Adopt(other.Head, 1), b = other.Adopt(a, 1);
        Assert.Equal(PayloadVerdict.Valid, engine.NewPayload(Envelope(a)).Verdict);
        Block broken = b.Block with { Header = b.Header with { StateRoot = Keccak.Hash256([1]) } };
        Hash32 brokenHash = broken.Header.Hash();
        Block child = broken with { Header = broken.Header with { ParentHash = brokenHash, Number = 3, Timestamp = broken.Header.Timestamp + 1 } };
        Block grandchild = child with { Header = child.Header with { ParentHash = child.Header.Hash(), Number = 4, Timestamp = child.Header.Timestamp + 1 } };

        Assert.Equal(PayloadVerdict.Syncing, engine.NewPayload(Envelope(grandchild)).Verdict);
        Assert.Equal(PayloadVerdict.Syncing, engine.NewPayload(Envelope(child)).Verdict);
        PayloadStatus status = engine.NewPayload(Envelope(broken));
        Assert.Equal((PayloadVerdict.Invalid, a.Hash), (status.Verdict, status.LatestValidHash));
        Assert.Contains(nameof(BlockRule.InvalidStateRoot), status.Error, StringComparison.Ordinal);
        foreach (Block descendant in (Block[])[broken, child, grandchild])
        {
            Assert.Equal(status, engine.NewPayload(Envelope(descendant)));
            Assert.Equal(status, engine.Choose(new ForkchoiceState(descendant.Header.Hash(), default, default), null).Status);
        }
        Assert.Equal(0UL, dev.Head.Number);
    }

    [Fact]
    public void A_payload_that_is_not_the_block_it_names_is_invalid_and_leaves_no_trace()
    {
        using DevChain dev = new(), other = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock block = other.Adopt(other.Head, 1, DevChain.Sign(0, 0));
        PayloadEnvelope good = Envelope(block);
        PayloadEnvelope[] wrong =
        [
            good with { Payload = good.Payload with { GasUsed = 1 } },
            good with { ParentBeaconBlockRoot = Keccak.Hash256([1]) },
            good with { BlobHashes = [Keccak.Hash256([1])] },
            good with { Requests = null },
            good with { Requests = [new byte[] { 0, 1 }] },
            good with { Payload = good.Payload with { Transactions = [new byte[] { 2, 0xc0 }] } },
            good with { Payload = good.Payload with { Transactions = [ReadOnlyMemory<byte>.Empty] } },
        ];
        foreach (PayloadEnvelope envelope in wrong)
        {
            PayloadStatus status = engine.NewPayload(envelope);
            Assert.Equal((PayloadVerdict.Invalid, null), (status.Verdict, status.LatestValidHash));
            Assert.NotEmpty(status.Error!);
        }
        Assert.Equal(PayloadVerdict.Valid, engine.NewPayload(good).Verdict);
    }

    [Fact]
    public void A_zero_hash_keeps_the_safe_and_the_finalized_block_unless_the_safe_one_is_left_behind()
    {
        using DevChain dev = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock a = dev.Extend(dev.Head, 1), b = dev.Extend(a, 1), c = dev.Extend(b, 1), other = dev.Extend(a, 2);
        Assert.Equal(ForkchoiceFault.None, engine.Choose(new ForkchoiceState(b.Hash, b.Hash, a.Hash), null).Fault);
        Assert.Equal(ForkchoiceFault.None, engine.Choose(new ForkchoiceState(c.Hash, default, default), null).Fault);
        Assert.Equal((b.Hash, a.Hash), (dev.Chain.Snapshot.Safe.Hash(), dev.Chain.Snapshot.Finalized.Hash()));
        Assert.Equal(ForkchoiceFault.None, engine.Choose(new ForkchoiceState(other.Hash, default, default), null).Fault);
        Assert.Equal((other.Hash, a.Hash, a.Hash), (dev.Head.Hash, dev.Chain.Snapshot.Safe.Hash(), dev.Chain.Snapshot.Finalized.Hash()));
    }

    [Fact]
    public void Blocks_that_do_not_lie_on_one_chain_cannot_be_chosen_and_the_finalized_one_never_goes_back()
    {
        using DevChain dev = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock genesis = dev.Head, a = dev.Extend(genesis, 1), b = dev.Extend(a, 1), c = dev.Extend(b, 1), beside = dev.Extend(genesis, 2);
        ForkchoiceFault Choose(ExecutedBlock head, Hash32 safe, Hash32 finalized) => engine.Choose(new ForkchoiceState(head.Hash, safe, finalized), null).Fault;
        Assert.Equal(ForkchoiceFault.InvalidState, Choose(a, beside.Hash, default));
        Assert.Equal(ForkchoiceFault.InvalidState, Choose(a, default, beside.Hash));
        Assert.Equal(ForkchoiceFault.InvalidState, Choose(a, Keccak.Hash256([1]), default));
        Assert.Equal(genesis.Hash, dev.Head.Hash);
        Assert.Equal(ForkchoiceFault.None, Choose(b, b.Hash, b.Hash));
        Assert.Equal(ForkchoiceFault.InvalidState, Choose(c, b.Hash, a.Hash));
        Assert.Equal(PayloadVerdict.Syncing, engine.Choose(new ForkchoiceState(beside.Hash, default, default), null).Status.Verdict); // forgotten: it can join the chain no more
        Assert.Equal(b.Hash, dev.Head.Hash);
    }

    [Fact]
    public void A_head_behind_the_present_one_changes_nothing_and_builds_nothing()
    {
        using DevChain dev = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock a = dev.Adopt(dev.Head, 1), b = dev.Adopt(a, 1);
        ForkchoiceOutcome outcome = engine.Choose(new ForkchoiceState(a.Hash, default, default), Attributes(b));
        Assert.Equal((PayloadVerdict.Valid, a.Hash, null), (outcome.Status.Verdict, outcome.Status.LatestValidHash, outcome.PayloadId));
        Assert.Equal(b.Hash, dev.Head.Hash);
    }

    [Fact]
    public void A_zero_head_is_invalid()
    {
        using DevChain dev = new();
        using ExecutionEngine engine = EngineOf(dev);
        Assert.Equal(PayloadVerdict.Invalid, engine.Choose(default, null).Status.Verdict);
    }

    [Fact]
    public async Task A_block_is_built_on_the_chosen_head_and_is_valid_to_another_node()
    {
        using DevChain dev = new(), other = new();
        using ExecutionEngine engine = EngineOf(dev), judge = EngineOf(other);
        dev.Accept(DevChain.Sign(0, 0));
        dev.Accept(Blobs.Sign(1, 0), Blobs.SidecarOf(1, BlobSidecar.CellProofs));
        PayloadAttributes attributes = Attributes(dev.Head) with { Withdrawals = [new Withdrawal(1, 2, DevChain.AddressOf(3), 4)] };
        ForkchoiceState head = new(dev.Head.Hash, default, default);
        ulong id = engine.Choose(head, attributes).PayloadId!.Value;
        Assert.Equal(id, engine.Choose(head, attributes).PayloadId);
        Assert.NotEqual(id, engine.Choose(head, attributes with { SuggestedFeeRecipient = DevChain.AddressOf(0) }).PayloadId);
        BuiltBlock? built = await engine.TakeAsync(id);
        Assert.NotNull(built);
        Assert.Same(built, await engine.TakeAsync(id));
        Assert.Equal(2, built.Block.Block.Transactions.Count);
        Assert.Equal(attributes.Withdrawals, built.Block.Block.Withdrawals);
        Assert.Equal((attributes.Timestamp, attributes.SuggestedFeeRecipient), (built.Block.Header.Timestamp, built.Block.Header.Coinbase));
        Assert.Equal(PayloadVerdict.Valid, judge.NewPayload(Envelope(built.Block)).Verdict);
        Assert.Null(await engine.TakeAsync(id + 1));
    }

    [Fact]
    public void No_block_is_built_that_is_not_later_than_the_head_but_the_head_is_set()
    {
        using DevChain dev = new();
        using ExecutionEngine engine = EngineOf(dev);
        ExecutedBlock a = dev.Extend(dev.Head, 1);
        ForkchoiceOutcome outcome = engine.Choose(new ForkchoiceState(a.Hash, default, default), Attributes(a) with { Timestamp = a.Header.Timestamp });
        Assert.Equal((ForkchoiceFault.InvalidAttributes, null), (outcome.Fault, outcome.PayloadId));
        Assert.Equal(a.Hash, dev.Head.Hash);
    }

    [Fact]
    public void Orphans_have_a_bound()
    {
        OrphanShelf shelf = new(mostBlocks: 3, mostBytes: 100);
        BlockHeader header = DevChain.Attributes(new ExecutedBlock(new Block(Genesis.FirstHeader(ForkRules.Osaka, 30_000_000, 1), [], []), default, [], []))
            .Draft(Genesis.FirstHeader(ForkRules.Osaka, 30_000_000, 1), new ChainConfig(1, default, new RulesActivation(0, ForkRules.Osaka)));
        for (ulong i = 0; i < 10; i++)
            shelf.Put(Hash(i), new Block(header with { ParentHash = Hash(i + 100) }, [], []), bytes: 10);
        Assert.Equal(3, shelf.Count);
        Assert.False(shelf.TryGet(Hash(6), out _));
        Assert.True(shelf.TryGet(Hash(9), out _));
        shelf.Put(Hash(20), new Block(header, [], []), bytes: 85);
        Assert.Equal(2, shelf.Count);
        shelf.Put(Hash(21), new Block(header, [], []), bytes: 101);
        Assert.False(shelf.TryGet(Hash(21), out _));
        Assert.Equal([Hash(20)], shelf.TakeChildrenOf(header.ParentHash).Select(child => child.Hash));
        Assert.Equal(1, shelf.Count);
    }

    [Fact]
    public void Blocks_beside_the_chain_can_be_chosen_after_a_restart()
    {
        using TemporaryFolder folder = new();
        ExecutedBlock a, beside, above;
        using (DevChain dev = new(folder.Path))
        {
            a = dev.Adopt(dev.Head, 1, DevChain.Sign(0, 0));
            beside = dev.Extend(dev.Chain.Blocks.TryGetBlock(0UL, out ExecutedBlock? genesis) ? genesis : a, 2, DevChain.Sign(1, 0));
            above = dev.Extend(beside, 2);
        }
        using DevChain again = new(folder.Path);
        using ExecutionEngine engine = EngineOf(again);
        Assert.Equal(a.Hash, again.Head.Hash);
        Assert.Equal(PayloadVerdict.Valid, engine.Choose(new ForkchoiceState(above.Hash, default, default), null).Status.Verdict);
        Assert.Equal(above.Hash, again.Head.Hash);
        Assert.Equal(PayloadVerdict.Valid, engine.NewPayload(Envelope(a)).Verdict);
    }

    private static ExecutionEngine EngineOf(DevChain dev) =>
        new(dev.Chain, dev.Builder, new BuildingOptions { Budget = TimeSpan.FromSeconds(10) }, NullLogger<ExecutionEngine>.Instance);

    private static PayloadAttributes Attributes(ExecutedBlock parent) =>
        new(parent.Header.Timestamp + 12, Keccak.Hash256([7]), DevChain.AddressOf(5), [], Keccak.Hash256([8]));

    private static PayloadEnvelope Envelope(ExecutedBlock block) => Envelope(block.Block);

    /// <summary>The payload of a block that asks nothing of the consensus layer.</summary>
    private static PayloadEnvelope Envelope(Block block) =>
        new(PayloadBlock.Of(block, block.Header.Hash()), [.. block.Transactions.SelectMany(transaction => transaction.BlobHashes)], block.Header.ParentBeaconBlockRoot, []);

    private static Hash32 Hash(ulong number) => ((UInt256)number).ToHash32();
}
