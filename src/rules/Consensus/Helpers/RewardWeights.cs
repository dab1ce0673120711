namespace Flashback.Consensus;

/// <summary>How an epoch's rewards are shared out, in 64ths of the base reward; those of votes are in <see cref="ParticipationFlags.Weights"/>. spec: cs/altair/beacon-chain#incentivization-weights</summary>
internal static class RewardWeights
{
    /// <summary>The sync committee's share.</summary>
    public const ulong Sync = 2;

    /// <summary>The proposers' share.</summary>
    public const ulong Proposer = 8;

    /// <summary>All shares together.</summary>
    public const ulong Denominator = 64;
}
