using Flashback.Consensus;
using Flashback.Primitives;
using IronSnappy;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>A case of the consensus vectors: a folder of files.</summary>
/// <param name="Config">The network of the case.</param>
/// <param name="Handler">The second of the folders that name a case: which function, or which container.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Opened">Opens them.</param>
internal sealed record ConsensusCase(ConsensusConfig Config, string Handler, string Folder, IReadOnlyList<string> Files, VectorFiles Opened)
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
}
