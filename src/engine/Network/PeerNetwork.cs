using System.Diagnostics.CodeAnalysis;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Network;

/// <summary>The peers of a node over links of any kind: who is there, gossip that goes on from peer to peer, questions and answers.</summary>
/// <remarks>
/// A message is looked at once, whoever brings it, and goes on to all peers but the one it came from where the node accepts it. Who brings what the node
/// rejects loses standing and, in the end, the link; standing comes back with time.
/// </remarks>
public sealed partial class PeerNetwork : IPeerNetwork
{
    private const int SeenCapacity = 1 << 16;
    private const int MostPeers = 64;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    // immutable
    private readonly PeerId _self;
    private readonly byte[] _digest;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    // guarded by _gate
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, PeerLink> _peers = [];
    private readonly SeenMessages _seen = new(SeenCapacity);
    private IPeerHandler? _handler;

    /// <summary>Begins without peers.</summary>
    /// <param name="self">This node's name.</param>
    /// <param name="digest">What tells the chain apart: only nodes with the same are peers. spec: cs/phase0/beacon-chain#compute_fork_digest</param>
    /// <param name="clock">The time.</param>
    /// <param name="log">The log.</param>
    public PeerNetwork(PeerId self, Bytes4 digest, TimeProvider clock, ILogger<PeerNetwork> log)
    {
        (_self, _clock, _log) = (self, clock, log);
        _digest = digest.AsSpan().ToArray();
    }

    /// <inheritdoc/>
    public event Action<PeerId>? PeerJoined;

    /// <inheritdoc/>
    public IReadOnlyList<PeerId> Peers
    {
        get
        {
            lock (_gate)
                return [.. _peers.Keys.OrderBy(peer => peer.Name, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void Attach(IPeerHandler handler)
    {
        lock (_gate)
            _handler = _handler is null ? handler : throw new InvalidOperationException("a node listens already");
    }

    /// <summary>Takes a link that was opened, and says hello.</summary>
    /// <param name="link">The link.</param>
    /// <param name="isDialled">Whether this side opened it.</param>
    /// <returns>Who listens to what comes over it.</returns>
    public ILinkEnd Open(ILink link, bool isDialled)
    {
        link.Send(Frame.Hello(_digest, _self));
        return new PeerLink(this, link, isDialled, RequestTimeout, _clock);
    }

    /// <inheritdoc/>
    public void Publish(Topic topic, ReadOnlyMemory<byte> message)
    {
        lock (_gate)
            _ = _seen.Add(SeenMessages.IdOf(topic, message.Span));
        Forward(topic, message, except: null);
    }

    /// <inheritdoc/>
    public Task<Response> RequestAsync(PeerId peer, RequestKind kind, ReadOnlyMemory<byte> request) =>
        TryGet(peer, out PeerLink? link) ? link.RequestAsync(kind, request) : Task.FromResult(Response.Of(ResponseCode.Lost));

    /// <inheritdoc/>
    public void Penalise(PeerId peer)
    {
        if (TryGet(peer, out PeerLink? link) && link.Standing.Lower())
        {
            LogBanned(peer);
            link.Close();
        }
    }

    /// <summary>A link said who is at its other side; false where it is not wanted.</summary>
    internal bool Join(PeerLink link, in Frame hello, [NotNullWhen(true)] out PeerId? peer)
    {
        if (!hello.TryReadHello(_digest, out peer) || peer == _self)
            return false;
        lock (_gate)
        {
            if (_handler is null || (_peers.Count >= MostPeers && !_peers.ContainsKey(peer.Value)))
                return false;
            if (_peers.TryGetValue(peer.Value, out PeerLink? before))
            {
                // Both dialled: both sides keep the same link. Or it came back before we noticed that it was gone.
                if (link.IsDialled != before.IsDialled && link.IsDialled != IsFirst(peer.Value))
                    return false;
                before.Close();
            }
            _peers[peer.Value] = link;
        }
        LogJoined(peer.Value);
        PeerJoined?.Invoke(peer.Value);
        return true;
    }

    internal void Leave(PeerLink link, PeerId peer)
    {
        lock (_gate)
        {
            if (!_peers.TryGetValue(peer, out PeerLink? known) || known != link)
                return;
            _ = _peers.Remove(peer);
        }
        LogLeft(peer);
    }

    /// <summary>Has the node look at what was not seen before, and passes on what it accepts.</summary>
    internal void Receive(PeerId from, List<GossipMessage> messages)
    {
        List<GossipMessage> fresh = [];
        IPeerHandler handler;
        lock (_gate)
        {
            handler = _handler!; // a peer joins only once somebody listens
            foreach (GossipMessage message in messages)
            {
                if (_seen.Add(SeenMessages.IdOf(message.Topic, message.Data.Span)))
                    fresh.Add(message);
            }
        }
        if (fresh.Count == 0)
            return;
        GossipVerdict[] verdicts = new GossipVerdict[fresh.Count];
        handler.Handle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(fresh), verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] == GossipVerdict.Accept)
                Forward(fresh[i].Topic, fresh[i].Data, from);
            else if (verdicts[i] == GossipVerdict.Reject)
                Penalise(from);
        }
    }

    internal Response Answer(PeerId from, RequestKind kind, ReadOnlyMemory<byte> request)
    {
        IPeerHandler handler;
        lock (_gate)
            handler = _handler!;
        return handler.Answer(from, kind, request);
    }

    /// <summary>Of two nodes that dial each other, the one whose link is kept.</summary>
    private bool IsFirst(PeerId peer) => string.CompareOrdinal(_self.Name, peer.Name) < 0;

    private void Forward(Topic topic, ReadOnlyMemory<byte> message, PeerId? except)
    {
        PeerLink[] links;
        lock (_gate)
            links = [.. _peers.OrderBy(peer => peer.Key.Name, StringComparer.Ordinal).Where(peer => peer.Key != except).Select(peer => peer.Value)];
        byte[] frame = Frame.Gossip(topic, message.Span);
        foreach (PeerLink link in links)
            link.Send(frame);
    }

    private bool TryGet(PeerId peer, [NotNullWhen(true)] out PeerLink? link)
    {
        lock (_gate)
            return _peers.TryGetValue(peer, out link);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Peer {Peer} has come")]
    private partial void LogJoined(PeerId peer);

    [LoggerMessage(Level = LogLevel.Information, Message = "Peer {Peer} has gone")]
    private partial void LogLeft(PeerId peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Peer {Peer} broke rules too often and is disconnected")]
    private partial void LogBanned(PeerId peer);
}
