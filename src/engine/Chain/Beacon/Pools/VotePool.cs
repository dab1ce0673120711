using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>Votes that were verified, by what they are for and by committee, until no block can take them any more. One thread at a time.</summary>
internal sealed class VotePool(Preset preset)
{
    /// <summary>What was voted for, and by whom.</summary>
    private sealed class Group(AttestationData data)
    {
        public AttestationData Data => data;

        public SortedDictionary<ulong, VoteAggregates> Committees { get; } = [];
    }

    private readonly Dictionary<Hash32, Group> _groups = [];

    /// <summary>Different things that are voted for.</summary>
    public int Count => _groups.Count;

    /// <summary>The aggregates of a committee, to be added to.</summary>
    /// <param name="data">What is voted for.</param>
    /// <param name="dataRoot">Its root.</param>
    /// <param name="committee">The committee.</param>
    /// <param name="memberCount">How many are in it.</param>
    public VoteAggregates Of(in AttestationData data, in Hash32 dataRoot, CommitteeIndex committee, int memberCount)
    {
        if (!_groups.TryGetValue(dataRoot, out Group? group))
            _groups.Add(dataRoot, group = new Group(data));
        if (!group.Committees.TryGetValue(committee.Value, out VoteAggregates? votes))
            group.Committees.Add(committee.Value, votes = new VoteAggregates(memberCount));
        return votes;
    }

    /// <summary>The largest aggregate of a committee; null where there is none.</summary>
    public Attestation? Best(in Hash32 dataRoot, CommitteeIndex committee)
    {
        if (!_groups.TryGetValue(dataRoot, out Group? group) || !group.Committees.TryGetValue(committee.Value, out VoteAggregates? votes))
            return null;
        (Bits voters, BlsSignature signature) = votes.Best;
        Bits committees = new((int)preset.MaxCommitteesPerSlot);
        committees[(int)committee.Value] = true;
        return new Attestation(voters, group.Data, Bytes96.Read(signature.ToBytes()), committees);
    }

    /// <summary>All largest aggregates, for who asks what there is.</summary>
    public IReadOnlyList<Attestation> All() => [.. _groups.SelectMany(group => group.Value.Committees.Keys.Select(committee => Best(group.Key, new CommitteeIndex(committee))!))];

    /// <summary>The attestations that a block on a state should take: those that bring most votes that are not in yet. spec: cs/electra/validator#attestations</summary>
    /// <param name="state">The state at the block's slot.</param>
    public Attestation[] Select(CachedState state)
    {
        List<(Attestation Attestation, int News)> candidates = [];
        foreach (Group group in _groups.Values.Where(group => Fits(state, group.Data)).OrderByDescending(group => group.Data.Slot).ThenBy(group => group.Data.BeaconBlockRoot))
            candidates.AddRange(Pack(state, group));
        return [.. candidates.OrderByDescending(candidate => candidate.News).Take((int)preset.MaxAttestations).Select(candidate => candidate.Attestation)];
    }

    /// <summary>Forgets what no block can take any more. spec: EIP-7045</summary>
    public void Prune(Epoch current)
    {
        foreach (Hash32 old in _groups.Where(group => group.Value.Data.Target.Epoch + 1 < current).Select(group => group.Key).ToArray())
            _ = _groups.Remove(old);
    }

    /// <summary>Whether a block on a state may take these votes, and its committees are those that voted.</summary>
    private bool Fits(CachedState state, in AttestationData data)
    {
        Epoch current = state.GetCurrentEpoch();
        Epoch target = data.Target.Epoch;
        if ((target != current && target + 1 != current) || data.Slot + preset.MinAttestationInclusionDelay > state.State.Slot)
            return false;
        Checkpoint justified = target == current ? state.State.CurrentJustifiedCheckpoint : state.State.PreviousJustifiedCheckpoint;
        return data.Source == justified && data.Target.Root == state.GetBlockRoot(target);
    }

    /// <summary>Puts committees' aggregates together: one of each committee into one attestation, as often as something new comes of it.</summary>
    private List<(Attestation Attestation, int News)> Pack(CachedState state, Group group)
    {
        List<(Attestation, int)> packed = [];
        Column<ParticipationFlags> participation = group.Data.Target.Epoch == state.GetCurrentEpoch() ? state.State.CurrentEpochParticipation : state.State.PreviousEpochParticipation;
        Committees committees = state.GetCommittees(group.Data.Target.Epoch);
        HashSet<int> counted = [];
        while (true)
        {
            Bits committeeBits = new((int)preset.MaxCommitteesPerSlot);
            List<Bits> parts = [];
            List<BlsSignature> signatures = [];
            int news = 0;
            foreach ((ulong index, VoteAggregates votes) in group.Committees)
            {
                if (index >= committees.PerSlot || committees.Get(group.Data.Slot, index).Length != votes.MemberCount)
                    continue;
                int[] members = committees.Get(group.Data.Slot, index).ToArray();
                int NewsOf(Bits voters) => Enumerable.Range(0, members.Length).Count(i =>
                    voters[i] && !counted.Contains(members[i]) && !participation[members[i]].Has(ParticipationFlags.TimelyTarget));
                ((Bits voters, BlsSignature signature), int best) = votes.All.Select(aggregate => (aggregate, NewsOf(aggregate.Voters))).MaxBy(scored => scored.Item2);
                if (best == 0)
                    continue;
                committeeBits[(int)index] = true;
                parts.Add(voters);
                signatures.Add(signature);
                news += best;
                counted.UnionWith(members.Where((_, i) => voters[i]));
            }
            if (news == 0)
                return packed;
            packed.Add((new Attestation(Concat(parts), group.Data, Bytes96.Read(Bls.Aggregate(signatures.ToArray()).ToBytes()), committeeBits), news));
        }
    }

    private static Bits Concat(List<Bits> parts)
    {
        Bits all = new(parts.Sum(part => part.Count));
        int offset = 0;
        foreach (Bits part in parts)
        {
            for (int i = 0; i < part.Count; i++)
                all[offset + i] = part[i];
            offset += part.Count;
        }
        return all;
    }
}
