using System.Xml.Linq;
using Flashback.Testing;

namespace Flashback.House.Tests;

/// <summary>The checkout as the tests see it: projects, their references, source files.</summary>
internal static class House
{
    public static string Root => Vectors.Checkout;

    /// <summary>Every production project by its short name, with the short names it references.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Projects { get; } = Directory
        .GetFiles(Path.Combine(Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .ToDictionary(ShortName, path => (IReadOnlyList<string>)[.. References(path)]);

    /// <summary>Every C# file below the given folders, as paths relative to the root.</summary>
    public static IEnumerable<string> Sources(params string[] folders) => folders
        .Select(folder => Path.Combine(Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories))
        .Select(path => Path.GetRelativePath(Root, path))
        .Order(StringComparer.Ordinal);

    public static string Read(string relative) => File.ReadAllText(Path.Combine(Root, relative));

    private static IEnumerable<string> References(string project) => XDocument.Load(project)
        .Descendants("ProjectReference")
        .Where(reference => reference.Attribute("OutputItemType")?.Value != "Analyzer") // works on the sources, is no part of what is built
        .Select(reference => ShortName(reference.Attribute("Include")!.Value.Replace('\\', '/')))
        .Order(StringComparer.Ordinal);

    private static string ShortName(string path) => Path.GetFileNameWithoutExtension(path)["Flashback.".Length..];
}
