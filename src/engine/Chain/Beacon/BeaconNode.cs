using Flashback.Consensus;
using Flashback.Execution;
using Flashback.Network;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <summary>A node of the network: the chain, what its peers say, and what it says to them. Safe to share between threads.</summary>
/// <remarks>Everything that this node makes goes the way of what peers send: it is looked at, taken in, and passed on.</remarks>
public sealed partial class BeaconNode : IPeerHandler, IDisposable
{
    private readonly IPeerNetwork _network;
    private readonly TransactionPool _pool;
    private readonly PeerAnswers _answers;
    private readonly Synchroniser _synchroniser;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ITimer _timer;

    /// <summary>Joins the network; the chain goes on from now.</summary>
    public BeaconNode(BeaconChain chain, TransactionPool pool, IPeerNetwork network, TimeProvider clock, ILoggerFactory logging)
    {
        (Chain, _pool, _network, _clock, _log) = (chain, pool, network, clock, logging.CreateLogger<BeaconNode>());
        Desk = new GossipDesk(chain, pool, logging.CreateLogger<GossipDesk>());
        _answers = new PeerAnswers(chain);
        _synchroniser = new Synchroniser(chain, Desk, _answers, network, _log);
        Desk.AcceptedLate += network.Publish;
        Desk.BlockMissed += (peer, root) => Watch(peer == default ? Task.CompletedTask : _synchroniser.FetchAsync(peer, root));
        pool.Added += Announce;
        network.PeerJoined += peer => Watch(_synchroniser.GreetAsync(peer));
        network.Attach(this);
        _timer = clock.CreateTimer(_ => BeginSlot(), null, UntilNextSlot(), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called when a slot has begun and the chain has heard of it. Who listens must be quick and must not throw.</summary>
    public event Action<Slot>? SlotBegan;

    /// <summary>The chain.</summary>
    public BeaconChain Chain { get; }

    /// <summary>Where messages are looked at.</summary>
    public GossipDesk Desk { get; }

    /// <summary>The peers connected now.</summary>
    public IReadOnlyList<PeerId> Peers => _network.Peers;

    /// <summary>Looks at a message of this node's own, takes it in, and gives it to all peers where it keeps every rule.</summary>
    public GossipVerdict Publish(Topic topic, ReadOnlyMemory<byte> message) => Publish([(topic, message)])[0];

    /// <summary>The same for messages that belong together.</summary>
    public IReadOnlyList<GossipVerdict> Publish(IReadOnlyList<(Topic Topic, ReadOnlyMemory<byte> Data)> messages)
    {
        GossipVerdict[] verdicts = new GossipVerdict[messages.Count];
        Desk.Handle([.. messages.Select(message => new GossipMessage(default, message.Topic, message.Data))], verdicts);
        for (int i = 0; i < verdicts.Length; i++)
        {
            if (verdicts[i] == GossipVerdict.Accept)
                _network.Publish(messages[i].Topic, messages[i].Data);
        }
        return verdicts;
    }

    /// <summary>Takes a signed block in with its blobs, and gives them to all peers.</summary>
    public GossipVerdict Publish(SignedBeaconBlock block, IReadOnlyList<ReadOnlyMemory<byte>> blobs, IReadOnlyList<Bytes48> proofs)
    {
        List<(Topic, ReadOnlyMemory<byte>)> messages = [.. BlobShelf.Of(Chain.Preset, block, blobs, proofs).Select(sidecar =>
            (new Topic(TopicKind.BlobSidecar, GossipDesk.BlobSubnetOf(sidecar.Index)), (ReadOnlyMemory<byte>)sidecar.Encode(Chain.Preset)))];
        messages.Add((new Topic(TopicKind.BeaconBlock), block.Encode(Chain.Preset)));
        return Publish(messages)[^1];
    }

    /// <inheritdoc/>
    public void Handle(ReadOnlySpan<GossipMessage> messages, Span<GossipVerdict> verdicts) => Desk.Handle(messages, verdicts);

    /// <inheritdoc/>
    public Response Answer(PeerId from, RequestKind kind, ReadOnlyMemory<byte> request) => _answers.Answer(kind, request.Span);

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Added -= Announce;
        _timer.Dispose();
    }

    private TimeSpan UntilNextSlot()
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset genesis = DateTimeOffset.FromUnixTimeSeconds((long)Chain.GenesisTime);
        if (now < genesis)
            return genesis - now;
        TimeSpan slot = TimeSpan.FromSeconds(Chain.Config.SecondsPerSlot);
        return slot - TimeSpan.FromTicks((now - genesis).Ticks % slot.Ticks);
    }

    private void BeginSlot()
    {
        try
        {
            Chain.Tick();
            Desk.Refresh();
            foreach (PeerId peer in _network.Peers)
                Watch(_synchroniser.GreetAsync(peer));
            SlotBegan?.Invoke(Chain.CurrentSlot);
        }
        catch (Exception failure)
        {
            LogFailed(failure);
        }
        _ = _timer.Change(UntilNextSlot(), Timeout.InfiniteTimeSpan);
    }

    private void Announce(PooledTransaction transaction) =>
        _network.Publish(new Topic(TopicKind.Transaction), PooledTransactionCodec.Encode(transaction.Transaction, transaction.Sidecar));

    /// <summary>Logs how a piece of work ends that nobody waits for.</summary>
    private void Watch(Task work) =>
        work.ContinueWith(failed => LogFailed(failed.Exception!), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    [LoggerMessage(Level = LogLevel.Error, Message = "The node failed at its work, and goes on")]
    private partial void LogFailed(Exception failure);
}
