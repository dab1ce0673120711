using System.Buffers;

namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Scores rise with every target missed and fall again while there is no leak. spec: cs/altair/beacon-chain#inactivity-scores</summary>
    public static void ProcessInactivityUpdates(CachedState cached)
    {
        if (cached.GetCurrentEpoch() == Epoch.Genesis)
            return;
        BeaconState state = cached.State;
        ulong bias = cached.Config.InactivityScoreBias;
        ulong recovery = cached.IsInInactivityLeak() ? 0 : cached.Config.InactivityScoreRecoveryRate;
        Eligibility eligibility = new(cached.GetPreviousEpoch());
        ulong[] scratch = ArrayPool<ulong>.Shared.Rent(ValidatorRegistry.BlockLength);
        for (int b = 0; b < state.Validators.BlockCount; b++)
        {
            ValidatorBlock block = state.Validators.Block(b);
            ReadOnlySpan<ulong> scores = block.Of(state.InactivityScores);
            // Where nobody has a score and what is added is taken off again, nothing changes.
            if (bias <= recovery && !scores.ContainsAnyExcept(0UL))
                continue;
            Span<ulong> updated = scratch.AsSpan(0, scores.Length);
            scores.CopyTo(updated);
            UpdateScores(block, block.Of(state.PreviousEpochParticipation), eligibility, updated, bias, recovery);
            if (!scores.SequenceEqual(updated))
                updated.CopyTo(block.ToWrite(state.InactivityScores));
        }
        ArrayPool<ulong>.Shared.Return(scratch);
    }

    private static void UpdateScores(in ValidatorBlock block, ReadOnlySpan<ParticipationFlags> flags, Eligibility eligibility, Span<ulong> scores, ulong bias, ulong recovery)
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (!eligibility.Of(in block, i))
                continue;
            ulong score = scores[i];
            score = eligibility.Counted(in block, i, flags[i]).Has(ParticipationFlags.TimelyTarget) ? score - Math.Min(1, score) : score + bias;
            scores[i] = score - Math.Min(recovery, score);
        }
    }
}
