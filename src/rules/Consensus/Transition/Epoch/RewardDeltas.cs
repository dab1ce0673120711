namespace Flashback.Consensus;

/// <summary>What the end of the epoch will pay and take, validator by validator: what the epoch transition does in one pass, taken apart.</summary>
/// <param name="state">The state, in the epoch after the one that is settled.</param>
public sealed class RewardDeltas(CachedState state)
{
    private readonly RewardTable _table = RewardTable.Of(state);

    /// <summary>For a vote: what those get who gave it, and what those pay who did not. spec: cs/altair/beacon-chain#get_flag_index_deltas</summary>
    /// <param name="flag">The vote, by the place of its flag.</param>
    public (Gwei[] Rewards, Gwei[] Penalties) GetFlagIndexDeltas(int flag) => ForEach((flags, index) => _table.FlagDelta(flag, EffectiveBalanceOf(index), flags));

    /// <summary>What the leak takes. spec: cs/altair/beacon-chain#modified-get_inactivity_penalty_deltas</summary>
    public (Gwei[] Rewards, Gwei[] Penalties) GetInactivityPenaltyDeltas() =>
        ForEach((flags, index) => (0, _table.InactivityPenalty(EffectiveBalanceOf(index), flags, state.State.InactivityScores[index])));

    private ulong EffectiveBalanceOf(int index) => state.State.Validators.EffectiveBalanceOf(index).Value;

    private (Gwei[] Rewards, Gwei[] Penalties) ForEach(Func<ParticipationFlags, int, (ulong Reward, ulong Penalty)> delta)
    {
        ValidatorRegistry validators = state.State.Validators;
        EpochTransition.Eligibility eligibility = new(state.GetPreviousEpoch());
        Gwei[] rewards = new Gwei[validators.Count], penalties = new Gwei[validators.Count];
        for (int b = 0; b < validators.BlockCount; b++)
        {
            ValidatorBlock block = validators.Block(b);
            ReadOnlySpan<ParticipationFlags> flags = block.Of(state.State.PreviousEpochParticipation);
            for (int i = 0; i < block.Length; i++)
            {
                if (!eligibility.Of(in block, i))
                    continue;
                int index = block.First + i;
                (ulong reward, ulong penalty) = delta(eligibility.Counted(in block, i, flags[i]), index);
                (rewards[index], penalties[index]) = (new(reward), new(penalty));
            }
        }
        return (rewards, penalties);
    }
}
