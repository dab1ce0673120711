using System.Runtime.CompilerServices;

namespace Flashback.Files.Content;

/// <summary>The blocks that one thing needs to be read: a file's, or those that hold some of its bytes; of a directory its own node. spec: IPIP-402, dag-scope=entity</summary>
internal static class EntityWalk
{
    private const int MostDepth = 32;

    /// <summary>The blocks, each node before what it links to, and each once. Each is the caller's to dispose.</summary>
    /// <param name="source">Where they are.</param>
    /// <param name="root">The thing.</param>
    /// <param name="bytes">Which bytes of a file of so many are wanted.</param>
    /// <param name="shown">Blocks that were shown before, and are not shown again.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">A node is malformed.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public static async IAsyncEnumerable<(Cid Cid, Block Block)> RunAsync(
        IBlockSource source, Cid root, Func<long, ByteRange> bytes, HashSet<Cid> shown, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Stack<(Cid Cid, long Offset, int Depth)> open = new([(root, 0, 0)]);
        ByteRange? range = null;
        while (open.TryPop(out (Cid Cid, long Offset, int Depth) part))
        {
            if (part.Depth > MostDepth)
                throw new InvalidDataException($"the file {root} is deeper than {MostDepth}");
            bool isNew = shown.Add(part.Cid);
            if (!isNew && part.Cid.Codec == Multicodec.Raw)
                continue;
            Block block = await source.ReadAsync(part.Cid, cancellation).ConfigureAwait(false);
            if (part.Cid.Codec == Multicodec.DagPb)
            {
                DagNode node = DagNode.Decode(block.Memory.Span);
                UnixFsEntry entry = UnixFsEntry.Decode(node);
                range ??= bytes(entry.FileSize);
                if (entry.Kind == UnixFsKind.File)
                    PushParts(open, node, entry, range.Value, part.Offset + entry.Content.Length, part.Depth + 1);
            }
            if (isNew && part.Cid.Hash != Multicodec.Identity)
                yield return (part.Cid, block);
            else
                block.Dispose();
        }
    }

    private static void PushParts(Stack<(Cid, long, int)> open, DagNode node, UnixFsEntry entry, ByteRange range, long offset, int depth)
    {
        long end = offset + entry.BlockSizes.Sum();
        for (int i = node.Links.Count - 1; i >= 0; i--)
        {
            end -= entry.BlockSizes[i];
            if (range.Within(end, entry.BlockSizes[i]).Length > 0)
                open.Push((node.Links[i].Cid, end, depth));
        }
    }
}
