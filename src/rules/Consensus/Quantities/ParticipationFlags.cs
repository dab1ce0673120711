using Flashback.Primitives;

namespace Flashback.Consensus;

/// <summary>Which votes of a validator came in time in an epoch: a bit each for source, target and head. spec: cs/altair/beacon-chain#participation-flag-indices</summary>
public readonly record struct ParticipationFlags(byte Value) : ISszNumber
{
    /// <summary>The number of flags.</summary>
    public const int Count = 3;

    /// <summary>The place of the flag of a vote for the justified checkpoint.</summary>
    public const int TimelySourceIndex = 0;

    /// <summary>The place of the flag of a vote for the epoch's first block.</summary>
    public const int TimelyTargetIndex = 1;

    /// <summary>The place of the flag of a vote for the slot's block.</summary>
    public const int TimelyHeadIndex = 2;

    /// <summary>The vote for the source came in time.</summary>
    public static ParticipationFlags TimelySource => new(1 << TimelySourceIndex);

    /// <summary>The vote for the target came in time.</summary>
    public static ParticipationFlags TimelyTarget => new(1 << TimelyTargetIndex);

    /// <summary>The vote for the head came in time.</summary>
    public static ParticipationFlags TimelyHead => new(1 << TimelyHeadIndex);

    /// <summary>What each flag is worth, in 64ths of the base reward, by its place. spec: cs/altair/beacon-chain#incentivization-weights</summary>
    public static ReadOnlySpan<byte> Weights => [14, 26, 14];

    /// <summary>True when all of these flags are set. spec: cs/altair/beacon-chain#has_flag</summary>
    public bool Has(ParticipationFlags flags) => (Value & flags.Value) == flags.Value;

    /// <summary>The flags of both. spec: cs/altair/beacon-chain#add_flag</summary>
    public static ParticipationFlags operator |(ParticipationFlags left, ParticipationFlags right) => new((byte)(left.Value | right.Value));

    /// <summary>The flags of the first that the second has not.</summary>
    public static ParticipationFlags operator -(ParticipationFlags left, ParticipationFlags right) => new((byte)(left.Value & ~right.Value));
}
