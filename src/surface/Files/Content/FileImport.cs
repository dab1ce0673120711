namespace Flashback.Files.Content;

/// <summary>What a file or directory became.</summary>
/// <param name="Cid">Its root.</param>
/// <param name="Size">A file's bytes; for a directory the bytes of its node.</param>
/// <param name="Tsize">The bytes of all its blocks.</param>
public sealed record ImportedContent(Cid Cid, long Size, long Tsize);

/// <summary>Cuts a file into raw leaves of 1 MiB and builds the tree over them, as <c>ipfs add</c> of the profile unixfs-v1-2025 does. spec: IPIP-499</summary>
public static class FileImport
{
    /// <summary>Bytes of a leaf.</summary>
    public const int ChunkBytes = 1 << 20;

    /// <summary>Reads a file to its end; each block goes to the sink, parts before what links to them.</summary>
    public static async Task<ImportedContent> ImportAsync(Stream file, IBlockSink sink, CancellationToken cancellation)
    {
        BalancedLayout layout = new(sink);
        using Block chunk = Block.Rent(ChunkBytes);
        for (bool isFirst = true; ; isFirst = false)
        {
            int read = await file.ReadAtLeastAsync(chunk.Memory, ChunkBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            if (read > 0 || isFirst)
            {
                ReadOnlyMemory<byte> leaf = chunk.Memory[..read];
                Cid cid = Cid.Of(Multicodec.Raw, leaf.Span);
                await sink.AddAsync(cid, leaf, cancellation).ConfigureAwait(false);
                await layout.AddAsync(new FilePart(cid, read, read), cancellation).ConfigureAwait(false);
            }
            if (read == ChunkBytes)
                continue;
            FilePart root = await layout.FinishAsync(cancellation).ConfigureAwait(false);
            return new ImportedContent(root.Cid, root.Size, root.Tsize);
        }
    }
}
