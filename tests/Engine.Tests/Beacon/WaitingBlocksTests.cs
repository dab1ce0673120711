using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Beacon;

public sealed class WaitingBlocksTests
{
    private static readonly Preset Preset = Presets.Minimal;
    private readonly WaitingBlocks _waiting = new(Preset);

    [Fact]
    public void Hands_over_what_follows_a_block_once()
    {
        Add(1, parent: 7, length: 10);
        Add(2, parent: 8, length: 10);
        Add(3, parent: 7, length: 10);
        Assert.Equal([1ul, 3ul], _waiting.TakeChildrenOf(Root(7)).Select(block => block.Message.Slot.Value));
        Assert.Empty(_waiting.TakeChildrenOf(Root(7)));
        Assert.NotNull(_waiting.Take(Root(2)));
        Assert.Null(_waiting.Take(Root(2)));
    }

    [Fact]
    public void Of_too_many_blocks_those_give_way_that_wait_longest()
    {
        for (int i = 0; i < 129; i++)
            Add(i, parent: 1000, length: 10);
        Assert.False(_waiting.Contains(Root(0)));
        Assert.True(_waiting.Contains(Root(1)) && _waiting.Contains(Root(128)));
    }

    [Fact]
    public void Of_too_many_bytes_those_give_way_that_wait_longest_and_what_is_taken_leaves_room()
    {
        const int Large = 15 << 20;
        for (int i = 0; i < 4; i++)
            Add(i, parent: 1000, Large);
        Assert.True(_waiting.Contains(Root(0)));
        Add(4, parent: 1000, Large); // 75 MiB
        Assert.False(_waiting.Contains(Root(0)));
        Assert.True(_waiting.Contains(Root(1)));
        Assert.NotNull(_waiting.Take(Root(3)));
        Add(5, parent: 1000, Large);
        Assert.True(_waiting.Contains(Root(1)) && _waiting.Contains(Root(5)));
    }

    [Fact]
    public void Forgets_what_has_waited_too_long()
    {
        Add(1, parent: 1000, length: 10);
        Add(9, parent: 1000, length: 10);
        _waiting.Prune(new Slot(66));
        Assert.False(_waiting.Contains(Root(1)));
        Assert.True(_waiting.Contains(Root(9)));
    }

    private static Hash32 Root(int number) => Sha256.Hash(BitConverter.GetBytes(number));

    private void Add(int number, int parent, int length)
    {
        BeaconBlockBody body = BeaconBlockBody.Empty(Preset);
        body = body with { ExecutionPayload = body.ExecutionPayload with { Transactions = [new byte[length]] } };
        _waiting.Add(Root(number), new SignedBeaconBlock(new BeaconBlock(new Slot((ulong)number), default, Root(parent), default, body), default));
    }
}
