using Flashback.Primitives;
using YamlDotNet.RepresentationModel;

namespace Flashback.Conformance;

/// <summary>Official vectors in YAML: one document, hexadecimal scalars, lists and maps.</summary>
internal static class Yaml
{
    /// <summary>The root of a file's only document.</summary>
    public static YamlNode Root(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    /// <summary>A scalar; null is the text "null".</summary>
    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "null";

    /// <summary>The items of a list.</summary>
    public static IList<YamlNode> Items(YamlNode node) => ((YamlSequenceNode)node).Children;

    /// <summary>The bytes of a hexadecimal scalar.</summary>
    public static byte[] Bytes(YamlNode node) => Hex.Decode(Text(node));

    /// <summary>The bytes of a list of hexadecimal scalars.</summary>
    public static byte[][] ByteLists(YamlNode node) => [.. Items(node).Select(Bytes)];

    /// <summary>A value on one line, without quotes and spaces: <c>{A:1,B:[2,3]}</c>.</summary>
    public static string Flatten(YamlNode node) => node switch
    {
        YamlMappingNode map => $"{{{string.Join(',', map.Children.Select(pair => $"{Flatten(pair.Key)}:{Flatten(pair.Value)}"))}}}",
        YamlSequenceNode list => $"[{string.Join(',', list.Children.Select(Flatten))}]",
        _ => Text(node),
    };
}
