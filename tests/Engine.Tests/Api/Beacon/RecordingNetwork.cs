using Flashback.Network;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>Peers that hear everything and say nothing.</summary>
internal sealed class RecordingNetwork : IPeerNetwork
{
    private readonly List<Topic> _published = [];

    public IReadOnlyList<PeerId> Peers { get; } = [new PeerId("anna"), new PeerId("bert")];

    /// <summary>What was published, in order.</summary>
    public IReadOnlyList<Topic> Published
    {
        get
        {
            lock (_published)
                return [.. _published];
        }
    }

    public event Action<PeerId>? PeerJoined
    {
        add { }
        remove { }
    }

    public void Attach(IPeerHandler handler) { }

    public void Publish(Topic topic, ReadOnlyMemory<byte> message)
    {
        lock (_published)
            _published.Add(topic);
    }

    public Task<Response> RequestAsync(PeerId peer, RequestKind kind, ReadOnlyMemory<byte> request) => Task.FromResult(Response.Of(ResponseCode.ServerError));

    public void Penalise(PeerId peer) { }
}
