using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Chain.Beacon;

/// <summary>The sync committee's votes that were verified, by slot, block and part of the committee. One thread at a time.</summary>
internal sealed class SyncVotePool(Preset preset)
{
    private const ulong KeptSlots = 4;

    private readonly Dictionary<(Slot Slot, Hash32 Root, ulong Subcommittee), VoteAggregates> _votes = [];

    /// <summary>The votes of a part of the committee, to be added to.</summary>
    public VoteAggregates Of(Slot slot, in Hash32 root, ulong subcommittee)
    {
        if (!_votes.TryGetValue((slot, root, subcommittee), out VoteAggregates? votes))
            _votes.Add((slot, root, subcommittee), votes = new VoteAggregates((int)preset.SyncSubcommitteeSize));
        return votes;
    }

    /// <summary>The largest contribution of a part of the committee; null where there is none.</summary>
    public SyncCommitteeContribution? Best(Slot slot, in Hash32 root, ulong subcommittee)
    {
        if (!_votes.TryGetValue((slot, root, subcommittee), out VoteAggregates? votes) || votes.All.Count == 0)
            return null;
        (Bits voters, BlsSignature signature) = votes.Best;
        return new SyncCommitteeContribution(slot, root, subcommittee, voters, Bytes96.Read(signature.ToBytes()));
    }

    /// <summary>What a block says of the votes for its parent. spec: cs/altair/validator#sync-committee</summary>
    /// <param name="slot">The slot before the block's.</param>
    /// <param name="parent">The block's parent.</param>
    public SyncAggregate Select(Slot slot, in Hash32 parent)
    {
        Bits bits = new((int)preset.SyncCommitteeSize);
        List<BlsSignature> signatures = [];
        for (ulong part = 0; part < Preset.SyncCommitteeSubnetCount; part++)
        {
            if (!_votes.TryGetValue((slot, parent, part), out VoteAggregates? votes) || votes.All.Count == 0)
                continue;
            (Bits voters, BlsSignature signature) = votes.Best;
            for (int i = 0; i < voters.Count; i++)
                bits[(int)(part * preset.SyncSubcommitteeSize) + i] = voters[i];
            signatures.Add(signature);
        }
        BlsSignature sum = signatures.Count == 0 ? BlsSignature.Infinity : Bls.Aggregate(signatures.ToArray());
        return new SyncAggregate(bits, Bytes96.Read(sum.ToBytes()));
    }

    /// <summary>Forgets what is too late for a block.</summary>
    public void Prune(Slot current)
    {
        foreach ((Slot Slot, Hash32, ulong) old in _votes.Keys.Where(key => key.Slot + KeptSlots < current).ToArray())
            _ = _votes.Remove(old);
    }
}
