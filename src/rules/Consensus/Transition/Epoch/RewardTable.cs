using System.Runtime.InteropServices;

namespace Flashback.Consensus;

/// <summary>
/// What an epoch's votes earn and cost. Most validators have one of a few effective balances, so what each flag is worth is worked out once for a
/// number of increments. spec: cs/altair/beacon-chain#get_flag_index_deltas
/// </summary>
internal sealed class RewardTable
{
    private readonly ulong _increment;
    private readonly ulong _baseRewardPerIncrement;
    private readonly ulong _activeIncrements;
    private readonly ulong _inactivityDenominator;
    private readonly bool _isLeaking;
    private readonly ulong[] _participating; // increments that voted right, by flag

    // The last row that was asked for: neighbours are mostly alike.
    private ulong _rowBalance = ulong.MaxValue;
    private readonly ulong[] _rewards = new ulong[ParticipationFlags.Count];
    private readonly ulong[] _penalties = new ulong[ParticipationFlags.Count];

    private RewardTable(CachedState state, ulong[] participating)
    {
        _increment = state.Preset.EffectiveBalanceIncrement.Value;
        _baseRewardPerIncrement = state.GetBaseRewardPerIncrement().Value;
        _activeIncrements = state.GetTotalActiveBalance().Value / _increment;
        _inactivityDenominator = state.Config.InactivityScoreBias * state.Preset.InactivityPenaltyQuotient;
        _isLeaking = state.IsInInactivityLeak();
        _participating = participating;
    }

    /// <summary>The table of the epoch before the state's.</summary>
    public static RewardTable Of(CachedState cached)
    {
        BeaconState state = cached.State;
        Epoch epoch = cached.GetPreviousEpoch();
        ulong source = 0, target = 0, head = 0;
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            ReadOnlySpan<ulong> balances = MemoryMarshal.Cast<Gwei, ulong>(block.EffectiveBalances);
            ReadOnlySpan<ParticipationFlags> flags = block.Of(state.PreviousEpochParticipation);
            for (int i = 0; i < balances.Length; i++)
            {
                if (block.Slashed[i] || !block.IsActive(i, epoch))
                    continue;
                source += flags[i].Has(ParticipationFlags.TimelySource) ? balances[i] : 0;
                target += flags[i].Has(ParticipationFlags.TimelyTarget) ? balances[i] : 0;
                head += flags[i].Has(ParticipationFlags.TimelyHead) ? balances[i] : 0;
            }
        }
        ulong increment = cached.Preset.EffectiveBalanceIncrement.Value;
        return new RewardTable(cached, [Math.Max(source / increment, 1), Math.Max(target / increment, 1), Math.Max(head / increment, 1)]);
    }

    /// <summary>A balance after an epoch: flag by flag what it earns and costs, then the leak. Nothing falls below zero.</summary>
    /// <param name="balance">The balance before.</param>
    /// <param name="effectiveBalance">The effective balance.</param>
    /// <param name="flags">The votes that count.</param>
    /// <param name="score">The inactivity score.</param>
    public ulong Settle(ulong balance, ulong effectiveBalance, ParticipationFlags flags, ulong score)
    {
        for (int flag = 0; flag < ParticipationFlags.Count; flag++)
        {
            (ulong reward, ulong penalty) = FlagDelta(flag, effectiveBalance, flags);
            balance += reward;
            balance -= Math.Min(balance, penalty);
        }
        ulong leak = InactivityPenalty(effectiveBalance, flags, score);
        return balance - Math.Min(balance, leak);
    }

    /// <summary>What one flag earns and costs. spec: cs/altair/beacon-chain#get_flag_index_deltas</summary>
    public (ulong Reward, ulong Penalty) FlagDelta(int flag, ulong effectiveBalance, ParticipationFlags flags)
    {
        if (effectiveBalance != _rowBalance)
            FillRow(effectiveBalance);
        return (flags.Value >> flag & 1) != 0 ? (_rewards[flag], 0) : (0, _penalties[flag]);
    }

    /// <summary>What the leak costs: nothing to those who voted for the right target. spec: cs/altair/beacon-chain#modified-get_inactivity_penalty_deltas</summary>
    public ulong InactivityPenalty(ulong effectiveBalance, ParticipationFlags flags, ulong score) =>
        score == 0 || flags.Has(ParticipationFlags.TimelyTarget) ? 0 : (ulong)((UInt128)effectiveBalance * score / _inactivityDenominator);

    private void FillRow(ulong effectiveBalance)
    {
        ulong baseReward = effectiveBalance / _increment * _baseRewardPerIncrement;
        for (int flag = 0; flag < ParticipationFlags.Count; flag++)
        {
            ulong weight = ParticipationFlags.Weights[flag];
            _rewards[flag] = _isLeaking ? 0 : baseReward * weight * _participating[flag] / (_activeIncrements * RewardWeights.Denominator);
            _penalties[flag] = flag == ParticipationFlags.TimelyHeadIndex ? 0 : baseReward * weight / RewardWeights.Denominator;
        }
        _rowBalance = effectiveBalance;
    }
}
