using System.Buffers;
using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>Votes are counted for their validators, and the proposer is paid for what is new in them. spec: cs/electra/beacon-chain#modified-process_attestation</summary>
    public Invalid<TransitionRule>? ProcessAttestation(Attestation attestation)
    {
        if (CheckAttestationData(attestation.Data) is { } broken)
            return broken;
        int[] attesters = ArrayPool<int>.Shared.Rent(attestation.AggregationBits.Count);
        try
        {
            if (cached.GetCommittees(attestation.Data.Target.Epoch).CollectVoters(attestation, attesters, out int count) is { } unfit)
                return unfit;
            if (TimelyFlags(attestation.Data, out ParticipationFlags flags) is { } invalid)
                return invalid;
            ReadOnlySpan<int> voters = attesters.AsSpan(0, count);
            if (_signatures.AddAggregate(TransitionRule.AttestationSignature, cached, voters, SigningRootOf(attestation.Data), attestation.Signature) is { } unsigned)
                return unsigned;
            CountVotes(attestation.Data, voters, flags);
            return null;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(attesters);
        }
    }

    /// <summary>Who voted, for the fork choice: nothing of the state changes. spec: cs/electra/beacon-chain#modified-get_attesting_indices</summary>
    public Invalid<TransitionRule>? CollectVoters(Attestation attestation, out int[] voters)
    {
        int[] attesters = new int[attestation.AggregationBits.Count];
        Invalid<TransitionRule>? invalid = cached.GetCommittees(attestation.Data.Target.Epoch).CollectVoters(attestation, attesters, out int count);
        voters = attesters[..count];
        return invalid;
    }

    /// <summary>Adds a vote's signature to those to be verified.</summary>
    public Invalid<TransitionRule>? AddVote(Attestation attestation, ReadOnlySpan<int> voters) =>
        _signatures.AddAggregate(TransitionRule.AttestationSignature, cached, voters, SigningRootOf(attestation.Data), attestation.Signature);

    private Invalid<TransitionRule>? CheckAttestationData(in AttestationData data)
    {
        Epoch target = data.Target.Epoch;
        if (target != cached.GetPreviousEpoch() && target != cached.GetCurrentEpoch())
            return new(TransitionRule.AttestationTargetEpoch, $"{target} at {cached.GetCurrentEpoch()}");
        if (target != Preset.EpochAt(data.Slot))
            return new(TransitionRule.AttestationTargetSlot, $"{target} for {data.Slot}");
        if (data.Slot + Preset.MinAttestationInclusionDelay > State.Slot)
            return new(TransitionRule.AttestationTooEarly, $"{data.Slot} at {State.Slot}");
        return data.Index.Value == 0 ? null : new(TransitionRule.AttestationIndex, $"{data.Index}");
    }

    /// <summary>What of the vote is right and came in time. spec: cs/deneb/beacon-chain#modified-get_attestation_participation_flag_indices</summary>
    private Invalid<TransitionRule>? TimelyFlags(in AttestationData data, out ParticipationFlags flags)
    {
        flags = default;
        Checkpoint justified = data.Target.Epoch == cached.GetCurrentEpoch() ? State.CurrentJustifiedCheckpoint : State.PreviousJustifiedCheckpoint;
        if (data.Source != justified)
            return new(TransitionRule.AttestationSource, $"{data.Source}, not {justified}");
        bool matchesTarget = data.Target.Root == cached.GetBlockRoot(data.Target.Epoch);
        bool matchesHead = matchesTarget && data.BeaconBlockRoot == cached.GetBlockRootAtSlot(data.Slot);
        ulong delay = State.Slot - data.Slot;
        if (delay <= StateAccessors.IntegerSquareRoot(Preset.SlotsPerEpoch))
            flags |= ParticipationFlags.TimelySource;
        if (matchesTarget)
            flags |= ParticipationFlags.TimelyTarget;
        if (matchesHead && delay == Preset.MinAttestationInclusionDelay)
            flags |= ParticipationFlags.TimelyHead;
        return null;
    }

    private void CountVotes(in AttestationData data, ReadOnlySpan<int> voters, ParticipationFlags flags)
    {
        Column<ParticipationFlags> participation = data.Target.Epoch == cached.GetCurrentEpoch() ? State.CurrentEpochParticipation : State.PreviousEpochParticipation;
        ulong perIncrement = cached.GetBaseRewardPerIncrement().Value;
        ulong increment = Preset.EffectiveBalanceIncrement.Value;
        ulong numerator = 0;
        foreach (int voter in voters)
        {
            ParticipationFlags had = participation[voter];
            ParticipationFlags news = flags - had;
            if (news == default)
                continue;
            participation[voter] = had | news;
            numerator += State.Validators.EffectiveBalanceOf(voter).Value / increment * perIncrement * WeightOf(news);
        }
        const ulong Denominator = (RewardWeights.Denominator - RewardWeights.Proposer) * RewardWeights.Denominator / RewardWeights.Proposer;
        State.IncreaseBalance(cached.GetBeaconProposerIndex(), new(numerator / Denominator));
    }

    private static ulong WeightOf(ParticipationFlags flags)
    {
        ulong weight = 0;
        for (int i = 0; i < ParticipationFlags.Count; i++)
            weight += (ulong)(flags.Value >> i & 1) * ParticipationFlags.Weights[i];
        return weight;
    }
}
