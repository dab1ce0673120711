using Flashback.Chain;
using Flashback.Network;
using Flashback.Network.Loopback;
using Flashback.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Network;

/// <summary>Nodes over loopback links in virtual time, and a peer made of bytes.</summary>
public sealed class PeerNetworkTests
{
    private static readonly Bytes4 Digest = FixedBytes.Read<Bytes4>([1, 2, 3, 4]);
    private static readonly Topic Blocks = new(TopicKind.BeaconBlock);
    private readonly VirtualTime _clock = new(DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_message_reaches_every_node_of_a_line_once()
    {
        (PeerNetwork Network, Listener Listener)[] nodes = Line("a", "b", "c");
        nodes[0].Network.Publish(Blocks, new byte[] { 7 });
        nodes[0].Network.Publish(Blocks, new byte[] { 7 });
        Pass(1);
        Assert.Empty(nodes[0].Listener.Heard);
        Assert.Equal([("a", Blocks, "07")], nodes[1].Listener.Heard);
        Assert.Equal([("b", Blocks, "07")], nodes[2].Listener.Heard);
    }

    [Theory]
    [InlineData(GossipVerdict.Ignore)]
    [InlineData(GossipVerdict.Reject)]
    public void What_a_node_does_not_accept_goes_no_further(GossipVerdict verdict)
    {
        (PeerNetwork Network, Listener Listener)[] nodes = Line("a", "b", "c");
        nodes[1].Listener.Verdict = verdict;
        nodes[0].Network.Publish(Blocks, new byte[] { 7 });
        Pass(1);
        Assert.Single(nodes[1].Listener.Heard);
        Assert.Empty(nodes[2].Listener.Heard);
    }

    [Fact]
    public void A_peer_that_breaks_rules_too_often_is_disconnected_and_one_that_does_so_seldom_is_not()
    {
        (PeerNetwork Network, Listener Listener)[] nodes = Line("a", "b");
        nodes[1].Listener.Verdict = GossipVerdict.Reject;
        for (byte i = 0; i < 40; i++)
        {
            nodes[0].Network.Publish(Blocks, new byte[] { i });
            Pass(60);
        }
        Assert.Single(nodes[1].Network.Peers);
        for (byte i = 40; i < 59; i++)
            nodes[0].Network.Publish(Blocks, new byte[] { i });
        Pass(1);
        Assert.Single(nodes[1].Network.Peers);
        nodes[0].Network.Publish(Blocks, new byte[] { 59 });
        nodes[0].Network.Publish(Blocks, new byte[] { 60 }); // a little has come back in the second that passed
        Pass(1);
        Assert.Empty(nodes[1].Network.Peers);
        Assert.Empty(nodes[0].Network.Peers);
    }

    [Fact]
    public async Task Questions_are_answered_in_order_and_those_that_go_unanswered_are_lost_after_ten_seconds()
    {
        (PeerNetwork Network, Listener Listener)[] nodes = Line("a", "b");
        nodes[1].Listener.Reply = new Response(ResponseCode.Success, [new byte[] { 1 }, new byte[] { 2, 3 }]);
        Task<Response> answered = nodes[0].Network.RequestAsync(new("b"), RequestKind.Status, new byte[] { 9 });
        Pass(1);
        Assert.True(answered.IsCompleted);
        Response response = await answered;
        Assert.Equal((ResponseCode.Success, "01 0203"), (response.Code, string.Join(' ', response.Chunks.Select(chunk => Convert.ToHexString(chunk.Span)))));

        RecordingLink link = new();
        ILinkEnd end = nodes[0].Network.Open(link, isDialled: false);
        end.Receive([Frame.Hello(Digest.AsSpan(), new("mute"))]);
        Task<Response> lost = nodes[0].Network.RequestAsync(new("mute"), RequestKind.Status, default);
        Pass(9.9);
        Assert.False(lost.IsCompleted);
        Pass(0.2);
        Assert.True(lost.IsCompleted);
        Assert.Equal(ResponseCode.Lost, (await lost).Code);
        Assert.Equal(ResponseCode.Lost, (await nodes[0].Network.RequestAsync(new("nobody"), RequestKind.Status, default)).Code);
    }

    [Fact]
    public async Task Open_questions_are_lost_with_the_link()
    {
        (PeerNetwork network, RecordingLink link, ILinkEnd end) = Joined();
        Task<Response> open = network.RequestAsync(new("peer"), RequestKind.Status, default);
        end.Closed();
        Assert.True(open.IsCompleted);
        Assert.Equal(ResponseCode.Lost, (await open).Code);
        Assert.Empty(network.Peers);
        Assert.False(link.IsClosed);
    }

    [Fact]
    public void An_answer_with_more_parts_than_any_has_closes_the_link()
    {
        (PeerNetwork network, RecordingLink link, ILinkEnd end) = Joined();
        Task<Response> open = network.RequestAsync(new("peer"), RequestKind.BlocksByRange, default);
        for (int i = 0; i < 128 * 9; i++)
            end.Receive([Frame.Chunk(1, [0])]);
        Assert.False(link.IsClosed);
        end.Receive([Frame.Chunk(1, [0])]);
        Assert.True(link.IsClosed);
        Assert.False(open.IsCompleted);
    }

    [Fact]
    public void No_more_than_sixteen_questions_are_open_at_once()
    {
        (PeerNetwork network, RecordingLink link, _) = Joined();
        Task<Response>[] open = [.. Enumerable.Range(0, 17).Select(_ => network.RequestAsync(new("peer"), RequestKind.Status, default))];
        Assert.All(open[..16], task => Assert.False(task.IsCompleted));
        Assert.True(open[16].IsCompleted);
        Assert.Equal(1 + 16, link.Sent.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")] // a hello again, and none
    [InlineData("0001010203046100")] // a hello again
    [InlineData("05")]
    [InlineData("ff0000000000")]
    [InlineData("01")]
    [InlineData("0100")]
    [InlineData("010b00aa")] // no such topic
    [InlineData("0200000000")]
    [InlineData("020000000005")] // no such request
    [InlineData("03000000")]
    [InlineData("0400000000")]
    public void Bytes_that_are_no_frame_close_the_link(string hex)
    {
        (PeerNetwork network, RecordingLink link, ILinkEnd end) = Joined();
        end.Receive([Convert.FromHexString(hex)]);
        Assert.True(link.IsClosed);
        Assert.Single(network.Peers); // until the link says that it is closed
    }

    [Fact]
    public void A_frame_that_is_too_long_closes_the_link()
    {
        (_, RecordingLink link, ILinkEnd end) = Joined();
        byte[] frame = new byte[Frame.MaxLength + 1];
        frame[0] = (byte)FrameKind.Gossip;
        end.Receive([frame.AsMemory(..^1)]);
        Assert.False(link.IsClosed);
        end.Receive([frame]);
        Assert.True(link.IsClosed);
    }

    [Theory]
    [InlineData("0001" + "01020304" + "70656572", true)]
    [InlineData("0002" + "01020304" + "70656572", false)] // another version
    [InlineData("0001" + "01020305" + "70656572", false)] // another chain
    [InlineData("0001" + "01020304", false)] // no name
    [InlineData("0001" + "01020304" + "73656c66", false)] // our own name
    [InlineData("010000", false)] // no hello first
    [InlineData("040000000000", false)]
    public void Only_a_node_of_the_same_chain_that_says_hello_first_is_a_peer(string hex, bool isPeer)
    {
        (PeerNetwork network, _) = Node("self");
        RecordingLink link = new();
        network.Open(link, isDialled: false).Receive([Convert.FromHexString(hex)]);
        Assert.Equal((isPeer, isPeer ? 1 : 0), (!link.IsClosed, network.Peers.Count));
    }

    [Fact]
    public void A_name_that_is_too_long_is_no_peer()
    {
        (PeerNetwork network, _) = Node("self");
        foreach ((int length, int peers) in new[] { (PeerId.MaxLength + 1, 0), (PeerId.MaxLength, 1) })
        {
            network.Open(new RecordingLink(), isDialled: false).Receive([Frame.Hello(Digest.AsSpan(), new(new string('x', length)))]);
            Assert.Equal(peers, network.Peers.Count);
        }
    }

    [Fact]
    public void There_are_no_more_than_sixty_four_peers()
    {
        (PeerNetwork network, _) = Node("self");
        for (int i = 0; i < 70; i++)
            network.Open(new RecordingLink(), isDialled: false).Receive([Frame.Hello(Digest.AsSpan(), new($"peer{i}"))]);
        Assert.Equal(64, network.Peers.Count);
    }

    [Fact]
    public void Random_bytes_never_do_worse_than_close_the_link()
    {
        Random random = new(1);
        for (int i = 0; i < 20_000; i++)
        {
            (_, _, ILinkEnd end) = Joined();
            byte[] bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            if (bytes.Length > 0)
                bytes[0] %= 6;
            end.Receive([bytes]);
        }
    }

    [Theory]
    [InlineData("a:offline@0..10", 0)]
    [InlineData("a:partition@0..10", 0)]
    [InlineData("a:loss=1@0..10", 0)]
    [InlineData("c:offline@0..10", 1)]
    [InlineData("a:delay=3@0..10", 0)]
    public void Faults_keep_messages_away(string text, int heardAfterASecond)
    {
        // Hellos are lost, too, while a node is offline: the fault begins when all are there.
        Assert.True(NetworkFault.TryParse(text, out NetworkFault? fault));
        fault = fault with { From = fault.From + TimeSpan.FromSeconds(5), Until = fault.Until + TimeSpan.FromSeconds(5) };
        (PeerNetwork Network, Listener Listener)[] nodes = Line([fault], "a", "b");
        Pass(5);
        nodes[0].Network.Publish(Blocks, new byte[] { 1 });
        Pass(1);
        Assert.Equal(heardAfterASecond, nodes[1].Listener.Heard.Count);
        Pass(3);
        Assert.Equal(fault.Kind == FaultKind.Delay ? 1 : heardAfterASecond, nodes[1].Listener.Heard.Count);
        Pass(10);
        nodes[0].Network.Publish(Blocks, new byte[] { 2 });
        Pass(1);
        Assert.Equal("02", nodes[1].Listener.Heard[^1].Data);
    }

    [Fact]
    public void Seen_messages_are_remembered_for_at_least_as_many_as_there_is_room_for()
    {
        SeenMessages seen = new(4);
        Hash32[] ids = [.. Enumerable.Range(0, 20).Select(i => SeenMessages.IdOf(Blocks, [(byte)i]))];
        for (int i = 0; i < ids.Length; i++)
        {
            Assert.True(seen.Add(ids[i]));
            for (int back = 0; back < Math.Min(i, 4); back++)
                Assert.False(seen.Add(ids[i - back]));
        }
        Assert.True(seen.Add(ids[0]));
        Assert.NotEqual(SeenMessages.IdOf(new(TopicKind.SyncCommittee, 1), [1]), SeenMessages.IdOf(new(TopicKind.SyncCommittee, 2), [1]));
    }

    private (PeerNetwork Network, RecordingLink Link, ILinkEnd End) Joined()
    {
        (PeerNetwork network, _) = Node("self");
        RecordingLink link = new();
        ILinkEnd end = network.Open(link, isDialled: false);
        end.Receive([Frame.Hello(Digest.AsSpan(), new("peer"))]);
        return (network, link, end);
    }

    private (PeerNetwork Network, Listener Listener)[] Line(params string[] names) => Line([], names);

    /// <summary>Nodes each of which knows those beside it.</summary>
    private (PeerNetwork Network, Listener Listener)[] Line(IReadOnlyList<NetworkFault> faults, params string[] names)
    {
        LoopbackHub hub = new(_clock, seed: 1, faults);
        (PeerNetwork Network, Listener Listener)[] nodes = [.. names.Select(Node)];
        for (int i = 1; i < names.Length; i++)
            hub.Connect((new(names[i - 1]), nodes[i - 1].Network), (new(names[i]), nodes[i].Network));
        Pass(1);
        return nodes;
    }

    private (PeerNetwork Network, Listener Listener) Node(string name)
    {
        PeerNetwork network = new(new(name), Digest, _clock, NullLogger<PeerNetwork>.Instance);
        Listener listener = new();
        network.Attach(listener);
        return (network, listener);
    }

    private void Pass(double seconds) => _clock.RunUntil(_clock.GetUtcNow() + TimeSpan.FromSeconds(seconds));

    private sealed class Listener : IPeerHandler
    {
        public List<(string From, Topic Topic, string Data)> Heard { get; } = [];

        public GossipVerdict Verdict { get; set; } = GossipVerdict.Accept;

        public Response Reply { get; set; } = Response.Of(ResponseCode.ResourceUnavailable);

        public void Handle(ReadOnlySpan<GossipMessage> messages, Span<GossipVerdict> verdicts)
        {
            foreach (GossipMessage message in messages)
                Heard.Add((message.From.Name, message.Topic, Convert.ToHexString(message.Data.Span)));
            verdicts.Fill(Verdict);
        }

        public Response Answer(PeerId from, RequestKind kind, ReadOnlyMemory<byte> request) => Reply;
    }

    private sealed class RecordingLink : ILink
    {
        public List<byte[]> Sent { get; } = [];

        public bool IsClosed { get; private set; }

        public void Send(ReadOnlyMemory<byte> frame) => Sent.Add(frame.ToArray());

        public void Close() => IsClosed = true;
    }
}
