using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>What the next payload must pay. spec: cs/electra/beacon-chain#modified-get_expected_withdrawals</summary>
/// <param name="Withdrawals">The withdrawals: first those that wait, then those that the sweep finds.</param>
/// <param name="ProcessedPartialWithdrawals">How many of those that wait are done with, paid or not.</param>
public sealed record ExpectedWithdrawals(Withdrawal[] Withdrawals, int ProcessedPartialWithdrawals)
{
    /// <summary>What is due on a state at the payload's slot.</summary>
    /// <exception cref="OverflowException">A balance is less than what is to be paid from it.</exception>
    public static ExpectedWithdrawals Of(CachedState cached)
    {
        List<Withdrawal> due = new((int)cached.Preset.MaxWithdrawalsPerPayload);
        int partials = AddPendingPartialWithdrawals(cached, due);
        AddSweepWithdrawals(cached, due);
        return new([.. due], partials);
    }

    /// <summary>spec: cs/electra/beacon-chain#new-get_pending_partial_withdrawals</summary>
    private static int AddPendingPartialWithdrawals(CachedState cached, List<Withdrawal> due)
    {
        BeaconState state = cached.State;
        Preset preset = cached.Preset;
        Epoch epoch = cached.GetCurrentEpoch();
        int limit = (int)Math.Min(preset.MaxPendingPartialsPerWithdrawalsSweep, preset.MaxWithdrawalsPerPayload - 1);
        int processed = 0;
        for (; processed < state.PendingPartialWithdrawals.Count; processed++)
        {
            PendingPartialWithdrawal pending = state.PendingPartialWithdrawals[processed];
            if (pending.WithdrawableEpoch > epoch || due.Count >= limit)
                break;
            Validator validator = state.Validators[(int)pending.ValidatorIndex.Value];
            Gwei balance = BalanceAfter(state, pending.ValidatorIndex, due);
            bool eligible = validator.ExitEpoch == Epoch.FarFuture && validator.EffectiveBalance >= preset.MinActivationBalance && balance > preset.MinActivationBalance;
            if (eligible)
                due.Add(Next(state, due, pending.ValidatorIndex, validator.WithdrawalCredentials, Gwei.Min(balance - preset.MinActivationBalance, pending.Amount)));
        }
        return processed;
    }

    /// <summary>spec: cs/electra/beacon-chain#modified-get_validators_sweep_withdrawals</summary>
    private static void AddSweepWithdrawals(CachedState cached, List<Withdrawal> due)
    {
        BeaconState state = cached.State;
        Preset preset = cached.Preset;
        ValidatorRegistry validators = state.Validators;
        Epoch epoch = cached.GetCurrentEpoch();
        int index = (int)state.NextWithdrawalValidatorIndex.Value;
        ulong bound = Math.Min((ulong)validators.Count, preset.MaxValidatorsPerWithdrawalsSweep);
        for (ulong seen = 0; seen < bound && (ulong)due.Count < preset.MaxWithdrawalsPerPayload; seen++, index = (index + 1) % validators.Count)
        {
            // Most validators are ruled out by their numbers alone; credentials are looked at last.
            bool withdrawable = validators.WithdrawableEpochOf(index) <= epoch;
            if (!withdrawable && state.Balances[index] <= preset.MinActivationBalance)
                continue;
            ValidatorIndex validator = new((ulong)index);
            Gwei balance = BalanceAfter(state, validator, due);
            Hash32 credentials = validators.WithdrawalCredentialsOf(index);
            if (!Predicates.HasAddress(in credentials))
                continue;
            Gwei most = preset.MaxEffectiveBalanceFor(in credentials);
            if (withdrawable && balance > Gwei.Zero)
                due.Add(Next(state, due, validator, in credentials, balance));
            else if (validators.EffectiveBalanceOf(index) == most && balance > most)
                due.Add(Next(state, due, validator, in credentials, balance - most));
        }
    }

    private static Withdrawal Next(BeaconState state, List<Withdrawal> due, ValidatorIndex validator, in Hash32 credentials, Gwei amount) =>
        new(new(state.NextWithdrawalIndex.Value + (ulong)due.Count), validator, Predicates.AddressOf(in credentials), amount);

    /// <summary>spec: cs/capella/beacon-chain#new-get_balance_after_withdrawals</summary>
    private static Gwei BalanceAfter(BeaconState state, ValidatorIndex validator, List<Withdrawal> due)
    {
        Gwei balance = state.Balances[(int)validator.Value];
        foreach (Withdrawal withdrawal in due)
        {
            if (withdrawal.ValidatorIndex == validator)
                balance -= withdrawal.Amount;
        }
        return balance;
    }
}
