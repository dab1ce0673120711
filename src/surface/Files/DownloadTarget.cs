using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>Where a file or folder is written that comes in blocks: it is there whole or not at all.</summary>
internal static class DownloadTarget
{
    private const int MostDepth = 256; // of folders in folders
    private const int BufferBytes = 1 << 16;

    /// <summary>Writes beside the name and renames.</summary>
    /// <param name="path">The name.</param>
    /// <param name="write">Writes a file or a folder at the path that it is given.</param>
    public static async Task WriteAsync(string path, Func<string, Task> write)
    {
        string part = $"{path}.{Guid.NewGuid():N}.part";
        try
        {
            await write(part).ConfigureAwait(false);
            if (Directory.Exists(part))
                Directory.Move(part, path);
            else
                File.Move(part, path, overwrite: true);
        }
        finally
        {
            if (Directory.Exists(part))
                Directory.Delete(part, recursive: true);
            else
                File.Delete(part);
        }
    }

    /// <summary>Writes what stands at a root: a file, or a folder with all that is in it.</summary>
    /// <exception cref="InvalidDataException">It is neither, or a name in it is none.</exception>
    public static Task CopyAsync(IBlockSource source, Cid root, string path, CancellationToken cancellation) => CopyAsync(source, root, path, depth: 0, cancellation);

    public static FileStream Create(string path) => new(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, BufferBytes, useAsync: true);

    private static async Task CopyAsync(IBlockSource source, Cid root, string path, int depth, CancellationToken cancellation)
    {
        UnixFsStat stat = await UnixFs.StatAsync(source, root, cancellation).ConfigureAwait(false);
        if (stat.Kind == UnixFsKind.Directory)
        {
            await CopyFolderAsync(source, root, path, depth, cancellation).ConfigureAwait(false);
            return;
        }
        using FileStream file = Create(path);
        await UnixFs.CopyAsync(source, root, new ByteRange(0, stat.Size), file, cancellation).ConfigureAwait(false);
    }

    private static async Task CopyFolderAsync(IBlockSource source, Cid root, string path, int depth, CancellationToken cancellation)
    {
        if (depth == MostDepth)
            throw new InvalidDataException($"folders lie {MostDepth} deep");
        Directory.CreateDirectory(path);
        List<DagLink> entries;
        using (Block block = await source.ReadAsync(root, cancellation).ConfigureAwait(false))
            entries = [.. DagNode.Decode(block.Memory.Span).Links];
        foreach (DagLink entry in entries)
        {
            if (entry.Name is not { } name || !DirectoryNode.IsName(name) || Path.GetFileName(name) != name)
                throw new InvalidDataException($"a folder has an entry whose name is none: {entry.Name}");
            await CopyAsync(source, entry.Cid, Path.Combine(path, name), depth + 1, cancellation).ConfigureAwait(false);
        }
    }
}
