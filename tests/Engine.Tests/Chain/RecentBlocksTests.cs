using Flashback.Chain;

namespace Flashback.Engine.Tests.Chain;

public class RecentBlocksTests
{
    [Fact]
    public void Those_go_that_were_not_used_for_longest()
    {
        RecentBlocks recent = new(mostBytes: 30);
        ExecutedBlock[] blocks = BlocksOfAChain(4);
        foreach (ExecutedBlock block in blocks.AsSpan(0, 3))
            recent.Add(block, 10);
        Assert.True(recent.TryGet(blocks[0].Hash, out ExecutedBlock? used));
        Assert.Same(blocks[0], used);
        recent.Add(blocks[3], 10);
        Assert.False(recent.TryGet(blocks[1].Hash, out _));
        Assert.All([blocks[0], blocks[2], blocks[3]], block => Assert.True(recent.TryGet(block.Hash, out _)));
    }

    [Fact]
    public void A_block_that_is_too_large_by_itself_is_not_kept_and_leaves_room_for_others()
    {
        RecentBlocks recent = new(mostBytes: 30);
        ExecutedBlock[] blocks = BlocksOfAChain(2);
        recent.Add(blocks[0], 31);
        Assert.False(recent.TryGet(blocks[0].Hash, out _));
        recent.Add(blocks[1], 30);
        Assert.True(recent.TryGet(blocks[1].Hash, out _));
    }

    [Fact]
    public void A_block_that_is_added_again_takes_its_room_once()
    {
        RecentBlocks recent = new(mostBytes: 20);
        ExecutedBlock[] blocks = BlocksOfAChain(2);
        recent.Add(blocks[0], 10);
        recent.Add(blocks[1], 10);
        recent.Add(blocks[1], 10);
        Assert.True(recent.TryGet(blocks[0].Hash, out _));
        recent.Remove(blocks[0].Hash);
        Assert.False(recent.TryGet(blocks[0].Hash, out _));
    }

    [Fact]
    public void A_block_that_was_pruned_is_not_found_any_more()
    {
        using DevChain dev = new();
        ExecutedBlock genesis = dev.Head, beside = dev.Extend(genesis, 1), at = dev.Extend(genesis, 2);
        Assert.True(dev.Chain.Blocks.TryGetBlock(beside.Hash, out _));
        Assert.True(dev.Chain.SetHead(at.Hash, at.Hash, at.Hash));
        Assert.False(dev.Chain.Blocks.TryGetBlock(beside.Hash, out _));
        Assert.True(dev.Chain.Blocks.TryGetBlock(at.Hash, out _));
    }

    private static ExecutedBlock[] BlocksOfAChain(int count)
    {
        using DevChain dev = new();
        ExecutedBlock[] blocks = new ExecutedBlock[count];
        for (int i = 0; i < count; i++)
            blocks[i] = dev.Adopt(dev.Head, (byte)i);
        return blocks;
    }
}
