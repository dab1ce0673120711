namespace Flashback.Network;

/// <summary>The peers of a node, wherever they are. Safe to share between threads.</summary>
public interface IPeerNetwork
{
    /// <summary>Those connected now.</summary>
    IReadOnlyList<PeerId> Peers { get; }

    /// <summary>Called when a peer has come, soon after.</summary>
    event Action<PeerId>? PeerJoined;

    /// <summary>Hands what comes to the node; nothing is delivered before. Once.</summary>
    void Attach(IPeerHandler handler);

    /// <summary>Gives a message to all peers. Returns at once.</summary>
    void Publish(Topic topic, ReadOnlyMemory<byte> message);

    /// <summary>Asks a peer. What comes back is bounded in number and bytes, and comes within a bounded time.</summary>
    Task<Response> RequestAsync(PeerId peer, RequestKind kind, ReadOnlyMemory<byte> request);

    /// <summary>A peer broke a rule in a way that the network could not see; who does so often is disconnected.</summary>
    void Penalise(PeerId peer);
}

/// <summary>What a node does with what its peers say.</summary>
public interface IPeerHandler
{
    /// <summary>Looks at messages that came about the same time: many are quicker verified together.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="verdicts">What becomes of each.</param>
    void Handle(ReadOnlySpan<GossipMessage> messages, Span<GossipVerdict> verdicts);

    /// <summary>Answers a request.</summary>
    Response Answer(PeerId from, RequestKind kind, ReadOnlyMemory<byte> request);
}
