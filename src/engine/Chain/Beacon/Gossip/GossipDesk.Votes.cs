using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>Votes and aggregates. spec: cs/electra/p2p-interface#beacon_attestation_subnet_id, #beacon_aggregate_and_proof</content>
public sealed partial class GossipDesk
{
    private GossipVerdict LookAtVote(in GossipMessage message, int place, List<Candidate> candidates)
    {
        if (!SingleAttestation.TryDecode(message.Data.Span, out SingleAttestation vote, out SszFault fault))
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.Encoding, $"{fault}"));
        if (CheckData(vote.Data, out CachedState? state) is { } invalid)
            return invalid.Rule == GossipRule.UnknownBlock ? Wait(message, vote.Data.BeaconBlockRoot) : Refuse(TopicKind.BeaconAttestation, invalid);
        Committees committees = state!.GetCommittees(vote.Data.Target.Epoch);
        if (vote.CommitteeIndex.Value >= committees.PerSlot)
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.CommitteeIndex, $"{vote.CommitteeIndex} of {committees.PerSlot}"));
        if (message.Topic.Subnet != Aggregators.AttestationSubnet(Preset, committees.PerSlot, vote.Data.Slot, vote.CommitteeIndex))
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.Subnet, $"{message.Topic.Subnet}"));
        ReadOnlySpan<int> committee = committees.Get(vote.Data.Slot, vote.CommitteeIndex.Value);
        int position = vote.AttesterIndex.Value <= int.MaxValue ? committee.IndexOf((int)vote.AttesterIndex.Value) : -1;
        if (position < 0)
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.Membership, $"{vote.AttesterIndex} in {vote.CommitteeIndex} of {vote.Data.Slot}"));
        Hash32 root = vote.Data.HashTreeRoot();
        if (HasVoted(vote.AttesterIndex, vote.Data.Target.Epoch, root))
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.Seen, $"{vote.AttesterIndex}"));
        if (!TryMakeSet(state, vote.AttesterIndex, DomainType.BeaconAttester, vote.Data.Target.Epoch, root, vote.Signature, out BlsSignatureSet set))
            return Refuse(TopicKind.BeaconAttestation, new(GossipRule.Signature, $"{vote.AttesterIndex}"));
        int members = committee.Length;
        candidates.Add(new Candidate(place, [set], () => Accept(vote, root, position, members, set.Signature)));
        return GossipVerdict.Ignore;
    }

    private GossipVerdict Accept(in SingleAttestation vote, in Hash32 root, int position, int members, BlsSignature signature)
    {
        // A second, other vote of a validator is not passed on, but is what it is slashed by.
        bool isFirst = MarkVoter(vote.AttesterIndex, vote.Data.Target.Epoch, root);
        _chain.CountVotesUnderGate(new IndexedAttestation([vote.AttesterIndex], vote.Data, vote.Signature));
        if (!isFirst)
            return GossipVerdict.Ignore;
        _chain.Votes.Of(vote.Data, root, vote.CommitteeIndex, members).Add(position, signature);
        _events.Add(new BeaconEvent.Vote(vote));
        return GossipVerdict.Accept;
    }

    private GossipVerdict LookAtAggregate(in GossipMessage message, int place, List<Candidate> candidates)
    {
        if (!SignedAggregateAndProof.TryDecode(message.Data.Span, Preset, out SignedAggregateAndProof? signed, out SszFault fault))
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Encoding, $"{fault}"));
        AggregateAndProof proof = signed.Message;
        Attestation aggregate = proof.Aggregate;
        AttestationData data = aggregate.Data;
        if (CheckData(data, out CachedState? state) is { } invalid)
            return invalid.Rule == GossipRule.UnknownBlock ? Wait(message, data.BeaconBlockRoot) : Refuse(TopicKind.BeaconAggregateAndProof, invalid);
        Hash32 root = data.HashTreeRoot();
        Committees committees = state!.GetCommittees(data.Target.Epoch);
        int[] voters = new int[aggregate.AggregationBits.Count];
        if (aggregate.CommitteeBits.SetCount != 1 || committees.CollectVoters(aggregate, voters, out int count) is not null)
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Bits, $"{aggregate.CommitteeBits.SetCount} committees, {aggregate.AggregationBits.Count} bits"));
        CommitteeIndex index = new((ulong)Enumerable.Range(0, aggregate.CommitteeBits.Count).First(i => aggregate.CommitteeBits[i]));
        if (_aggregators.Contains(data.Target.Epoch.Value, proof.AggregatorIndex) || _aggregates.Covers(data.Target.Epoch.Value, (root, index), aggregate.AggregationBits))
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Seen, $"{proof.AggregatorIndex}"));
        ReadOnlySpan<int> committee = committees.Get(data.Slot, index.Value);
        if (proof.AggregatorIndex.Value > int.MaxValue || !committee.Contains((int)proof.AggregatorIndex.Value))
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Membership, $"{proof.AggregatorIndex}"));
        if (!Aggregators.IsAggregator(committee.Length, proof.SelectionProof))
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Selection, $"{proof.AggregatorIndex}"));
        Epoch epoch = Preset.EpochAt(data.Slot);
        ReadOnlySpan<int> found = voters.AsSpan(0, count);
        if (!TryMakeSet(state, proof.AggregatorIndex, DomainType.SelectionProof, epoch, Signing.RootOf(data.Slot.Value), proof.SelectionProof, out BlsSignatureSet selection)
            || !TryMakeSet(state, proof.AggregatorIndex, DomainType.AggregateAndProof, epoch, proof.HashTreeRoot(Preset), signed.Signature, out BlsSignatureSet outer)
            || !TryMakeSet(state, found, DomainType.BeaconAttester, data.Target.Epoch, root, aggregate.Signature, out BlsSignatureSet votes))
            return Refuse(TopicKind.BeaconAggregateAndProof, new(GossipRule.Signature, $"{proof.AggregatorIndex}"));
        int members = committee.Length;
        ValidatorIndex[] sorted = [.. found.ToArray().Order().Select(voter => new ValidatorIndex((ulong)voter))];
        candidates.Add(new Candidate(place, [selection, outer, votes], () =>
        {
            if (_aggregates.Covers(data.Target.Epoch.Value, (root, index), aggregate.AggregationBits) || !_aggregators.Add(data.Target.Epoch.Value, proof.AggregatorIndex))
                return GossipVerdict.Ignore;
            _aggregates.Add(data.Target.Epoch.Value, (root, index), aggregate.AggregationBits);
            foreach (ValidatorIndex voter in sorted)
                _ = MarkVoter(voter, data.Target.Epoch, root);
            _chain.Votes.Of(data, root, index, members).Add(aggregate.AggregationBits, votes.Signature);
            _chain.CountVotesUnderGate(new IndexedAttestation(sorted, data, aggregate.Signature));
            _events.Add(new BeaconEvent.Aggregate(signed));
            return GossipVerdict.Accept;
        }));
        return GossipVerdict.Ignore;
    }

    /// <summary>The rules that hold for a vote and for an aggregate alike.</summary>
    /// <param name="data">What is voted for.</param>
    /// <param name="state">The state that knows the committees; not to be changed.</param>
    private Invalid<GossipRule>? CheckData(in AttestationData data, out CachedState? state)
    {
        state = null;
        ForkChoice<BlsVerifier> forkChoice = _chain.ForkChoice;
        Slot now = _chain.CurrentSlot;
        Epoch epoch = Preset.EpochAt(data.Slot);
        if (data.Index.Value != 0)
            return new(GossipRule.CommitteeIndex, $"{data.Index}");
        if (data.Slot > now)
            return new(GossipRule.FutureSlot, $"{data.Slot}");
        if (epoch + 1 < Preset.EpochAt(now))
            return new(GossipRule.PastSlot, $"{data.Slot}"); // EIP-7045: of this epoch or the one before
        if (data.Target.Epoch != epoch)
            return new(GossipRule.Target, $"{data.Target.Epoch} for {data.Slot}");
        if (forkChoice.SlotOf(data.BeaconBlockRoot) is not { } slot)
            return new(GossipRule.UnknownBlock, $"{data.BeaconBlockRoot}");
        if (slot > data.Slot || forkChoice.AncestorOf(data.BeaconBlockRoot, Preset.StartSlotOf(epoch)) != data.Target.Root)
            return new(GossipRule.Target, $"{data.Target.Root}");
        if (forkChoice.AncestorOf(data.BeaconBlockRoot, Preset.StartSlotOf(forkChoice.FinalizedCheckpoint.Epoch)) != forkChoice.FinalizedCheckpoint.Root)
            return new(GossipRule.NotFinalized, $"{data.BeaconBlockRoot}");
        state = forkChoice.CheckpointState(data.Target);
        return state is null ? new(GossipRule.UnknownBlock, $"{data.Target.Root}") : null;
    }

    private bool HasVoted(ValidatorIndex voter, Epoch epoch, in Hash32 root) =>
        _voters.TryGetValue(epoch.Value, out Dictionary<ValidatorIndex, Hash32>? voters) && voters.TryGetValue(voter, out Hash32 known) && known == root;

    /// <summary>Remembers that a validator voted; false where it did before.</summary>
    private bool MarkVoter(ValidatorIndex voter, Epoch epoch, in Hash32 root)
    {
        if (!_voters.TryGetValue(epoch.Value, out Dictionary<ValidatorIndex, Hash32>? voters))
            _voters.Add(epoch.Value, voters = []);
        return voters.TryAdd(voter, root);
    }

    private static bool TryMakeSet(CachedState state, ReadOnlySpan<int> signers, DomainType domain, Epoch epoch, in Hash32 root, in Bytes96 signature, out BlsSignatureSet set)
    {
        set = default;
        BlsPublicKey[] keys = new BlsPublicKey[signers.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            if (!state.Keys.TryGet(state.State.Validators, signers[i], out keys[i]!))
                return false;
        }
        if (!BlsSignature.TryDecode(signature.AsSpan(), out BlsSignature? decoded, out _))
            return false;
        set = new BlsSignatureSet(Bls.AggregatePublicKeys(keys), Signing.ComputeSigningRoot(root, state.GetDomain(domain, epoch)).AsSpan().ToArray(), decoded);
        return true;
    }
}
