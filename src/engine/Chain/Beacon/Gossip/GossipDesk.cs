using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Chain.Beacon;

/// <summary>Looks at what peers send: whether it goes on, and what the chain makes of it. Messages of this node's own go the same way. Safe to share between threads.</summary>
/// <remarks>
/// Blocks and blobs of a batch come first, for votes may be for them. Then votes are checked one by one but for their signatures, which are verified
/// together; a vote for a block that is not here yet waits for it.
/// </remarks>
public sealed partial class GossipDesk
{
    private readonly BeaconChain _chain;
    private readonly TransactionPool _pool;
    private readonly ILogger _log;

    // guarded by the chain's gate
    private readonly Dictionary<(Slot Slot, ValidatorIndex Proposer), SignedBeaconBlockHeader> _headers = [];
    private readonly SeenByTime<(ValidatorIndex Proposer, ulong Index)> _blobs = new();
    private readonly SortedDictionary<ulong, Dictionary<ValidatorIndex, Hash32>> _voters = [];
    private readonly SeenByTime<ValidatorIndex> _aggregators = new();
    private readonly SeenAggregates<(Hash32 Data, CommitteeIndex Committee)> _aggregates = new();
    private readonly SeenByTime<(ValidatorIndex Voter, byte Subnet)> _syncVoters = new();
    private readonly SeenByTime<(ValidatorIndex Aggregator, ulong Subcommittee)> _syncAggregators = new();
    private readonly SeenAggregates<(Hash32 Block, ulong Subcommittee)> _contributions = new();
    private readonly WaitingMessages _waiting = new();
    private List<BeaconEvent> _events = [];

    /// <summary>Opens a desk.</summary>
    public GossipDesk(BeaconChain chain, TransactionPool pool, ILogger<GossipDesk> log) => (_chain, _pool, _log) = (chain, pool, log);

    /// <summary>Called with messages that waited, or came of others, and are to be passed on.</summary>
    public event Action<Topic, ReadOnlyMemory<byte>>? AcceptedLate;

    /// <summary>Called where a message speaks of a block that is not here, with the peer that sent it.</summary>
    public event Action<PeerId, Hash32>? BlockMissed;

    private Preset Preset => _chain.Preset;

    /// <summary>Looks at messages that came about the same time.</summary>
    public void Handle(ReadOnlySpan<GossipMessage> messages, Span<GossipVerdict> verdicts)
    {
        List<BeaconEvent> events;
        lock (_chain.Gate)
        {
            _chain.TickUnderGate();
            HandleUnderGate(messages, verdicts);
            _chain.UpdateHead(_events);
            (events, _events) = (_events, []);
            _ = ReleaseWaiting(events);
        }
        _chain.Raise(events);
        for (int i = 0; i < messages.Length; i++)
            BeaconMetrics.MessageCame(messages[i].Topic.Kind, verdicts[i]);
    }

    /// <summary>Whether a validator was seen to vote in an epoch.</summary>
    public bool IsLive(ValidatorIndex validator, Epoch epoch)
    {
        lock (_chain.Gate)
            return _voters.TryGetValue(epoch.Value, out Dictionary<ValidatorIndex, Hash32>? voters) && voters.ContainsKey(validator);
    }

    /// <summary>A block came another way than by gossip: what waited for it is looked at. Call it at the start of every slot, too: what is past is forgotten.</summary>
    public void Refresh()
    {
        List<BeaconEvent> events;
        lock (_chain.Gate)
        {
            Slot now = _chain.CurrentSlot;
            Epoch epoch = Preset.EpochAt(now);
            ulong Before(ulong time, ulong kept) => time > kept ? time - kept : 0;
            _blobs.Prune(Before(now.Value, 64));
            _aggregators.Prune(Before(epoch.Value, 1));
            _aggregates.Prune(Before(epoch.Value, 1));
            _contributions.Prune(Before(now.Value, 1));
            _syncVoters.Prune(Before(now.Value, 1));
            _syncAggregators.Prune(Before(now.Value, 1));
            _waiting.Prune(now);
            foreach (ulong old in _voters.Keys.TakeWhile(old => old + 3 < epoch.Value).ToArray())
                _ = _voters.Remove(old);
            foreach ((Slot Slot, ValidatorIndex) old in _headers.Keys.Where(key => key.Slot + (2 * Preset.SlotsPerEpoch) < now).ToArray())
                _ = _headers.Remove(old);
            events = ReleaseWaiting([]);
        }
        _chain.Raise(events);
    }

    private void HandleUnderGate(ReadOnlySpan<GossipMessage> messages, Span<GossipVerdict> verdicts)
    {
        List<Candidate> candidates = [];
        for (int pass = 0; pass < 2; pass++)
        {
            for (int i = 0; i < messages.Length; i++)
            {
                if (messages[i].Topic.Kind is TopicKind.BeaconBlock or TopicKind.BlobSidecar == (pass == 0))
                    verdicts[i] = Look(messages[i], i, candidates);
            }
        }
        bool[] hold = Candidate.Verify(candidates);
        for (int i = 0; i < hold.Length; i++)
        {
            int place = candidates[i].Place;
            verdicts[place] = hold[i] ? candidates[i].Accept() : Refuse(messages[place].Topic.Kind, new Invalid<GossipRule>(GossipRule.Signature, "a signature does not hold"));
        }
    }

    /// <summary>Looks again at what waited for blocks that are here now.</summary>
    private List<BeaconEvent> ReleaseWaiting(List<BeaconEvent> events)
    {
        foreach (Hash32 block in _waiting.Blocks.Where(block => _chain.ForkChoice.SlotOf(block) is not null).ToArray())
        {
            GossipMessage[] messages = _waiting.Take(block);
            GossipVerdict[] verdicts = new GossipVerdict[messages.Length];
            HandleUnderGate(messages, verdicts);
            for (int i = 0; i < messages.Length; i++)
            {
                if (verdicts[i] == GossipVerdict.Accept)
                    AcceptedLate?.Invoke(messages[i].Topic, messages[i].Data);
            }
        }
        events.AddRange(_events);
        _events = [];
        return events;
    }

    private GossipVerdict Look(in GossipMessage message, int place, List<Candidate> candidates) => message.Topic.Kind switch
    {
        TopicKind.BeaconBlock => LookAtBlock(message),
        TopicKind.BlobSidecar => LookAtBlob(message),
        TopicKind.BeaconAttestation => LookAtVote(message, place, candidates),
        TopicKind.BeaconAggregateAndProof => LookAtAggregate(message, place, candidates),
        TopicKind.SyncCommittee => LookAtSyncVote(message, place, candidates),
        TopicKind.SyncCommitteeContributionAndProof => LookAtContribution(message, place, candidates),
        TopicKind.Transaction => LookAtTransaction(message),
        _ => LookAtOperation(message),
    };

    /// <summary>A message speaks of a block that is not here: it waits, and the block is looked for.</summary>
    private GossipVerdict Wait(in GossipMessage message, in Hash32 block)
    {
        _ = _waiting.Add(block, _chain.CurrentSlot, message);
        BlockMissed?.Invoke(message.From, block);
        return GossipVerdict.Ignore;
    }

    private GossipVerdict Refuse(TopicKind topic, Invalid<GossipRule> invalid)
    {
        GossipVerdict verdict = GossipRules.VerdictOf(invalid.Rule);
        if (verdict == GossipVerdict.Reject)
            LogRejected(topic, invalid.Rule, invalid.Detail);
        return verdict;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Topic} is rejected: {Rule}, {Reason}")]
    private partial void LogRejected(TopicKind topic, GossipRule rule, string reason);
}
