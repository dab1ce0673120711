using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using VirtualTime = Flashback.Chain.VirtualTime;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>What a node was handed, and when.</summary>
internal sealed record Handed<T>(Slot Slot, TimeSpan IntoSlot, T Message);

/// <summary>A node over a chain in memory, which checks what it is handed as gossip would, and does what a test wants.</summary>
internal sealed class ScriptedNode(ScriptedChain chain, VirtualTime time) : INodeClient
{
    public event Action<Slot>? HeadArrived;

    // What a test wants.
    public Func<Slot, bool> IsSyncing { get; set; } = _ => false;

    /// <summary>Whether a member refuses to answer, by its name without "Async".</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    /// <summary>Votes come so many slots later than the chain says, and another block decided so: as after a reorganisation.</summary>
    public ulong Shift { get; set; }

    public Func<ValidatorIndex, Epoch, bool> IsLive { get; set; } = (_, _) => false;

    // What it was handed.
    public List<string> Complaints { get; } = [];

    public List<string> Asked { get; } = [];

    public List<Handed<SignedBeaconBlock>> Blocks { get; } = [];

    public List<Handed<SingleAttestation>> Votes { get; } = [];

    public List<Handed<SignedAggregateAndProof>> Aggregates { get; } = [];

    public List<Handed<SyncCommitteeMessage>> SyncVotes { get; } = [];

    public List<Handed<SignedContributionAndProof>> Contributions { get; } = [];

    public List<Handed<CommitteeSubscription>> Subscriptions { get; } = [];

    public List<Handed<SyncCommitteeSubscription>> SyncSubscriptions { get; } = [];

    public List<Handed<ProposerPreparation>> Preparations { get; } = [];

    public Slot Now => new((ulong)((time.GetUtcNow() - Genesis).Ticks / TimeSpan.TicksPerSecond) / ScriptedChain.Config.SecondsPerSlot);

    private static DateTimeOffset Genesis => DateTimeOffset.FromUnixTimeSeconds((long)ScriptedChain.GenesisTime);

    private static Preset Preset => ScriptedChain.Preset;

    public Task<NodeGenesis> GetGenesisAsync(CancellationToken cancellation) =>
        Answer("GetGenesis", () => new NodeGenesis(ScriptedChain.GenesisTime, chain.Head.State.GenesisValidatorsRoot, ScriptedChain.Config.GenesisForkVersion));

    public Task<NodeSyncing> GetSyncingAsync(CancellationToken cancellation) => Answer("GetSyncing", () => new NodeSyncing(chain.Head.State.Slot, 0, IsSyncing(Now)));

    public Task<IReadOnlyList<KnownValidator>> GetValidatorsAsync(IReadOnlyCollection<Bytes48> keys, CancellationToken cancellation) => Answer<IReadOnlyList<KnownValidator>>("GetValidators", () =>
        [.. from key in keys let i = chain.Head.State.Validators.IndexOf(key) where i >= 0 select new KnownValidator(new((ulong)i), chain.Head.State.Validators[i], default)]);

    public Task<Duties<ProposerDuty>> GetProposerDutiesAsync(Epoch epoch, CancellationToken cancellation) => Answer("GetProposerDuties", () =>
    {
        List<ProposerDuty> duties = [];
        for (Slot slot = Now; Preset.EpochAt(slot) == epoch; slot += 1)
        {
            if (chain.Head.State.Slot > slot)
                continue;
            ValidatorIndex proposer = chain.At(slot).GetBeaconProposerIndex();
            duties.Add(new(chain.Head.State.Validators.PublicKeyOf((int)proposer.Value), proposer, slot));
        }
        return new Duties<ProposerDuty>(chain.HeadRoot, duties);
    });

    public Task<Duties<AttesterDuty>> GetAttesterDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) => Answer("GetAttesterDuties", () =>
    {
        Committees committees = chain.At(Now).GetCommittees(epoch);
        List<AttesterDuty> duties = [];
        for (ulong i = 0; i < Preset.SlotsPerEpoch * committees.PerSlot; i++)
        {
            Slot slot = Preset.StartSlotOf(epoch) + (i / committees.PerSlot);
            CommitteeIndex index = new(i % committees.PerSlot);
            ReadOnlySpan<int> committee = committees.Get(slot, index.Value);
            Slot shifted = Preset.StartSlotOf(epoch) + ((slot.Value + Shift) % Preset.SlotsPerEpoch);
            for (int position = 0; position < committee.Length; position++)
            {
                if (validators.Contains(new((ulong)committee[position])))
                    duties.Add(new(chain.Head.State.Validators.PublicKeyOf(committee[position]), new((ulong)committee[position]), shifted, index, committee.Length, committees.PerSlot, position));
            }
        }
        return new Duties<AttesterDuty>(Sha256.Hash([.. BitConverter.GetBytes(epoch.Value), .. BitConverter.GetBytes(Shift)]), duties);
    });

    public Task<IReadOnlyList<SyncCommitteeDuty>> GetSyncCommitteeDutiesAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) => Answer<IReadOnlyList<SyncCommitteeDuty>>("GetSyncCommitteeDuties", () =>
    {
        CachedState state = chain.At(Now);
        bool isNext = epoch.Value / Preset.EpochsPerSyncCommitteePeriod > Preset.EpochAt(state.State.Slot).Value / Preset.EpochsPerSyncCommitteePeriod;
        Bytes48[] members = (isNext ? state.State.NextSyncCommittee : state.State.CurrentSyncCommittee).PublicKeys.AsSpan().ToArray();
        return [.. from place in Enumerable.Range(0, members.Length)
                   group place by members[place] into member
                   let index = new ValidatorIndex((ulong)state.State.Validators.IndexOf(member.Key))
                   where validators.Contains(index)
                   select new SyncCommitteeDuty(member.Key, index, [.. member])];
    });

    public Task<IReadOnlyList<ValidatorLiveness>> GetLivenessAsync(Epoch epoch, IReadOnlyCollection<ValidatorIndex> validators, CancellationToken cancellation) =>
        Answer<IReadOnlyList<ValidatorLiveness>>("GetLiveness", () => [.. validators.Select(validator => new ValidatorLiveness(validator, IsLive(validator, epoch)))]);

    public Task PrepareProposersAsync(IReadOnlyCollection<ProposerPreparation> preparations, CancellationToken cancellation) => Take("PrepareProposers", Preparations, preparations);

    public Task SubscribeCommitteesAsync(IReadOnlyCollection<CommitteeSubscription> subscriptions, CancellationToken cancellation) => Take("SubscribeCommittees", Subscriptions, subscriptions);

    public Task SubscribeSyncCommitteesAsync(IReadOnlyCollection<SyncCommitteeSubscription> subscriptions, CancellationToken cancellation) => Take("SubscribeSyncCommittees", SyncSubscriptions, subscriptions);

    public Task<ProducedBlock> ProduceBlockAsync(Slot slot, Bytes96 randaoReveal, Hash32 graffiti, CancellationToken cancellation) => Answer("ProduceBlock", () =>
    {
        ValidatorIndex proposer = chain.At(slot).GetBeaconProposerIndex();
        Address feeRecipient = Preparations.LastOrDefault(handed => handed.Message.Validator == proposer)?.Message.FeeRecipient ?? default;
        Attestation[] votes = Shift > 0 ? [] : [.. Aggregates.Select(handed => handed.Message.Message.Aggregate)
            .Where(vote => vote.Data.Slot + 1 == slot).DistinctBy(vote => vote.Data.Slot)];
        return new ProducedBlock(chain.Make(slot, randaoReveal, graffiti, feeRecipient, votes, SyncVote(slot)), BlobsBundle.Empty, UInt256.Zero);
    });

    public Task PublishBlockAsync(SignedBeaconBlock block, BlobsBundle blobs, CancellationToken cancellation) => Answer("PublishBlock", () =>
    {
        Check(chain.Apply(block) is null, $"block of {block.Message.Slot}");
        Blocks.Add(Note(block));
        HeadArrived?.Invoke(block.Message.Slot);
        return true;
    });

    public Task<AttestationData> ProduceAttestationDataAsync(Slot slot, CancellationToken cancellation) => Answer("ProduceAttestationData", () => chain.VoteFor(slot));

    public Task PublishAttestationsAsync(IReadOnlyList<SingleAttestation> attestations, CancellationToken cancellation)
    {
        foreach (SingleAttestation vote in attestations)
        {
            Check(chain.IsSignedBy(vote.AttesterIndex, DomainType.BeaconAttester, vote.Data.HashTreeRoot(), vote.Signature), $"vote of {vote.AttesterIndex}");
            Check(vote.Data.Slot == Now, $"vote of {vote.AttesterIndex} for {vote.Data.Slot} at {Now}");
        }
        return Take("PublishAttestations", Votes, attestations);
    }

    public Task<Attestation?> GetAggregateAsync(Slot slot, Hash32 dataRoot, CommitteeIndex committee, CancellationToken cancellation) => Answer("GetAggregate", () =>
    {
        SingleAttestation[] votes = [.. Votes.Select(handed => handed.Message).Where(vote => vote.Data.Slot == slot && vote.CommitteeIndex == committee && vote.Data.HashTreeRoot() == dataRoot)];
        if (votes.Length == 0)
            return null;
        int[] members = chain.At(slot).GetCommittees(Preset.EpochAt(slot)).Get(slot, committee.Value).ToArray();
        Bits bits = new(members.Length);
        for (int i = 0; i < members.Length; i++)
            bits[i] = votes.Any(vote => (int)vote.AttesterIndex.Value == members[i]);
        Bits committees = new((int)Preset.MaxCommitteesPerSlot) { [(int)committee.Value] = true };
        return new Attestation(bits, votes[0].Data, ScriptedChain.Sum(votes.Select(vote => vote.Signature)), committees);
    });

    public Task PublishAggregatesAsync(IReadOnlyList<SignedAggregateAndProof> aggregates, CancellationToken cancellation)
    {
        foreach (SignedAggregateAndProof signed in aggregates)
        {
            AggregateAndProof message = signed.Message;
            Check(chain.IsSignedBy(message.AggregatorIndex, DomainType.AggregateAndProof, message.HashTreeRoot(Preset), signed.Signature), $"aggregate of {message.AggregatorIndex}");
            Check(chain.IsSignedBy(message.AggregatorIndex, DomainType.SelectionProof, Signing.RootOf(message.Aggregate.Data.Slot.Value), message.SelectionProof), $"selection of {message.AggregatorIndex}");
        }
        return Take("PublishAggregates", Aggregates, aggregates);
    }

    public Task<Hash32> GetHeadRootAsync(CancellationToken cancellation) => Answer("GetHeadRoot", () => chain.HeadRoot);

    public Task PublishSyncCommitteeMessagesAsync(IReadOnlyList<SyncCommitteeMessage> messages, CancellationToken cancellation)
    {
        foreach (SyncCommitteeMessage vote in messages)
            Check(vote.Slot == Now && chain.IsSignedBy(vote.ValidatorIndex, DomainType.SyncCommittee, vote.BeaconBlockRoot, vote.Signature), $"sync vote of {vote.ValidatorIndex}");
        return Take("PublishSyncCommitteeMessages", SyncVotes, messages);
    }

    public Task<SyncCommitteeContribution?> ProduceContributionAsync(Slot slot, ulong subcommittee, Hash32 blockRoot, CancellationToken cancellation) => Answer("ProduceContribution", () =>
    {
        int size = (int)Preset.SyncSubcommitteeSize;
        Bits bits = new(size);
        List<Bytes96> signatures = [];
        for (int i = 0; i < size; i++)
        {
            ulong member = (ulong)SyncMembers(slot)[((int)subcommittee * size) + i];
            if (SyncVotes.Find(handed => handed.Message.Slot == slot && handed.Message.BeaconBlockRoot == blockRoot && handed.Message.ValidatorIndex.Value == member) is not { } vote)
                continue;
            bits[i] = true;
            signatures.Add(vote.Message.Signature);
        }
        return signatures.Count == 0 ? null : new SyncCommitteeContribution(slot, blockRoot, subcommittee, bits, ScriptedChain.Sum(signatures));
    });

    public Task PublishContributionsAsync(IReadOnlyList<SignedContributionAndProof> contributions, CancellationToken cancellation)
    {
        foreach (SignedContributionAndProof signed in contributions)
        {
            ContributionAndProof message = signed.Message;
            Hash32 selection = new SyncAggregatorSelectionData(message.Contribution.Slot, message.Contribution.SubcommitteeIndex).HashTreeRoot();
            Check(chain.IsSignedBy(message.AggregatorIndex, DomainType.ContributionAndProof, message.HashTreeRoot(Preset), signed.Signature), $"contribution of {message.AggregatorIndex}");
            Check(chain.IsSignedBy(message.AggregatorIndex, DomainType.SyncCommitteeSelectionProof, selection, message.SelectionProof), $"sync selection of {message.AggregatorIndex}");
        }
        return Take("PublishContributions", Contributions, contributions);
    }

    public Task PublishVoluntaryExitAsync(SignedVoluntaryExit exit, CancellationToken cancellation) => throw new NotSupportedException("no duty exits");

    public Task PublishBlsToExecutionChangesAsync(IReadOnlyList<SignedBlsToExecutionChange> changes, CancellationToken cancellation) => throw new NotSupportedException("no duty changes credentials");

    /// <summary>The committee whose votes for a slot the next block takes, by validator.</summary>
    private int[] SyncMembers(Slot slot) => chain.At(slot + 1).GetSyncCommitteeIndices().ToArray();

    private SyncAggregate SyncVote(Slot slot)
    {
        Bits bits = new((int)Preset.SyncCommitteeSize);
        List<Bytes96> signatures = [];
        foreach (SyncCommitteeContribution part in Contributions.Select(handed => handed.Message.Message.Contribution)
            .Where(part => part.Slot + 1 == slot && part.BeaconBlockRoot == chain.HeadRoot).DistinctBy(part => part.SubcommitteeIndex))
        {
            for (int i = 0; i < part.AggregationBits.Count; i++)
                bits[((int)part.SubcommitteeIndex * part.AggregationBits.Count) + i] = part.AggregationBits[i];
            signatures.Add(part.Signature);
        }
        return new SyncAggregate(bits, ScriptedChain.Sum(signatures));
    }

    private void Check(bool isRight, string what)
    {
        if (isRight)
            return;
        Complaints.Add(what);
        throw new NodeException(NodeFault.Refused, what);
    }

    private Task<bool> Take<T>(string name, List<Handed<T>> list, IReadOnlyCollection<T> messages) => Answer(name, () =>
    {
        list.AddRange(messages.Select(Note));
        return true;
    });

    private Handed<T> Note<T>(T message) => new(Now, time.GetUtcNow() - Genesis - (TimeSpan.FromSeconds(ScriptedChain.Config.SecondsPerSlot) * Now.Value), message);

    private Task<T> Answer<T>(string name, Func<T> answer)
    {
        Asked.Add(name);
        return Fails(name) ? Task.FromException<T>(new NodeException(NodeFault.Failed, $"{name} fails")) : Task.FromResult(answer());
    }
}
