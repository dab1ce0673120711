using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    /// <summary>The payload must pay what is due; it is taken off the balances. spec: cs/electra/beacon-chain#modified-process_withdrawals</summary>
    public Invalid<TransitionRule>? ProcessWithdrawals(ExecutionPayload payload)
    {
        ExpectedWithdrawals expected = ExpectedWithdrawals.Of(cached);
        if (!payload.Withdrawals.AsSpan().SequenceEqual(expected.Withdrawals))
            return new(TransitionRule.Withdrawals, $"{payload.Withdrawals.Length} of {expected.Withdrawals.Length} that are due, or others");
        foreach (Withdrawal withdrawal in expected.Withdrawals)
            State.DecreaseBalance(withdrawal.ValidatorIndex, withdrawal.Amount);
        State.PendingPartialWithdrawals = State.PendingPartialWithdrawals.From(expected.ProcessedPartialWithdrawals);
        AdvanceSweep(expected.Withdrawals);
        return null;
    }

    /// <summary>spec: cs/capella/beacon-chain#new-update_next_withdrawal_validator_index</summary>
    private void AdvanceSweep(ReadOnlySpan<Withdrawal> paid)
    {
        if (!paid.IsEmpty)
            State.NextWithdrawalIndex = new(paid[^1].Index.Value + 1);
        // A full payload stopped the sweep at its last validator; else the sweep went as far as it goes.
        ulong next = (ulong)paid.Length == Preset.MaxWithdrawalsPerPayload
            ? paid[^1].ValidatorIndex.Value + 1
            : State.NextWithdrawalValidatorIndex.Value + Preset.MaxValidatorsPerWithdrawalsSweep;
        State.NextWithdrawalValidatorIndex = new(next % (ulong)State.Validators.Count);
    }
}
