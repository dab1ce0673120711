using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>At the end of a period the next sync committee takes over, and one after it is drawn. spec: cs/altair/beacon-chain#sync-committee-updates</summary>
    public static void ProcessSyncCommitteeUpdates(CachedState cached)
    {
        if (NextEpoch(cached).Value % cached.Preset.EpochsPerSyncCommitteePeriod != 0)
            return;
        cached.State.CurrentSyncCommittee = cached.State.NextSyncCommittee;
        cached.State.NextSyncCommittee = GetNextSyncCommittee(cached);
    }

    /// <summary>spec: cs/altair/beacon-chain#get_next_sync_committee</summary>
    /// <exception cref="OverflowException">Nobody will be active, or a member's key is none.</exception>
    public static SyncCommittee GetNextSyncCommittee(CachedState cached)
    {
        int[] members = GetNextSyncCommitteeIndices(cached);
        Bytes48[] encodings = new Bytes48[members.Length];
        BlsPublicKey[] keys = new BlsPublicKey[members.Length];
        for (int i = 0; i < members.Length; i++)
        {
            encodings[i] = cached.State.Validators.PublicKeyOf(members[i]);
            if (!cached.Keys.TryGet(cached.State.Validators, members[i], out keys[i]!))
                throw new OverflowException($"the key of validator {members[i]} is none");
        }
        return new SyncCommittee(new PublicKeyList(encodings), Bytes48.Read(Bls.AggregatePublicKeys(keys).ToBytes()));
    }

    /// <summary>Members are drawn by effective balance until all places are taken; one may be drawn twice. spec: cs/electra/beacon-chain#modified-get_next_sync_committee_indices</summary>
    private static int[] GetNextSyncCommitteeIndices(CachedState cached)
    {
        Epoch epoch = NextEpoch(cached);
        int[] candidates = cached.GetActiveValidatorIndices(epoch);
        if (candidates.Length == 0)
            throw new OverflowException($"nobody is active in {epoch}");
        Hash32 seed = cached.GetSeed(epoch, DomainType.SyncCommittee);
        // Thousands of candidates are drawn: the whole list is shuffled for less than their places one by one.
        Shuffle.ShuffleInPlace(candidates, in seed, (int)cached.Preset.ShuffleRoundCount);
        WeightedSampler sampler = new(seed, cached.Preset.MaxEffectiveBalance);
        int[] members = new int[cached.Preset.SyncCommitteeSize];
        int found = 0;
        for (ulong i = 0; found < members.Length; i++)
        {
            int candidate = candidates[i % (ulong)candidates.Length];
            if (sampler.Takes(i, cached.State.Validators.EffectiveBalanceOf(candidate)))
                members[found++] = candidate;
        }
        return members;
    }
}
