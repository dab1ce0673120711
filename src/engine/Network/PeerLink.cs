namespace Flashback.Network;

/// <summary>One peer's link: who is there, and the questions that are open in both directions.</summary>
internal sealed class PeerLink : ILinkEnd
{
    // Of one answer, at most; beyond it the peer is up to no good. spec: cs/deneb/p2p-interface#configuration, MAX_REQUEST_BLOCKS_DENEB × the most blobs of a block
    private const int MostChunks = 128 * 9;
    private const long MostBytes = 256L << 20;
    private const int MostOpen = 16;

    private sealed class Question(ITimer? timer)
    {
        public readonly List<ReadOnlyMemory<byte>> Chunks = [];
        public readonly TaskCompletionSource<Response> Answer = new(); // continued inline: in virtual time there is one thread only
        public ITimer? Timer = timer;
        public long Bytes;
    }

    private readonly PeerNetwork _network;
    private readonly ILink _link;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private PeerId? _peer; // written by the link's thread only

    // guarded by _gate
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Question> _open = [];
    private uint _lastId;
    private bool _isClosed;

    public PeerLink(PeerNetwork network, ILink link, bool isDialled, TimeSpan timeout, TimeProvider clock)
    {
        (_network, _link, IsDialled, _timeout, _clock) = (network, link, isDialled, timeout, clock);
        Standing = new Standing(clock);
    }

    /// <summary>Whether this side opened it.</summary>
    public bool IsDialled { get; }

    public Standing Standing { get; }

    public void Send(ReadOnlyMemory<byte> frame) => _link.Send(frame);

    public void Close() => _link.Close();

    public Task<Response> RequestAsync(RequestKind kind, ReadOnlyMemory<byte> request)
    {
        Question question = new(null);
        uint id;
        lock (_gate)
        {
            if (_isClosed || _open.Count >= MostOpen)
                return Task.FromResult(Response.Of(ResponseCode.Lost));
            id = ++_lastId;
            _open.Add(id, question);
            question.Timer = _clock.CreateTimer(_ => Settle(id, ResponseCode.Lost), null, _timeout, Timeout.InfiniteTimeSpan);
        }
        _link.Send(Frame.Request(id, kind, request.Span));
        return question.Answer.Task;
    }

    public void Receive(IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        List<GossipMessage> gossip = [];
        foreach (ReadOnlyMemory<byte> bytes in frames)
        {
            bool isKept = Frame.TryRead(bytes, out Frame frame) && (_peer is { } peer ? Take(peer, frame, gossip) : _network.Join(this, frame, out _peer));
            if (!isKept)
            {
                _link.Close();
                return;
            }
        }
        if (gossip.Count > 0)
            _network.Receive(_peer!.Value, gossip);
    }

    public void Closed()
    {
        uint[] open;
        lock (_gate)
        {
            _isClosed = true;
            open = [.. _open.Keys];
        }
        foreach (uint id in open)
            Settle(id, ResponseCode.Lost);
        if (_peer is { } peer)
            _network.Leave(this, peer);
    }

    private bool Take(PeerId peer, in Frame frame, List<GossipMessage> gossip)
    {
        switch (frame.Kind)
        {
            case FrameKind.Gossip when frame.Code <= (byte)TopicKind.Transaction:
                gossip.Add(new GossipMessage(peer, new Topic((TopicKind)frame.Code, frame.Subnet), frame.Data));
                return true;
            case FrameKind.Request when frame.Code <= (byte)RequestKind.BlobSidecarsByRoot:
                Answer(frame.Id, _network.Answer(peer, (RequestKind)frame.Code, frame.Data));
                return true;
            case FrameKind.Chunk:
                return Keep(frame.Id, frame.Data);
            case FrameKind.End:
                Settle(frame.Id, (ResponseCode)frame.Code);
                return true;
            default:
                return false;
        }
    }

    private void Answer(uint id, Response response)
    {
        foreach (ReadOnlyMemory<byte> chunk in response.Chunks)
            _link.Send(Frame.Chunk(id, chunk.Span));
        _link.Send(Frame.End(id, response.Code));
    }

    /// <summary>A part of an answer came. One that nobody waits for any more is dropped; false where it is too much.</summary>
    private bool Keep(uint id, ReadOnlyMemory<byte> chunk)
    {
        lock (_gate)
        {
            if (!_open.TryGetValue(id, out Question? question))
                return true;
            question.Bytes += chunk.Length;
            question.Chunks.Add(chunk);
            return question.Chunks.Count <= MostChunks && question.Bytes <= MostBytes;
        }
    }

    private void Settle(uint id, ResponseCode code)
    {
        Question? question;
        lock (_gate)
        {
            if (!_open.Remove(id, out question))
                return;
        }
        question.Timer?.Dispose();
        question.Answer.SetResult(new Response(code, question.Chunks));
    }
}
