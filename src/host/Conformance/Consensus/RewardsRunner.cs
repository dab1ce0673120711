using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>What the end of an epoch pays and takes, part by part. spec: cs/tests/formats/rewards</summary>
internal static class RewardsRunner
{
    private static readonly (string File, int Flag)[] Flags =
        [("source_deltas", ParticipationFlags.TimelySourceIndex), ("target_deltas", ParticipationFlags.TimelyTargetIndex), ("head_deltas", ParticipationFlags.TimelyHeadIndex)];

    public static SpecOutcome Run(ConsensusCase @case)
    {
        RewardDeltas deltas = new(@case.ReadState("pre"));
        List<SpecOutcome> outcomes = [.. Flags.Select(flag => Check(@case, flag.File, deltas.GetFlagIndexDeltas(flag.Flag)))];
        outcomes.Add(Check(@case, "inactivity_penalty_deltas", deltas.GetInactivityPenaltyDeltas()));
        return outcomes.Find(outcome => outcome is SpecOutcome.Failed) ?? SpecOutcome.Pass;
    }

    private static SpecOutcome Check(ConsensusCase @case, string file, (Gwei[] Rewards, Gwei[] Penalties) actual)
    {
        Deltas expected = @case.Read<Deltas>(file);
        return SpecOutcome.Equal(Text(file, expected.Rewards, expected.Penalties), Text(file, actual.Rewards, actual.Penalties));
    }

    private static string Text(string file, Gwei[] rewards, Gwei[] penalties) => $"{file}: +[{string.Join(',', rewards)}] -[{string.Join(',', penalties)}]";
}

/// <summary>What each validator gets and gives, as the vectors write it.</summary>
[SszContainer(typeof(Preset))]
internal sealed partial record Deltas(
    [property: SszList(nameof(Preset.ValidatorRegistryLimit))] Gwei[] Rewards,
    [property: SszList(nameof(Preset.ValidatorRegistryLimit))] Gwei[] Penalties);
