using Flashback.Primitives;

namespace Flashback.Consensus;

internal sealed partial class BlockTransition<TVerifier>
{
    private static Gwei FullExitRequestAmount => Gwei.Zero;

    /// <summary>The owner of a stake asks for an exit, or for a part. What may not be is passed over: it cost the owner, not the block. spec: cs/electra/beacon-chain#new-process_withdrawal_request</summary>
    public Invalid<TransitionRule>? ProcessWithdrawalRequest(WithdrawalRequest request)
    {
        bool isFullExit = request.Amount == FullExitRequestAmount;
        if (!isFullExit && (ulong)State.PendingPartialWithdrawals.Count == Preset.PendingPartialWithdrawalsLimit)
            return null;
        Bytes48 key = request.ValidatorPublicKey;
        int found = State.Validators.IndexOf(in key);
        if (found < 0)
            return null;
        Validator validator = State.Validators[found];
        if (!IsOwnedBy(in validator, request.SourceAddress) || !HasServed(in validator))
            return null;
        ValidatorIndex index = new((ulong)found);
        Gwei pending = State.GetPendingBalanceToWithdraw(index);
        if (!isFullExit)
            QueuePartialWithdrawal(index, in validator, pending, request.Amount);
        else if (pending == Gwei.Zero)
            cached.InitiateValidatorExit(index);
        return null;
    }

    private void QueuePartialWithdrawal(ValidatorIndex index, in Validator validator, Gwei pending, Gwei amount)
    {
        Gwei kept = Preset.MinActivationBalance + pending;
        Gwei balance = State.Balances[(int)index.Value];
        if (Predicates.PrefixOf(validator.WithdrawalCredentials) != Predicates.CompoundingPrefix || validator.EffectiveBalance < Preset.MinActivationBalance || balance <= kept)
            return;
        Gwei part = Gwei.Min(balance - kept, amount);
        Epoch exit = cached.ComputeExitEpochAndUpdateChurn(part);
        State.PendingPartialWithdrawals.Add(new PendingPartialWithdrawal(index, part, exit + cached.Config.MinValidatorWithdrawabilityDelay));
    }

    private static bool IsOwnedBy(in Validator validator, Address address)
    {
        Hash32 credentials = validator.WithdrawalCredentials;
        return Predicates.HasAddress(in credentials) && Predicates.AddressOf(in credentials) == address;
    }

    /// <summary>Active, for long enough, and not on its way out.</summary>
    private bool HasServed(in Validator validator)
    {
        Epoch current = cached.GetCurrentEpoch();
        return validator.IsActiveAt(current) && validator.ExitEpoch == Epoch.FarFuture && current >= validator.ActivationEpoch + cached.Config.ShardCommitteePeriod;
    }
}
