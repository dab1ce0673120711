using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Conformance;

/// <summary>Blocks on a state, one after the other. spec: cs/tests/formats/sanity/blocks</summary>
internal static class BlocksRunner
{
    public static SpecOutcome Run(ConsensusCase @case) => @case.HasSignatures ? Run<BlsVerifier>(@case) : Run<UnverifiedSignatures>(@case);

    private static SpecOutcome Run<TVerifier>(ConsensusCase @case)
        where TVerifier : struct, ISignatureVerifier
    {
        int count = int.Parse(Yaml.Text(@case.Yaml("meta.yaml")["blocks_count"]), NumberStyles.None, CultureInfo.InvariantCulture);
        CachedState state = @case.ReadState("pre");
        Invalid<TransitionRule>? invalid = null;
        for (int i = 0; i < count; i++)
        {
            SignedBeaconBlock block = @case.Read<SignedBeaconBlock>($"blocks_{i}");
            // Blocks after an invalid one are read and not applied.
            invalid ??= StateTransition.Apply<TVerifier>(state, block, new AnsweringEngine(true), out state);
        }
        return @case.Judge(state, invalid);
    }
}
