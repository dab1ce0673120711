using System.Text;

namespace Flashback.Files.Content;

/// <summary>Directories: one node with a link for each name, in the order of the names' bytes. spec: ipfs/unixfs</summary>
public static class DirectoryNode
{
    /// <summary>Bytes of the largest directory. Others split larger ones into shards; here they are refused.</summary>
    public const int MostBytes = 256 << 10;

    private const int MostNameBytes = 255;

    /// <summary>Makes a directory.</summary>
    /// <exception cref="InvalidDataException">A name is none or is there twice, or there are too many.</exception>
    public static (ImportedContent Content, byte[] Block) Create(IReadOnlyDictionary<string, ImportedContent> entries)
    {
        (byte[] Key, string Name, ImportedContent Content)[] sorted = [.. entries.Select(entry => (Encoding.UTF8.GetBytes(entry.Key), entry.Key, entry.Value))];
        Array.Sort(sorted, (left, right) => left.Key.AsSpan().SequenceCompareTo(right.Key));
        if (sorted.FirstOrDefault(entry => !IsName(entry.Name)) is { Name: { } wrong })
            throw new InvalidDataException($"'{wrong}' is no name of a file: it is empty, longer than {MostNameBytes} bytes, '.' or '..', or has a slash or a zero in it");
        byte[] block = new DagNode([.. sorted.Select(entry => new DagLink(entry.Content.Cid, entry.Name, entry.Content.Tsize))], UnixFsEntry.Directory.Encode()).Encode();
        if (block.Length > MostBytes)
            throw new InvalidDataException($"a directory of {sorted.Length} entries takes {block.Length} bytes, more than the {MostBytes} that one node may: put them into several");
        return (new ImportedContent(Cid.Of(Multicodec.DagPb, block), block.Length, block.Length + sorted.Sum(entry => entry.Content.Tsize)), block);
    }

    /// <summary>Whether a name may stand in a directory.</summary>
    public static bool IsName(string name) => name is not ("" or "." or "..") && name.AsSpan().IndexOfAny('/', '\0') < 0 && Encoding.UTF8.GetByteCount(name) <= MostNameBytes;
}
