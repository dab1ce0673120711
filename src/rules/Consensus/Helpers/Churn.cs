namespace Flashback.Consensus;

/// <summary>How much stake may come, go or move in an epoch. spec: EIP-7251</summary>
internal static class Churn
{
    /// <summary>spec: cs/electra/beacon-chain#new-get_balance_churn_limit</summary>
    public static Gwei GetBalanceChurnLimit(this CachedState state)
    {
        Gwei churn = Gwei.Max(state.Config.MinPerEpochChurnLimit, state.GetTotalActiveBalance() / state.Config.ChurnLimitQuotient);
        return churn - (churn % state.Preset.EffectiveBalanceIncrement);
    }

    /// <summary>spec: cs/electra/beacon-chain#new-get_activation_exit_churn_limit</summary>
    public static Gwei GetActivationExitChurnLimit(this CachedState state) => Gwei.Min(state.Config.MaxPerEpochActivationExitChurnLimit, state.GetBalanceChurnLimit());

    /// <summary>spec: cs/electra/beacon-chain#new-get_consolidation_churn_limit</summary>
    public static Gwei GetConsolidationChurnLimit(this CachedState state) => state.GetBalanceChurnLimit() - state.GetActivationExitChurnLimit();

    /// <summary>spec: cs/electra/beacon-chain#new-compute_exit_epoch_and_update_churn</summary>
    public static Epoch ComputeExitEpochAndUpdateChurn(this CachedState cached, Gwei balance)
    {
        BeaconState state = cached.State;
        Queue queue = Queue.At(cached, state.EarliestExitEpoch, state.ExitBalanceToConsume, cached.GetActivationExitChurnLimit()).Take(balance);
        (state.EarliestExitEpoch, state.ExitBalanceToConsume) = (queue.Epoch, queue.Left);
        return queue.Epoch;
    }

    /// <summary>spec: cs/electra/beacon-chain#new-compute_consolidation_epoch_and_update_churn</summary>
    public static Epoch ComputeConsolidationEpochAndUpdateChurn(this CachedState cached, Gwei balance)
    {
        BeaconState state = cached.State;
        Queue queue = Queue.At(cached, state.EarliestConsolidationEpoch, state.ConsolidationBalanceToConsume, cached.GetConsolidationChurnLimit()).Take(balance);
        (state.EarliestConsolidationEpoch, state.ConsolidationBalanceToConsume) = (queue.Epoch, queue.Left);
        return queue.Epoch;
    }

    /// <summary>The end of a queue: the epoch whose churn is being used up, what is left of it, and what each epoch has.</summary>
    private readonly record struct Queue(Epoch Epoch, Gwei Left, Gwei PerEpoch)
    {
        /// <summary>A queue that ends in the past goes on at the first epoch that can be decided now, with all of its churn.</summary>
        public static Queue At(CachedState state, Epoch earliest, Gwei left, Gwei perEpoch)
        {
            Epoch first = state.Preset.ActivationExitEpochAfter(state.GetCurrentEpoch());
            return earliest < first ? new(first, perEpoch, perEpoch) : new(earliest, left, perEpoch);
        }

        /// <summary>Takes a balance, from later epochs too where it does not fit.</summary>
        public Queue Take(Gwei balance)
        {
            if (balance <= Left)
                return this with { Left = Left - balance };
            ulong more = ((balance.Value - Left.Value - 1) / PerEpoch.Value) + 1;
            return this with { Epoch = Epoch + more, Left = Left + (PerEpoch * more) - balance };
        }
    }
}
