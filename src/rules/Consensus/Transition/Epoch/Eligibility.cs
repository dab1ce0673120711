namespace Flashback.Consensus;

internal static partial class EpochTransition
{
    /// <summary>Whose votes in an epoch are settled, and which of them count.</summary>
    /// <param name="previous">The epoch that is settled: the one before the state's.</param>
    public readonly struct Eligibility(Epoch previous)
    {
        private readonly Epoch _next = previous + 1;

        /// <summary>Active then, or slashed and not yet free to leave. spec: cs/phase0/beacon-chain#get_eligible_validator_indices</summary>
        public bool Of(in ValidatorBlock block, int i) => block.IsActive(i, previous) || (block.Slashed[i] && _next < block.WithdrawableEpochs[i]);

        /// <summary>The votes of an eligible validator that count: none of one that is slashed, or was not active. spec: cs/altair/beacon-chain#get_unslashed_participating_indices</summary>
        public ParticipationFlags Counted(in ValidatorBlock block, int i, ParticipationFlags flags) => !block.Slashed[i] && block.IsActive(i, previous) ? flags : default;
    }
}
