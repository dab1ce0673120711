using Flashback.Chain.Beacon;
using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Beacon;

public sealed class WaitingMessagesTests
{
    private static readonly Hash32 One = Sha256.Hash([1]), Two = Sha256.Hash([2]);
    private readonly WaitingMessages _waiting = new();

    [Fact]
    public void Hands_over_what_waited_for_a_block_in_order_and_once()
    {
        Assert.True(Add(One, 1, 10) && Add(Two, 1, 11) && Add(One, 2, 12));
        Assert.Equal([10, 12], _waiting.Take(One).Select(message => message.Data.Length));
        Assert.Empty(_waiting.Take(One));
        Assert.Equal([Two], _waiting.Blocks);
    }

    [Fact]
    public void Holds_no_more_messages_than_there_is_room_for_and_has_room_again_once_they_went()
    {
        for (int i = 0; i < 4096; i++)
            Assert.True(Add(One, 1, 1));
        Assert.False(Add(Two, 1, 1));
        _waiting.Take(One);
        Assert.True(Add(Two, 1, 1));
    }

    [Fact]
    public void Holds_no_more_bytes_than_there_is_room_for_and_has_room_again_once_they_are_old()
    {
        const int Large = 10 << 20;
        for (int i = 0; i < 6; i++)
            Assert.True(Add(One, (ulong)i, Large));
        Assert.False(Add(Two, 5, Large));
        Assert.True(Add(Two, 5, 1)); // a small one still fits
        _waiting.Prune(new Slot(4));
        Assert.False(Add(Two, 5, Large));
        _waiting.Prune(new Slot(5)); // what came in slot 0 has waited four slots
        Assert.True(Add(Two, 5, Large));
        Assert.Equal(5, _waiting.Take(One).Length);
    }

    private bool Add(Hash32 block, ulong now, int length) => _waiting.Add(block, new Slot(now), new GossipMessage(default, new Topic(TopicKind.BeaconBlock), new byte[length]));
}
