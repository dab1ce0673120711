namespace Flashback.Files.Content;

/// <summary>What a node of UnixFS is.</summary>
public enum UnixFsKind
{
    /// <summary>A leaf of older files.</summary>
    Raw = 0,

    /// <summary>Names that lead to files and directories.</summary>
    Directory = 1,

    /// <summary>A file, or a part of one.</summary>
    File = 2,

    /// <summary>Not in use.</summary>
    Metadata = 3,

    /// <summary>A name for another path.</summary>
    Symlink = 4,

    /// <summary>A part of a directory that is too large for a node.</summary>
    Shard = 5,
}

/// <summary>What the data of a dag-pb node says about a file or directory. spec: ipfs/unixfs</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Content">Bytes of the file that lie in the node itself.</param>
/// <param name="FileSize">The file's bytes from this node on.</param>
/// <param name="BlockSizes">The file's bytes behind each link.</param>
public sealed record UnixFsEntry(UnixFsKind Kind, byte[] Content, long FileSize, IReadOnlyList<long> BlockSizes)
{
    /// <summary>A directory.</summary>
    public static UnixFsEntry Directory { get; } = new(UnixFsKind.Directory, [], 0, []);

    /// <summary>A node of a file whose bytes all lie behind its links.</summary>
    public static UnixFsEntry OfParts(IReadOnlyList<long> sizes) => new(UnixFsKind.File, [], sizes.Sum(), sizes);

    /// <summary>Reads what a node says. Modes and times are passed over.</summary>
    /// <exception cref="InvalidDataException">It says nothing, or contradicts itself.</exception>
    public static UnixFsEntry Decode(DagNode node)
    {
        UnixFsKind? kind = null;
        byte[] content = [];
        long? size = null;
        List<long> blocks = [];
        ProtobufReader reader = new(node.Data ?? throw new InvalidDataException("a node is of no file or directory"));
        while (reader.MoveNext())
        {
            switch (reader)
            {
                case { Field: 1, IsBytes: false, Number: <= (ulong)UnixFsKind.Shard }:
                    kind = (UnixFsKind)reader.Number;
                    break;
                case { Field: 2, IsBytes: true }:
                    content = reader.Bytes.ToArray();
                    break;
                case { Field: 3, IsBytes: false }:
                    size = (long)reader.Number;
                    break;
                case { Field: 4, IsBytes: false }:
                    blocks.Add((long)reader.Number);
                    break;
                case { Field: 5 or 6 or 7, IsBytes: false } or { Field: 8, IsBytes: true }:
                    break;
                default:
                    throw new InvalidDataException($"UnixFS has no field {reader.Field} like that");
            }
        }
        UnixFsEntry entry = new(kind ?? throw new InvalidDataException("a node of UnixFS says not what it is"), content, size ?? content.Length, blocks);
        entry.CheckSizes(node);
        return entry;
    }

    /// <summary>The entry as the data of a node.</summary>
    public byte[] Encode()
    {
        ProtobufWriter writer = new();
        writer.Number(1, (ulong)Kind);
        if (Content.Length > 0)
            writer.Bytes(2, Content);
        if (Kind != UnixFsKind.Directory)
            writer.Number(3, (ulong)FileSize);
        foreach (long size in BlockSizes)
            writer.Number(4, (ulong)size);
        return writer.Written.ToArray();
    }

    private void CheckSizes(DagNode node)
    {
        if (Kind is not (UnixFsKind.File or UnixFsKind.Raw))
            return;
        if (BlockSizes.Count != node.Links.Count)
            throw new InvalidDataException($"a file's node has {node.Links.Count} links and {BlockSizes.Count} sizes");
        long sum = Content.Length;
        foreach (long size in BlockSizes)
        {
            if (size > long.MaxValue - sum)
                throw new InvalidDataException("a file's sizes exceed what a file can hold");
            sum += size;
        }
        if (sum != FileSize)
            throw new InvalidDataException($"a file's node says {FileSize} bytes and its parts are {sum}");
    }
}
