namespace Flashback.Files.Content;

/// <summary>A file or folder of this machine as blocks: gone through once to name them all, and read again when they are asked for.</summary>
/// <remarks>The same content gives the same archive, byte for byte, wherever it lies. Memory: the nodes, and some hundred bytes for each MiB. Links to other places are refused.</remarks>
public sealed class PathContent : IBlockSource
{
    private readonly Dictionary<Cid, byte[]> _nodes = [];
    private readonly Dictionary<Cid, (string Path, long Offset, int Length)> _leaves = [];

    private PathContent()
    {
    }

    /// <summary>What it is.</summary>
    public ImportedContent Root { get; private set; } = null!;

    /// <summary>Goes through a file or folder.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">There are links in it, or a folder has too many entries.</exception>
    public static async Task<PathContent> OpenAsync(string path, CancellationToken cancellation)
    {
        PathContent content = new();
        content.Root = await content.AddAsync(new DirectoryInfo(Path.GetFullPath(path)) is { Exists: true } folder ? folder : new FileInfo(path), cancellation).ConfigureAwait(false);
        return content;
    }

    /// <summary>Writes the archive, which is the piece: the root, and below each node what it links to.</summary>
    /// <returns>How many bytes it has.</returns>
    public async Task<long> WriteCarAsync(Stream destination, CancellationToken cancellation)
    {
        CarWriter car = await CarWriter.BeginAsync(destination, [Root.Cid], cancellation).ConfigureAwait(false);
        await foreach ((Cid cid, Block block) in DagWalk.AllAsync(this, Root.Cid, cancellation).ConfigureAwait(false))
        {
            using (block)
                await car.AddAsync(cid, block.Memory, cancellation).ConfigureAwait(false);
        }
        return car.Length;
    }

    /// <inheritdoc/>
    public async ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation)
    {
        if (_nodes.TryGetValue(cid, out byte[]? node))
            return Block.CopyOf(node);
        if (!_leaves.TryGetValue(cid, out (string Path, long Offset, int Length) leaf))
            throw new BlockUnavailableException(cid, isKnown: false, "it is in none of these files");
        Block block = Block.Rent(leaf.Length);
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(leaf.Path);
            int read = await RandomAccess.ReadAsync(file, block.Memory, leaf.Offset, cancellation).ConfigureAwait(false);
            return read == leaf.Length && cid.IsOf(block.Memory.Span) ? block : throw new InvalidDataException($"{leaf.Path} was changed meanwhile");
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private async Task<ImportedContent> AddAsync(FileSystemInfo entry, CancellationToken cancellation)
    {
        if (entry.LinkTarget is not null)
            throw new InvalidDataException($"{entry.FullName} is a link to another place");
        if (entry is not DirectoryInfo folder)
        {
            using FileStream file = new(entry.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
            return await FileImport.ImportAsync(file, new Places(this, entry.FullName), cancellation).ConfigureAwait(false);
        }
        Dictionary<string, ImportedContent> entries = [];
        foreach (FileSystemInfo child in folder.EnumerateFileSystemInfos())
            entries.Add(child.Name, await AddAsync(child, cancellation).ConfigureAwait(false));
        (ImportedContent content, byte[] block) = DirectoryNode.Create(entries);
        _nodes[content.Cid] = block;
        return content;
    }

    /// <summary>Remembers where a file's leaves lie, and keeps its nodes.</summary>
    private sealed class Places(PathContent content, string path) : IBlockSink
    {
        private long _offset;

        public ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation)
        {
            if (cid.Codec == Multicodec.Raw)
            {
                content._leaves[cid] = (path, _offset, block.Length);
                _offset += block.Length;
            }
            else
            {
                content._nodes[cid] = block.ToArray();
            }
            return ValueTask.CompletedTask;
        }
    }
}
