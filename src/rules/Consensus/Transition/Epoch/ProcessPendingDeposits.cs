using Flashback.Primitives;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Deposits whose turn has come are applied, as far as the churn goes. spec: cs/electra/beacon-chain#new-process_pending_deposits</summary>
    public static void ProcessPendingDeposits(CachedState cached)
    {
        BeaconState state = cached.State;
        Rows<PendingDeposit> queue = state.PendingDeposits;
        Epoch next = NextEpoch(cached);
        Slot finalized = cached.Preset.StartSlotOf(state.FinalizedCheckpoint.Epoch);
        Gwei available = state.DepositBalanceToConsume + cached.GetActivationExitChurnLimit();
        Gwei used = default;
        List<PendingDeposit> postponed = [];
        bool isChurnUsedUp = false;
        int done = 0;
        for (; done < queue.Count && (ulong)done < cached.Preset.MaxPendingDepositsPerEpoch; done++)
        {
            PendingDeposit deposit = queue[done];
            bool waitsForProofs = deposit.Slot > Slot.Genesis && state.Eth1DepositIndex < state.DepositRequestsStartIndex;
            if (waitsForProofs || deposit.Slot > finalized)
                break;
            Bytes48 key = deposit.PublicKey;
            int index = state.Validators.IndexOf(in key);
            Validator validator = index < 0 ? default : state.Validators[index];
            bool isWithdrawn = index >= 0 && validator.WithdrawableEpoch < next;
            bool isExiting = index >= 0 && validator.ExitEpoch < Epoch.FarFuture;
            if (!isWithdrawn && isExiting)
            {
                postponed.Add(deposit); // until its stake may leave
                continue;
            }
            // What a validator that is gone gets will never count, so it takes no churn.
            if (!isWithdrawn)
            {
                isChurnUsedUp = used + deposit.Amount > available;
                if (isChurnUsedUp)
                    break;
                used += deposit.Amount;
            }
            ApplyPendingDeposit(cached, index, in deposit);
        }
        DropDone(state, done, postponed);
        state.DepositBalanceToConsume = isChurnUsedUp ? available - used : Gwei.Zero;
    }

    private static void DropDone(BeaconState state, int done, List<PendingDeposit> postponed)
    {
        state.PendingDeposits = state.PendingDeposits.From(done);
        foreach (PendingDeposit deposit in postponed)
            state.PendingDeposits.Add(deposit);
    }

    /// <summary>A new validator without a valid signature is passed over; one that is there needs none. spec: cs/electra/beacon-chain#new-apply_pending_deposit</summary>
    private static void ApplyPendingDeposit(CachedState cached, int index, in PendingDeposit deposit)
    {
        if (index >= 0)
            cached.State.IncreaseBalance(new((ulong)index), deposit.Amount);
        else if (DepositSignature.IsValid(cached.Config, new(deposit.PublicKey, deposit.WithdrawalCredentials, deposit.Amount), deposit.Signature))
            cached.AddValidatorToRegistry(deposit.PublicKey, deposit.WithdrawalCredentials, deposit.Amount);
    }
}
