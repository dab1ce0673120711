using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What operations and epochs do to validators. spec: cs/phase0/beacon-chain#beacon-state-mutators</summary>
internal static class StateMutators
{
    /// <summary>spec: cs/phase0/beacon-chain#increase_balance</summary>
    public static void IncreaseBalance(this BeaconState state, ValidatorIndex index, Gwei delta) => state.Balances[(int)index.Value] += delta;

    /// <summary>Takes as much as there is. spec: cs/phase0/beacon-chain#decrease_balance</summary>
    public static void DecreaseBalance(this BeaconState state, ValidatorIndex index, Gwei delta)
    {
        Gwei balance = state.Balances[(int)index.Value];
        state.Balances[(int)index.Value] = balance - Gwei.Min(balance, delta);
    }

    /// <summary>spec: cs/electra/beacon-chain#modified-initiate_validator_exit</summary>
    public static void InitiateValidatorExit(this CachedState state, ValidatorIndex index)
    {
        ValidatorRegistry validators = state.State.Validators;
        Validator validator = validators[(int)index.Value];
        if (validator.ExitEpoch != Epoch.FarFuture)
            return;
        Epoch exit = state.ComputeExitEpochAndUpdateChurn(validator.EffectiveBalance);
        validators[(int)index.Value] = validator with { ExitEpoch = exit, WithdrawableEpoch = exit + state.Config.MinValidatorWithdrawabilityDelay };
    }

    /// <summary>The proposer gets the reward of the one who reported, too. spec: cs/electra/beacon-chain#modified-slash_validator</summary>
    public static void SlashValidator(this CachedState state, ValidatorIndex index)
    {
        Epoch epoch = state.GetCurrentEpoch();
        Preset preset = state.Preset;
        ValidatorRegistry validators = state.State.Validators;
        state.InitiateValidatorExit(index);
        Validator validator = validators[(int)index.Value];
        validators[(int)index.Value] = validator with { Slashed = true, WithdrawableEpoch = Epoch.Max(validator.WithdrawableEpoch, epoch + preset.EpochsPerSlashingsVector) };
        state.State.Slashings[(int)(epoch.Value % preset.EpochsPerSlashingsVector)] += validator.EffectiveBalance;
        state.State.DecreaseBalance(index, validator.EffectiveBalance / preset.MinSlashingPenaltyQuotient);

        ValidatorIndex proposer = state.GetBeaconProposerIndex();
        Gwei whistleblowerReward = validator.EffectiveBalance / preset.WhistleblowerRewardQuotient;
        Gwei proposerReward = whistleblowerReward * RewardWeights.Proposer / RewardWeights.Denominator;
        state.State.IncreaseBalance(proposer, proposerReward);
        state.State.IncreaseBalance(proposer, whistleblowerReward - proposerReward);
    }

    /// <summary>spec: cs/electra/beacon-chain#modified-add_validator_to_registry</summary>
    public static void AddValidatorToRegistry(this CachedState state, in Bytes48 publicKey, in Hash32 withdrawalCredentials, Gwei amount)
    {
        Gwei effective = state.Preset.EffectiveBalanceFor(amount, in withdrawalCredentials);
        state.State.Validators.Add(new Validator(publicKey, withdrawalCredentials, effective, false, Epoch.FarFuture, Epoch.FarFuture, Epoch.FarFuture, Epoch.FarFuture));
        state.State.Balances.Add(amount);
        state.State.PreviousEpochParticipation.Add(default);
        state.State.CurrentEpochParticipation.Add(default);
        state.State.InactivityScores.Add(0);
    }

    /// <summary>The stake of a validator that is on its way out in parts. spec: cs/electra/beacon-chain#new-get_pending_balance_to_withdraw</summary>
    public static Gwei GetPendingBalanceToWithdraw(this BeaconState state, ValidatorIndex index)
    {
        Gwei sum = default;
        Rows<PendingPartialWithdrawal> pending = state.PendingPartialWithdrawals;
        for (int i = 0; i < pending.Count; i++)
        {
            PendingPartialWithdrawal withdrawal = pending[i];
            if (withdrawal.ValidatorIndex == index)
                sum += withdrawal.Amount;
        }
        return sum;
    }

    /// <summary>The queue without its first rows.</summary>
    public static Rows<T> From<T>(this Rows<T> queue, int first)
        where T : ISszContainer<T> => first == 0 ? queue : new Rows<T>(queue.ToArray().AsSpan(first));
}
