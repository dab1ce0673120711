using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>The YAML of the consensus vectors: one document to a file.</summary>
internal static class VectorYaml
{
    /// <summary>The document's root.</summary>
    public static YamlNode Parse(string yaml)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(yaml));
        return stream.Documents[0].RootNode;
    }

    /// <summary>A value on one line, without quotes and spaces: <c>{A:1,B:[2,3]}</c>.</summary>
    public static string Flatten(YamlNode node) => node switch
    {
        YamlMappingNode map => $"{{{string.Join(',', map.Children.Select(pair => $"{Flatten(pair.Key)}:{Flatten(pair.Value)}"))}}}",
        YamlSequenceNode list => $"[{string.Join(',', list.Children.Select(Flatten))}]",
        _ => ((YamlScalarNode)node).Value ?? "null",
    };
}
