using System.Globalization;
using Flashback.Consensus;
using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>A node of a container's tree, and the path from it to the root. The suite's name is the container's. spec: cs/tests/formats/merkle_proof</summary>
internal static class MerkleProofRunner
{
    public static SpecOutcome Run(ConsensusCase @case) => @case.Suite switch
    {
        "BeaconBlockBody" => Check<BeaconBlockBody>(@case),
        "BeaconState" => Check<BeaconState>(@case),
        _ => throw new InvalidDataException($"no container is called {@case.Suite}"),
    };

    private static SpecOutcome Check<T>(ConsensusCase @case)
        where T : ISszContainer<T>
    {
        YamlNode yaml = @case.Yaml("proof.yaml");
        T value = @case.Read<T>("object");
        SszContainer<T> codec = new(@case.Preset);
        ulong index = ulong.Parse(Yaml.Text(yaml["leaf_index"]), NumberStyles.None, CultureInfo.InvariantCulture);
        Hash32[] branch = MerkleProof.Branch(in codec, in value, index);
        Hash32 leaf = MerkleProof.NodesAt(in codec, in value, [index])[0];
        SpecOutcome outcome = SpecOutcome.Equal(
            $"{Yaml.Text(yaml["leaf"])} {string.Join(' ', Yaml.Items(yaml["branch"]).Select(Yaml.Text))}",
            $"{leaf} {string.Join(' ', branch)}");
        return outcome == SpecOutcome.Pass && !MerkleProof.IsValid(leaf, branch, index, codec.RootOf(in value)) ? new SpecOutcome.Failed("a proof that holds", "it does not") : outcome;
    }
}
