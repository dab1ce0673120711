using Flashback.Consensus;
using Flashback.Primitives;
using IronSnappy;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>A case of the consensus vectors: a folder of files.</summary>
/// <param name="Config">The network of the case.</param>
/// <param name="Handler">The second of the folders that name a case: which function, or which container.</param>
/// <param name="Suite">The third.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Opened">Opens them.</param>
internal sealed record ConsensusCase(ConsensusConfig Config, string Handler, string Suite, string Folder, IReadOnlyList<string> Files, VectorFiles Opened)
{
    public Preset Preset => Config.Preset;

    public bool Has(string file) => Files.Contains(Path.Combine(Folder, file));

    public YamlNode Yaml(string file) => Conformance.Yaml.Root(Opened.ReadText(Path.Combine(Folder, file)));

    /// <summary>The bytes of a file that is compressed in one block of Snappy.</summary>
    public byte[] Bytes(string name) => Snappy.Decode(Opened.ReadBytes(Path.Combine(Folder, name + ".ssz_snappy")));

    /// <summary>The container in a file.</summary>
    /// <exception cref="InvalidDataException">It is none: the vectors hold only what decodes.</exception>
    public T Read<T>(string name)
        where T : ISszContainer<T> =>
        new SszContainer<T>(Preset).TryDecode(Bytes(name), out T? value, out SszFault fault) ? value : throw new InvalidDataException($"{name} does not decode: {fault}");

    /// <summary>The state before.</summary>
    public CachedState ReadState(string name) => new(Config, Read<BeaconState>(name));

    /// <summary>False where the vector's signatures are none. spec: cs/tests/formats#bls_setting</summary>
    public bool HasSignatures => !Has("meta.yaml") || Yaml("meta.yaml") is not YamlMappingNode meta || !meta.Children.TryGetValue("bls_setting", out YamlNode? setting) || Conformance.Yaml.Text(setting) != "2";

    /// <summary>What came of a transition against the state that the vector has afterwards, or that it has none.</summary>
    public SpecOutcome Judge(CachedState state, Invalid<TransitionRule>? invalid)
    {
        if (!Has("post.ssz_snappy"))
            return invalid is null ? new SpecOutcome.Failed("invalid", "valid") : Passed;
        if (invalid is not null)
            return new SpecOutcome.Failed("valid", invalid.ToString());
        BeaconState expected = Read<BeaconState>("post");
        SpecOutcome roots = SpecOutcome.Equal(expected.HashTreeRoot(Preset).ToString(), state.HashTreeRoot().ToString());
        return roots is SpecOutcome.Failed ? new SpecOutcome.Failed("the vector's state", StateDifferences.Describe(expected, state.State, Preset)) : Passed;
    }

    private SpecOutcome Passed => HasSignatures ? SpecOutcome.Pass : new SpecOutcome.Passed("passed; signatures not verified: the vector has none (bls_setting 2)");
}
