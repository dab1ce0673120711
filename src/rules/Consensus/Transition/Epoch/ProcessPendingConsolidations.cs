using Flashback.Primitives;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Stakes whose validators have left move to their targets. spec: cs/electra/beacon-chain#new-process_pending_consolidations</summary>
    public static void ProcessPendingConsolidations(CachedState cached)
    {
        BeaconState state = cached.State;
        Rows<PendingConsolidation> queue = state.PendingConsolidations;
        Epoch next = NextEpoch(cached);
        int done = 0;
        for (; done < queue.Count; done++)
        {
            PendingConsolidation consolidation = queue[done];
            Validator source = state.Validators[(int)consolidation.SourceIndex.Value];
            if (source.Slashed)
                continue;
            if (source.WithdrawableEpoch > next)
                break;
            // What counted moves; what is above it can be withdrawn.
            Gwei moved = Gwei.Min(state.Balances[(int)consolidation.SourceIndex.Value], source.EffectiveBalance);
            state.DecreaseBalance(consolidation.SourceIndex, moved);
            state.IncreaseBalance(consolidation.TargetIndex, moved);
        }
        state.PendingConsolidations = queue.From(done);
    }
}
