namespace Flashback.Conformance;

/// <summary>Opens a unit's files and remembers which, so that a file nobody reads cannot count as covered.</summary>
public sealed class VectorFiles
{
    private readonly HashSet<string> _unopened;
    private readonly HashSet<string> _declared;

    internal VectorFiles(IReadOnlyList<string> declared)
    {
        _declared = new HashSet<string>(declared, StringComparer.Ordinal);
        _unopened = new HashSet<string>(declared, StringComparer.Ordinal);
    }

    /// <summary>The whole content of a declared file.</summary>
    /// <exception cref="InvalidOperationException">The unit did not declare this file.</exception>
    public byte[] ReadBytes(string path)
    {
        if (!_declared.Contains(path))
            throw new InvalidOperationException($"the unit reads {path} but does not declare it");
        _unopened.Remove(path);
        return File.ReadAllBytes(path);
    }

    /// <summary>As <see cref="ReadBytes"/>, as UTF-8 text.</summary>
    public string ReadText(string path) => System.Text.Encoding.UTF8.GetString(ReadBytes(path));

    internal IReadOnlyCollection<string> Unopened => _unopened;

    /// <summary>The files of one name pattern at a path: the file itself, or all below the folder, in ordinal order.</summary>
    /// <exception cref="FileNotFoundException">Nothing is at <paramref name="path"/>.</exception>
    public static IReadOnlyList<string> Below(string path, string pattern)
    {
        if (File.Exists(path))
            return System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path)) ? [path] : [];
        if (!Directory.Exists(path))
            throw new FileNotFoundException($"no file or folder is at {path}");
        string[] files = Directory.GetFiles(path, pattern, SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>A unit's name: where it lies below <paramref name="root"/>, or its own name when it is the root.</summary>
    public static string NameBelow(string root, string path)
    {
        string relative = Path.GetRelativePath(root, path);
        return relative == "." ? Path.GetFileName(path) : relative;
    }
}
