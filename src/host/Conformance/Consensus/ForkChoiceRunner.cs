using System.Globalization;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>Ticks, blocks and votes in turn, and what the fork choice says between them. spec: cs/tests/formats/fork_choice</summary>
internal static class ForkChoiceRunner
{
    public static SpecOutcome Run(ConsensusCase @case) => @case.HasSignatures ? Run<BlsVerifier>(@case) : Run<UnverifiedSignatures>(@case);

    private static SpecOutcome Run<TVerifier>(ConsensusCase @case)
        where TVerifier : struct, ISignatureVerifier
    {
        GivenBlobs blobs = new(@case);
        ForkChoice<TVerifier> choice = new(@case.Read<BeaconBlock>("anchor_block"), @case.ReadState("anchor_state"), new AnsweringEngine(true), blobs);
        int number = 0;
        foreach (YamlNode node in Yaml.Items(@case.Yaml("steps.yaml")))
        {
            YamlMappingNode step = (YamlMappingNode)node;
            blobs.Step = step;
            SpecOutcome outcome = step.Children.TryGetValue("checks", out YamlNode? checks) ? Check(choice, (YamlMappingNode)checks) : Take(@case, choice, step);
            if (outcome is SpecOutcome.Failed failed)
                return new SpecOutcome.Failed($"step {number}: {failed.Expected}", failed.Actual);
            number++;
        }
        return @case.HasSignatures ? SpecOutcome.Pass : new SpecOutcome.Passed("passed; signatures not verified: the vector has none (bls_setting 2)");
    }

    private static SpecOutcome Take<TVerifier>(ConsensusCase @case, ForkChoice<TVerifier> choice, YamlMappingNode step)
        where TVerifier : struct, ISignatureVerifier
    {
        Invalid<ForkChoiceRule>? invalid = null;
        if (step.Children.TryGetValue("tick", out YamlNode? tick))
            choice.OnTick(Number(tick));
        else if (step.Children.TryGetValue("block", out YamlNode? block))
            invalid = choice.OnBlock(@case.Read<SignedBeaconBlock>(Yaml.Text(block)));
        else if (step.Children.TryGetValue("attestation", out YamlNode? attestation))
            invalid = choice.OnAttestation(@case.Read<Attestation>(Yaml.Text(attestation)));
        else if (step.Children.TryGetValue("attester_slashing", out YamlNode? slashing))
            invalid = choice.OnAttesterSlashing(@case.Read<AttesterSlashing>(Yaml.Text(slashing)));
        else
            return new SpecOutcome.Failed("a step that is known", step.Children.Keys.First().ToString());
        bool isValid = !step.Children.TryGetValue("valid", out YamlNode? valid) || Yaml.Text(valid) == "true";
        return isValid == invalid is null ? SpecOutcome.Pass : new SpecOutcome.Failed(isValid ? "valid" : "invalid", invalid?.ToString() ?? "valid");
    }

    private static SpecOutcome Check<TVerifier>(ForkChoice<TVerifier> choice, YamlMappingNode checks)
        where TVerifier : struct, ISignatureVerifier
    {
        foreach ((YamlNode name, YamlNode expected) in checks.Children)
        {
            string actual = Yaml.Text(name) switch
            {
                "time" => choice.Time.ToString(CultureInfo.InvariantCulture),
                "head" => Flatten(choice, choice.GetHead()),
                "justified_checkpoint" => Flatten(choice.JustifiedCheckpoint),
                "finalized_checkpoint" => Flatten(choice.FinalizedCheckpoint),
                "proposer_boost_root" => choice.ProposerBoostRoot.ToString(),
                "get_proposer_head" => choice.GetProposerHead(choice.GetHead(), choice.CurrentSlot).ToString(),
                _ => "no such check here",
            };
            if (SpecOutcome.Equal($"{name}: {Yaml.Flatten(expected)}", $"{name}: {actual}") is SpecOutcome.Failed failed)
                return failed;
        }
        return SpecOutcome.Pass;
    }

    private static string Flatten<TVerifier>(ForkChoice<TVerifier> choice, Hash32 head)
        where TVerifier : struct, ISignatureVerifier => FormattableString.Invariant($"{{slot:{choice.SlotOf(head)!.Value.Value},root:{head}}}");

    private static string Flatten(Checkpoint checkpoint) => FormattableString.Invariant($"{{epoch:{checkpoint.Epoch.Value},root:{checkpoint.Root}}}");

    private static ulong Number(YamlNode node) => ulong.Parse(Yaml.Text(node), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>The blobs and proofs that a step brings with its block.</summary>
    private sealed class GivenBlobs(ConsensusCase @case) : IDataAvailability
    {
        public YamlMappingNode? Step { get; set; }

        public bool IsAvailable(in Hash32 root, BeaconBlock block)
        {
            if (Step is null || !Step.Children.TryGetValue("blobs", out YamlNode? name))
                return true;
            byte[] bytes = @case.Bytes(Yaml.Text(name));
            if (bytes.Length % Kzg.BlobSize != 0)
                return false;
            ReadOnlyMemory<byte>[] blobs = [.. Enumerable.Range(0, bytes.Length / Kzg.BlobSize).Select(i => bytes.AsMemory(i * Kzg.BlobSize, Kzg.BlobSize))];
            Bytes48[] proofs = Array.ConvertAll(Yaml.ByteLists(Step["proofs"]), proof => FixedBytes.Read<Bytes48>(proof));
            return Kzg.VerifyBlobProofBatch(blobs, block.Body.BlobKzgCommitments, proofs, out _);
        }
    }
}
