using System.Runtime.InteropServices;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Votes of the epoch before are paid, those missing are paid for. spec: cs/altair/beacon-chain#rewards-and-penalties</summary>
    public static void ProcessRewardsAndPenalties(CachedState cached)
    {
        // Nothing was there to be voted for before the first epoch.
        if (cached.GetCurrentEpoch() == Epoch.Genesis)
            return;
        BeaconState state = cached.State;
        Eligibility eligibility = new(cached.GetPreviousEpoch());
        RewardTable table = RewardTable.Of(cached);
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            Apply(in block, eligibility, table, block.Of(state.PreviousEpochParticipation), block.Of(state.InactivityScores), MemoryMarshal.Cast<Gwei, ulong>(block.ToWrite(state.Balances)));
        }
    }

    private static void Apply(in ValidatorBlock block, Eligibility eligibility, RewardTable table, ReadOnlySpan<ParticipationFlags> flags, ReadOnlySpan<ulong> scores, Span<ulong> balances)
    {
        for (int i = 0; i < balances.Length; i++)
        {
            if (!eligibility.Of(in block, i))
                continue;
            balances[i] = table.Settle(balances[i], block.EffectiveBalances[i].Value, eligibility.Counted(in block, i, flags[i]), scores[i]);
        }
    }
}
