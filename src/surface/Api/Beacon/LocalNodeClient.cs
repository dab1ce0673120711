using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Api.Beacon;

/// <summary>The node of this process, as roles ask it: every answer is there at once.</summary>
public sealed class LocalNodeClient : INodeClient
{
    private readonly BeaconNode _node;

    /// <summary>Answers for a node.</summary>
    public LocalNodeClient(BeaconNode node)
    {
        _node = node;
        node.Chain.Happened += happened =>
        {
            if (happened is BeaconEvent.Head head)
                HeadArrived?.Invoke(head.Slot);
        };
    }

    /// <inheritdoc/>
    public event Action<Slot>? HeadArrived;

    private BeaconChain Chain => _node.Chain;

    private Preset Preset => Chain.Preset;

    /// <inheritdoc/>
    public Task<NodeGenesis> GetGenesisAsync(CancellationToken cancellation) =>
        Task.FromResult(new NodeGenesis(Chain.GenesisTime, Chain.GenesisValidatorsRoot, Chain.Config.GenesisForkVersion));

    /// <inheritdoc/>
    public Task<NodeSyncing> GetSyncingAsync(CancellationToken cancellation)
    {
        Slot head = Chain.Snapshot.Head.Slot, now = Chain.CurrentSlot;
        ulong distance = now > head ? now - head : 0;
        return Task.FromResult(new NodeSyncing(head, distance, Chain.IsSyncing && distance > Preset.SlotsPerEpoch));
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<KnownValidator>> GetValidatorsAsync(IReadOnlyCollection<Bytes48> keys, CancellationToken cancellation) => AskHead<IReadOnlyList<KnownValidator>>(state =>
    {
        List<KnownValidator> known = [];
        foreach (Bytes48 key in keys)
        {
            if (state.State.Validators.IndexOf(in key) is >= 0 and int index)
                known.Add(new KnownValidator(new((ulong)index), state.State.Validators[index], state.State.Balances[index]));
        }
        return known;
    });

    /// <inheritdoc/>
    public Task<Duties<ProposerDuty>> GetProposerDutiesAsync(Epoch epoch, CancellationToken cancellation) => AskEpoch(epoch, isNextDecided: false, (state, head) =>
    {
        ProposerDuty[] duties = new ProposerDuty[Preset.SlotsPerEpoch];
        for (int i = 0; i < duties.Length; i++)
        {
            Slot slot = Preset.StartSlotOf(epoch) + (ulong)i;
            ValidatorIndex proposer = state.ComputeProposerIndex(slot);
            duties[i] = new ProposerDuty(state.State.Validators.PublicKeyOf((int)proposer.Value), proposer, slot);
        }
        return new Duties<ProposerDuty>(DependentRoot(state, head, epoch, epochsBack: 0), duties);
    });

    /// <inheritdoc/>
    public Task<Duties<AttesterDuty>> GetAttesterDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) => AskEpoch(epoch, isNextDecided: true, (state, head) =>
    {
        HashSet<int> wanted = [.. validators.Where(validator => validator.Value < (ulong)state.State.Validators.Count).Select(validator => (int)validator.Value)];
        Committees committees = state.GetCommittees(epoch);
        List<AttesterDuty> duties = [];
        for (ulong i = 0; i < Preset.SlotsPerEpoch; i++)
        {
            Slot slot = Preset.StartSlotOf(epoch) + i;
            for (ulong index = 0; index < committees.PerSlot; index++)
            {
                ReadOnlySpan<int> committee = committees.Get(slot, index);
                for (int position = 0; position < committee.Length; position++)
                {
                    if (wanted.Contains(committee[position]))
                        duties.Add(new AttesterDuty(state.State.Validators.PublicKeyOf(committee[position]), new((ulong)committee[position]), slot, new(index), committee.Length, committees.PerSlot, position));
                }
            }
        }
        return new Duties<AttesterDuty>(DependentRoot(state, head, epoch, epochsBack: 1), duties);
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<SyncCommitteeDuty>> GetSyncCommitteeDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) => AskPeriod<IReadOnlyList<SyncCommitteeDuty>>(state =>
    {
        ulong period = epoch.Value / Preset.EpochsPerSyncCommitteePeriod, now = state.GetCurrentEpoch().Value / Preset.EpochsPerSyncCommitteePeriod;
        if (period != now && period != now + 1)
            throw new NodeException(NodeFault.Refused, $"the sync committee of {epoch} is not known at {state.GetCurrentEpoch()}");
        Bytes48[] members = (period == now ? state.State.CurrentSyncCommittee : state.State.NextSyncCommittee).PublicKeys.AsSpan().ToArray();
        ILookup<Bytes48, int> places = Enumerable.Range(0, members.Length).ToLookup(place => members[place]);
        List<SyncCommitteeDuty> duties = [];
        foreach (ValidatorIndex validator in validators.Where(validator => validator.Value < (ulong)state.State.Validators.Count))
        {
            Bytes48 key = state.State.Validators.PublicKeyOf((int)validator.Value);
            if (places.Contains(key))
                duties.Add(new SyncCommitteeDuty(key, validator, [.. places[key]]));
        }
        return duties;
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<ValidatorLiveness>> GetLivenessAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ValidatorLiveness>>([.. validators.Select(validator => new ValidatorLiveness(validator, _node.Desk.IsLive(validator, epoch)))]);

    /// <inheritdoc/>
    public Task PrepareProposersAsync(IReadOnlyCollection<ProposerPreparation> preparations, CancellationToken cancellation)
    {
        foreach (ProposerPreparation preparation in preparations)
            Chain.PrepareProposer(preparation.Validator, preparation.FeeRecipient);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task SubscribeCommitteesAsync(IReadOnlyCollection<CommitteeSubscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask; // every subnet is followed

    /// <inheritdoc/>
    public Task SubscribeSyncCommitteesAsync(IReadOnlyCollection<SyncCommitteeSubscription> subscriptions, CancellationToken cancellation) => Task.CompletedTask; // every subnet is followed

    /// <inheritdoc/>
    public Task<ProducedBlock> ProduceBlockAsync(Slot slot, Bytes96 randaoReveal, Hash32 graffiti, CancellationToken cancellation) =>
        Chain.Propose(slot, randaoReveal, graffiti, out BlockProposal? proposal) is { } invalid
            ? Task.FromException<ProducedBlock>(FaultOf(invalid))
            : Task.FromResult(new ProducedBlock(proposal!.Block, new BlobsBundle(proposal.Blobs, proposal.Proofs), proposal.Value));

    /// <inheritdoc/>
    public Task PublishBlockAsync(SignedBeaconBlock block, BlobsBundle blobs, CancellationToken cancellation)
    {
        int commitments = block.Message.Body.BlobKzgCommitments.Length;
        if (blobs.Blobs.Count != commitments || blobs.Proofs.Count != commitments)
            return Task.FromException(new NodeException(NodeFault.Refused, $"{blobs.Blobs.Count} blobs and {blobs.Proofs.Count} proofs for {commitments} commitments"));
        return Judge(_node.Publish(block, blobs.Blobs, blobs.Proofs), $"the block of {block.Message.Slot}");
    }

    /// <inheritdoc/>
    public Task<AttestationData> ProduceAttestationDataAsync(Slot slot, CancellationToken cancellation) =>
        Chain.MakeAttestationData(slot, out AttestationData data) is { } invalid ? Task.FromException<AttestationData>(FaultOf(invalid)) : Task.FromResult(data);

    /// <inheritdoc/>
    public Task PublishAttestationsAsync(IReadOnlyList<SingleAttestation> attestations, CancellationToken cancellation)
    {
        List<(Topic, ReadOnlyMemory<byte>)> messages = [];
        foreach (SingleAttestation attestation in attestations)
        {
            byte subnet = Chain.SubnetOf(attestation.Data, attestation.CommitteeIndex);
            messages.Add((new Topic(TopicKind.BeaconAttestation, subnet), attestation.Encode()));
        }
        return PublishAll(messages, "an attestation");
    }

    /// <inheritdoc/>
    public Task<Attestation?> GetAggregateAsync(Slot slot, Hash32 dataRoot, CommitteeIndex committee, CancellationToken cancellation) =>
        Task.FromResult(Chain.Aggregate(dataRoot, committee) is { } aggregate && aggregate.Data.Slot == slot ? aggregate : null);

    /// <inheritdoc/>
    public Task PublishAggregatesAsync(IReadOnlyList<SignedAggregateAndProof> aggregates, CancellationToken cancellation) =>
        PublishEach(aggregates.Select(aggregate => (new Topic(TopicKind.BeaconAggregateAndProof), (ReadOnlyMemory<byte>)aggregate.Encode(Preset))), "an aggregate");

    /// <inheritdoc/>
    public Task<Hash32> GetHeadRootAsync(CancellationToken cancellation) => Task.FromResult(Chain.Snapshot.HeadRoot);

    /// <inheritdoc/>
    public Task PublishSyncCommitteeMessagesAsync(IReadOnlyList<SyncCommitteeMessage> messages, CancellationToken cancellation)
    {
        List<(Topic, ReadOnlyMemory<byte>)> all = [];
        foreach (SyncCommitteeMessage message in messages)
            all.AddRange(_node.Desk.SyncSubnetsOf(message.Slot, message.ValidatorIndex).Select(subnet => (new Topic(TopicKind.SyncCommittee, subnet), (ReadOnlyMemory<byte>)message.Encode())));
        return PublishAll(all, "a vote of the sync committee");
    }

    /// <inheritdoc/>
    public Task<SyncCommitteeContribution?> ProduceContributionAsync(Slot slot, ulong subcommittee, Hash32 blockRoot, CancellationToken cancellation) =>
        Task.FromResult(Chain.Contribution(slot, blockRoot, subcommittee));

    /// <inheritdoc/>
    public Task PublishContributionsAsync(IReadOnlyList<SignedContributionAndProof> contributions, CancellationToken cancellation) =>
        PublishEach(contributions.Select(signed => (new Topic(TopicKind.SyncCommitteeContributionAndProof), (ReadOnlyMemory<byte>)signed.Encode(Preset))), "a contribution");

    /// <inheritdoc/>
    public Task PublishVoluntaryExitAsync(SignedVoluntaryExit exit, CancellationToken cancellation) =>
        Judge(_node.Publish(new Topic(TopicKind.VoluntaryExit), exit.Encode()), $"the exit of {exit.Message.ValidatorIndex}");

    /// <inheritdoc/>
    public Task PublishBlsToExecutionChangesAsync(IReadOnlyList<SignedBlsToExecutionChange> changes, CancellationToken cancellation) =>
        PublishAll([.. changes.Select(change => (new Topic(TopicKind.BlsToExecutionChange), (ReadOnlyMemory<byte>)change.Encode()))], "a change of credentials");

    /// <summary>One by one: the first may say all that the others do, and then these need not be verified.</summary>
    private Task PublishEach(IEnumerable<(Topic Topic, ReadOnlyMemory<byte> Data)> messages, string what)
    {
        GossipVerdict worst = GossipVerdict.Accept;
        foreach ((Topic topic, ReadOnlyMemory<byte> data) in messages)
            worst = _node.Publish(topic, data) == GossipVerdict.Reject ? GossipVerdict.Reject : worst;
        return Judge(worst, what);
    }

    private Task PublishAll(IReadOnlyList<(Topic, ReadOnlyMemory<byte>)> messages, string what)
    {
        IReadOnlyList<GossipVerdict> verdicts = _node.Publish(messages);
        return Judge(verdicts.Contains(GossipVerdict.Reject) ? GossipVerdict.Reject : GossipVerdict.Accept, what);
    }

    /// <summary>What is only of no use, because it was there before, is no failure.</summary>
    private static Task Judge(GossipVerdict verdict, string what) =>
        verdict == GossipVerdict.Reject ? Task.FromException(new NodeException(NodeFault.Refused, $"{what} breaks a rule: the log says which")) : Task.CompletedTask;

    private static NodeException FaultOf(Invalid<ProductionRule> invalid) =>
        new(invalid.Rule == ProductionRule.Behind ? NodeFault.Syncing : invalid.Rule == ProductionRule.Unsound ? NodeFault.Failed : NodeFault.Refused, invalid.ToString());

    private Task<T> AskHead<T>(Func<CachedState, T> ask)
    {
        BeaconSnapshot now = Chain.Snapshot;
        return Answer(now.HeadRoot, now.Head.Slot, ask);
    }

    /// <summary>Asks the state of the head, let on to the start of an epoch that has not begun.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="isNextDecided">Whether the epoch before knows the answer.</param>
    /// <param name="ask">What is asked: of the state, and of the head's root.</param>
    private Task<T> AskEpoch<T>(Epoch epoch, bool isNextDecided, Func<CachedState, Hash32, T> ask)
    {
        BeaconSnapshot now = Chain.Snapshot;
        Epoch current = Preset.EpochAt(Chain.CurrentSlot);
        if (epoch > current + 1)
            return Task.FromException<T>(new NodeException(NodeFault.Refused, $"{epoch} is not decided at {current}"));
        Epoch needed = isNextDecided && epoch.Value > 0 ? new Epoch(epoch.Value - 1) : epoch;
        return AskFrom(now, Preset.StartSlotOf(needed), state => ask(state, now.HeadRoot));
    }

    /// <summary>Asks the state of the head, let on to the start of a sync committee's period that has begun without a block so far.</summary>
    private Task<T> AskPeriod<T>(Func<CachedState, T> ask)
    {
        ulong period = Preset.EpochAt(Chain.CurrentSlot).Value / Preset.EpochsPerSyncCommitteePeriod;
        return AskFrom(Chain.Snapshot, Preset.StartSlotOf(new Epoch(period * Preset.EpochsPerSyncCommitteePeriod)), ask);
    }

    private Task<T> AskFrom<T>(BeaconSnapshot now, Slot start, Func<CachedState, T> ask) => Answer(now.HeadRoot, start > now.Head.Slot ? start : now.Head.Slot, ask);

    private Task<T> Answer<T>(in Hash32 root, Slot slot, Func<CachedState, T> ask)
    {
        try
        {
            return Chain.WithState(root, slot, state => new Tuple<T>(ask(state))) is { } answer
                ? Task.FromResult(answer.Item1)
                : Task.FromException<T>(new NodeException(NodeFault.Syncing, $"the state of {slot} is not known"));
        }
        catch (NodeException refused)
        {
            return Task.FromException<T>(refused);
        }
        catch (ArgumentOutOfRangeException past)
        {
            return Task.FromException<T>(new NodeException(NodeFault.Refused, past.Message));
        }
    }

    /// <summary>The block that decided duties of an epoch. spec: beacon-APIs dependent_root</summary>
    private Hash32 DependentRoot(CachedState state, in Hash32 head, Epoch epoch, ulong epochsBack)
    {
        Epoch decided = new(epoch.Value > epochsBack ? epoch.Value - epochsBack : 0);
        Slot last = new(Math.Max(1, Preset.StartSlotOf(decided).Value) - 1);
        return last < state.State.Slot ? state.GetBlockRootAtSlot(last) : head;
    }
}
