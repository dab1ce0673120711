using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <content>The sync committee's votes. spec: cs/altair/p2p-interface#sync_committee_subnet_id, #sync_committee_contribution_and_proof</content>
public sealed partial class GossipDesk
{
    /// <summary>The subnets that a validator's vote for a slot travels on; none where the slot is not the present one, or the validator no member. spec: cs/altair/validator#broadcast-sync-committee-message</summary>
    public IReadOnlyList<byte> SyncSubnetsOf(Slot slot, ValidatorIndex validator)
    {
        lock (_chain.Gate)
        {
            if (CheckSyncSlot(slot) is not null)
                return [];
            CachedState state = SyncState();
            return [.. Enumerable.Range(0, (int)Preset.SyncCommitteeSubnetCount).Select(part => (byte)part).Where(part => PlacesOf(state, slot, validator, part).Length > 0)];
        }
    }

    private GossipVerdict LookAtSyncVote(in GossipMessage message, int place, List<Candidate> candidates)
    {
        if (!SyncCommitteeMessage.TryDecode(message.Data.Span, out SyncCommitteeMessage vote, out SszFault fault))
            return Refuse(TopicKind.SyncCommittee, new(GossipRule.Encoding, $"{fault}"));
        if (CheckSyncSlot(vote.Slot) is { } untimely)
            return Refuse(TopicKind.SyncCommittee, untimely);
        byte subnet = message.Topic.Subnet;
        CachedState state = SyncState();
        int[] places = PlacesOf(state, vote.Slot, vote.ValidatorIndex, subnet);
        if (places.Length == 0)
            return Refuse(TopicKind.SyncCommittee, new(GossipRule.Membership, $"{vote.ValidatorIndex} in part {subnet}"));
        if (_syncVoters.Contains(vote.Slot.Value, (vote.ValidatorIndex, subnet)))
            return Refuse(TopicKind.SyncCommittee, new(GossipRule.Seen, $"{vote.ValidatorIndex}"));
        if (!TryMakeSet(state, vote.ValidatorIndex, DomainType.SyncCommittee, Preset.EpochAt(vote.Slot), vote.BeaconBlockRoot, vote.Signature, out BlsSignatureSet set))
            return Refuse(TopicKind.SyncCommittee, new(GossipRule.Signature, $"{vote.ValidatorIndex}"));
        candidates.Add(new Candidate(place, [set], () =>
        {
            if (!_syncVoters.Add(vote.Slot.Value, (vote.ValidatorIndex, subnet)))
                return GossipVerdict.Ignore;
            VoteAggregates votes = _chain.SyncVotes.Of(vote.Slot, vote.BeaconBlockRoot, subnet);
            foreach (int position in places)
                votes.Add(position, set.Signature); // a validator that is there twice counts twice
            return GossipVerdict.Accept;
        }));
        return GossipVerdict.Ignore;
    }

    private GossipVerdict LookAtContribution(in GossipMessage message, int place, List<Candidate> candidates)
    {
        const TopicKind Topic = TopicKind.SyncCommitteeContributionAndProof;
        if (!SignedContributionAndProof.TryDecode(message.Data.Span, Preset, out SignedContributionAndProof? signed, out SszFault fault))
            return Refuse(Topic, new(GossipRule.Encoding, $"{fault}"));
        ContributionAndProof proof = signed.Message;
        SyncCommitteeContribution contribution = proof.Contribution;
        if (CheckSyncSlot(contribution.Slot) is { } untimely)
            return Refuse(Topic, untimely);
        if (contribution.SubcommitteeIndex >= Preset.SyncCommitteeSubnetCount)
            return Refuse(Topic, new(GossipRule.Subnet, $"{contribution.SubcommitteeIndex}"));
        if (contribution.AggregationBits.SetCount == 0)
            return Refuse(Topic, new(GossipRule.Bits, "nobody"));
        if (!Aggregators.IsSyncCommitteeAggregator(Preset, proof.SelectionProof))
            return Refuse(Topic, new(GossipRule.Selection, $"{proof.AggregatorIndex}"));
        CachedState state = SyncState();
        byte part = (byte)contribution.SubcommitteeIndex;
        if (PlacesOf(state, contribution.Slot, proof.AggregatorIndex, part).Length == 0)
            return Refuse(Topic, new(GossipRule.Membership, $"{proof.AggregatorIndex} in part {part}"));
        VoteAggregates votes = _chain.SyncVotes.Of(contribution.Slot, contribution.BeaconBlockRoot, part);
        if (_syncAggregators.Contains(contribution.Slot.Value, (proof.AggregatorIndex, part)) || (votes.Covers(contribution.AggregationBits) && !IsOwn(message)))
            return Refuse(Topic, new(GossipRule.Seen, $"{proof.AggregatorIndex}"));
        Epoch epoch = Preset.EpochAt(contribution.Slot);
        Hash32 selectionRoot = new SyncAggregatorSelectionData(contribution.Slot, contribution.SubcommitteeIndex).HashTreeRoot();
        if (!TryMakeSet(state, proof.AggregatorIndex, DomainType.SyncCommitteeSelectionProof, epoch, selectionRoot, proof.SelectionProof, out BlsSignatureSet selection)
            || !TryMakeSet(state, proof.AggregatorIndex, DomainType.ContributionAndProof, epoch, proof.HashTreeRoot(Preset), signed.Signature, out BlsSignatureSet outer)
            || !TryMakeSet(state, VotersOf(state, contribution), DomainType.SyncCommittee, epoch, contribution.BeaconBlockRoot, contribution.Signature, out BlsSignatureSet inner))
            return Refuse(Topic, new(GossipRule.Signature, $"{proof.AggregatorIndex}"));
        candidates.Add(new Candidate(place, [selection, outer, inner], () =>
        {
            if (!_syncAggregators.Add(contribution.Slot.Value, (proof.AggregatorIndex, part)))
                return GossipVerdict.Ignore;
            votes.Add(contribution.AggregationBits, inner.Signature);
            _events.Add(new BeaconEvent.Contribution(signed));
            return GossipVerdict.Accept;
        }));
        return GossipVerdict.Ignore;
    }

    private Invalid<GossipRule>? CheckSyncSlot(Slot slot)
    {
        Slot now = _chain.CurrentSlot;
        return slot == now ? null : new(slot > now ? GossipRule.FutureSlot : GossipRule.PastSlot, $"{slot} at {now}");
    }

    private CachedState SyncState() => _chain.ForkChoice.StateOf(_chain.Snapshot.HeadRoot)!;

    /// <summary>A validator's places in a part of the committee that signs at a slot.</summary>
    private int[] PlacesOf(CachedState state, Slot slot, ValidatorIndex validator, byte part)
    {
        if (part >= Preset.SyncCommitteeSubnetCount || validator.Value >= (ulong)state.State.Validators.Count)
            return [];
        Bytes48 key = state.State.Validators.PublicKeyOf((int)validator.Value);
        int size = (int)Preset.SyncSubcommitteeSize;
        ReadOnlySpan<Bytes48> members = CommitteeAt(state, slot).PublicKeys.AsSpan().Slice(part * size, size);
        List<int> places = [];
        for (int i = 0; i < members.Length; i++)
        {
            if (members[i] == key)
                places.Add(i);
        }
        return [.. places];
    }

    private int[] VotersOf(CachedState state, SyncCommitteeContribution contribution)
    {
        int size = (int)Preset.SyncSubcommitteeSize;
        ReadOnlySpan<Bytes48> members = CommitteeAt(state, contribution.Slot).PublicKeys.AsSpan().Slice((int)contribution.SubcommitteeIndex * size, size);
        List<int> voters = [];
        for (int i = 0; i < members.Length; i++)
        {
            if (contribution.AggregationBits[i])
                voters.Add(state.State.Validators.IndexOf(in members[i]));
        }
        return [.. voters];
    }

    /// <summary>The committee whose votes of a slot go into the next slot's block. spec: cs/altair/validator#sync-committee</summary>
    private SyncCommittee CommitteeAt(CachedState state, Slot slot) =>
        Preset.SyncCommitteePeriodAt(slot + 1) == Preset.SyncCommitteePeriodAt(state.State.Slot) ? state.State.CurrentSyncCommittee : state.State.NextSyncCommittee;
}
