using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>The shuffle of a list, in one go and place by place. spec: cs/tests/formats/shuffling</summary>
internal static class ShufflingRunner
{
    public static SpecOutcome Run(ConsensusCase @case)
    {
        YamlNode yaml = @case.Yaml("mapping.yaml");
        Hash32 seed = FixedBytes.Parse<Hash32>(Yaml.Text(yaml["seed"]));
        int rounds = (int)@case.Preset.ShuffleRoundCount;
        int[] expected = [.. Yaml.Items(yaml["mapping"]).Select(item => int.Parse(Yaml.Text(item), NumberStyles.None, CultureInfo.InvariantCulture))];
        int[] atOnce = [.. Enumerable.Range(0, expected.Length)];
        Shuffle.ShuffleInPlace(atOnce, in seed, rounds);
        int[] oneByOne = [.. expected.Select((_, i) => Shuffle.ComputeShuffledIndex(i, expected.Length, in seed, rounds))];
        SpecOutcome outcome = SpecOutcome.Equal(string.Join(',', expected), string.Join(',', atOnce));
        return outcome == SpecOutcome.Pass ? SpecOutcome.Equal(string.Join(',', expected), string.Join(',', oneByOne)) : outcome;
    }
}
