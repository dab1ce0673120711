using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Blocks, or slots without any. spec: cs/tests/formats/sanity</summary>
internal static class SanityRunner
{
    public static SpecOutcome Run(ConsensusCase @case) => @case.Handler switch
    {
        "blocks" => BlocksRunner.Run(@case),
        "slots" => RunSlots(@case),
        _ => throw new InvalidDataException($"there is no sanity of {@case.Handler}"),
    };

    private static SpecOutcome RunSlots(ConsensusCase @case)
    {
        ulong slots = ulong.Parse(Yaml.Text(@case.Yaml("slots.yaml")), NumberStyles.None, CultureInfo.InvariantCulture);
        CachedState state = @case.ReadState("pre");
        Invalid<TransitionRule>? invalid = StateTransition.ProcessSlots(state, state.State.Slot + slots, out state);
        return @case.Judge(state, invalid);
    }
}
