using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Members of the sync committee are paid for their votes for the parent block, and pay for those missing. spec: cs/altair/beacon-chain#sync-aggregate-processing</summary>
    public Invalid<TransitionRule>? ProcessSyncAggregate(SyncAggregate aggregate)
    {
        ReadOnlySpan<int> members = cached.GetSyncCommitteeIndices();
        if (members.Contains(-1))
            return new(TransitionRule.UnknownValidator, "a member of the sync committee is no validator");
        if (AddSyncSignature(aggregate, members) is { } invalid)
            return invalid;

        (Gwei participantReward, Gwei proposerReward) = SyncRewards();
        ValidatorIndex proposer = cached.GetBeaconProposerIndex();
        for (int i = 0; i < members.Length; i++)
        {
            ValidatorIndex member = new((ulong)members[i]);
            if (aggregate.SyncCommitteeBits[i])
            {
                State.IncreaseBalance(member, participantReward);
                State.IncreaseBalance(proposer, proposerReward);
            }
            else
            {
                State.DecreaseBalance(member, participantReward);
            }
        }
        return null;
    }

    /// <summary>What a member's vote pays: the member, and the proposer whose block has it.</summary>
    private (Gwei Participant, Gwei Proposer) SyncRewards()
    {
        ulong increments = cached.GetTotalActiveBalance() / Preset.EffectiveBalanceIncrement;
        Gwei rewards = cached.GetBaseRewardPerIncrement() * increments * RewardWeights.Sync / RewardWeights.Denominator / Preset.SlotsPerEpoch;
        Gwei participant = rewards / Preset.SyncCommitteeSize;
        return (participant, participant * RewardWeights.Proposer / (RewardWeights.Denominator - RewardWeights.Proposer));
    }

    private Invalid<TransitionRule>? AddSyncSignature(SyncAggregate aggregate, ReadOnlySpan<int> members)
    {
        if (!TVerifier.Verifies)
            return null;
        List<int> voters = new(members.Length);
        for (int i = 0; i < members.Length; i++)
        {
            if (aggregate.SyncCommitteeBits[i])
                voters.Add(members[i]);
        }
        // Nobody's signature is the point at infinity. spec: cs/altair/bls#eth_fast_aggregate_verify
        if (voters.Count == 0)
        {
            return aggregate.SyncCommitteeSignature.AsSpan().SequenceEqual(Cryptography.BlsSignature.Infinity.ToBytes())
                ? null
                : new(TransitionRule.SyncAggregateSignature, "nobody voted, and yet there is a signature");
        }
        Slot previous = new(Math.Max(State.Slot.Value, 1) - 1);
        Hash32 domain = cached.GetDomain(DomainType.SyncCommittee, Preset.EpochAt(previous));
        Hash32 signingRoot = Signing.ComputeSigningRoot(cached.GetBlockRootAtSlot(previous), domain);
        return _signatures.AddAggregate(TransitionRule.SyncAggregateSignature, cached, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(voters), signingRoot, aggregate.SyncCommitteeSignature);
    }
}
