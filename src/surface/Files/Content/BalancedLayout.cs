namespace Flashback.Files.Content;

/// <summary>A part of a file: what names it, its bytes of the file, and the bytes of all its blocks together.</summary>
internal readonly record struct FilePart(Cid Cid, long Size, long Tsize);

/// <summary>Builds the tree over a file's leaves: up to 1,024 parts make a node, and up to 1,024 nodes one above. spec: IPIP-499, unixfs-v1-2025</summary>
/// <remarks>A file of one leaf is that leaf. The last part of a row may be the only one of its node. Memory: 1,024 parts for each row.</remarks>
internal sealed class BalancedLayout(IBlockSink sink)
{
    /// <summary>Links of a node.</summary>
    public const int Width = 1024;

    private readonly List<List<FilePart>> _rows = [[]];

    /// <summary>Adds the next leaf.</summary>
    public ValueTask AddAsync(FilePart leaf, CancellationToken cancellation) => AddAsync(0, leaf, cancellation);

    /// <summary>The root; at least one leaf was added.</summary>
    public async ValueTask<FilePart> FinishAsync(CancellationToken cancellation)
    {
        for (int row = 0; ; row++)
        {
            if (row == _rows.Count - 1 && _rows[row] is [var only])
                return only;
            if (_rows[row].Count > 0)
                await ReduceAsync(row, cancellation).ConfigureAwait(false);
        }
    }

    private async ValueTask AddAsync(int row, FilePart part, CancellationToken cancellation)
    {
        if (row == _rows.Count)
            _rows.Add([]);
        _rows[row].Add(part);
        if (_rows[row].Count == Width)
            await ReduceAsync(row, cancellation).ConfigureAwait(false);
    }

    private async ValueTask ReduceAsync(int row, CancellationToken cancellation)
    {
        List<FilePart> parts = _rows[row];
        byte[] data = UnixFsEntry.OfParts([.. parts.Select(part => part.Size)]).Encode();
        byte[] block = new DagNode([.. parts.Select(part => new DagLink(part.Cid, "", part.Tsize))], data).Encode();
        FilePart node = new(Cid.Of(Multicodec.DagPb, block), parts.Sum(part => part.Size), block.Length + parts.Sum(part => part.Tsize));
        parts.Clear();
        await sink.AddAsync(node.Cid, block, cancellation).ConfigureAwait(false);
        await AddAsync(row + 1, node, cancellation).ConfigureAwait(false);
    }
}
