namespace Flashback.Files.Content;

/// <summary>A folder that is put together from the paths of what is in it, in any order.</summary>
/// <remarks>A path is one or more names with a slash between each two. Nothing in it leads elsewhere: no name is empty, '.' or '..'. Memory: some hundred bytes for each entry.</remarks>
public sealed class FolderTree
{
    /// <summary>How many folders may lie in each other.</summary>
    public const int MostDepth = 64;

    private readonly Folder _root = new();

    /// <summary>Files and folders so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a file; folders on the way are made.</summary>
    /// <exception cref="InvalidDataException">The path is none, or something is there already.</exception>
    public void AddFile(string path, ImportedContent content)
    {
        (Folder folder, string name) = Descend(path);
        if (folder.Folders.ContainsKey(name) || !folder.Files.TryAdd(name, content))
            throw new InvalidDataException($"'{path}' is there twice");
        Count++;
    }

    /// <summary>Adds a folder that may stay empty, and those on the way; nothing happens where it is there.</summary>
    /// <exception cref="InvalidDataException">The path is none, or a file is there.</exception>
    public void AddFolder(string path)
    {
        (Folder folder, string name) = Descend(path);
        Enter(folder, name, path);
    }

    /// <summary>Refuses what is no path, before anything is read for it.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static void CheckPath(string path)
    {
        string[] names = path.Split('/');
        if (names.Length > MostDepth)
            throw new InvalidDataException($"folders may lie {MostDepth} deep, and there are {names.Length} names in a path");
        if (names.FirstOrDefault(name => !DirectoryNode.IsName(name)) is { } wrong)
            throw new InvalidDataException($"'{path}' is no path inside a folder: '{wrong}' is no name");
    }

    /// <summary>Makes the nodes, each after those it links to.</summary>
    /// <returns>The folder.</returns>
    /// <exception cref="InvalidDataException">A folder has too many entries.</exception>
    public ValueTask<ImportedContent> FinishAsync(IBlockSink sink, CancellationToken cancellation) => FinishAsync(_root, sink, cancellation);

    private static async ValueTask<ImportedContent> FinishAsync(Folder folder, IBlockSink sink, CancellationToken cancellation)
    {
        Dictionary<string, ImportedContent> entries = new(folder.Files);
        foreach ((string name, Folder below) in folder.Folders)
            entries.Add(name, await FinishAsync(below, sink, cancellation).ConfigureAwait(false));
        (ImportedContent content, byte[] block) = DirectoryNode.Create(entries);
        await sink.AddAsync(content.Cid, block, cancellation).ConfigureAwait(false);
        return content;
    }

    private (Folder Folder, string Name) Descend(string path)
    {
        CheckPath(path);
        string[] names = path.Split('/');
        Folder here = _root;
        foreach (string name in names[..^1])
            here = Enter(here, name, path);
        return (here, names[^1]);
    }

    private Folder Enter(Folder folder, string name, string path)
    {
        if (folder.Folders.TryGetValue(name, out Folder? below))
            return below;
        if (folder.Files.ContainsKey(name))
            throw new InvalidDataException($"'{path}' leads through a file");
        Count++;
        return folder.Folders[name] = new Folder();
    }

    private sealed class Folder
    {
        public Dictionary<string, ImportedContent> Files { get; } = [];

        public Dictionary<string, Folder> Folders { get; } = [];
    }
}
