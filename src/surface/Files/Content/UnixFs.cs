using System.IO.Pipelines;

namespace Flashback.Files.Content;

/// <summary>What stands at a root.</summary>
/// <param name="Kind">A file (raw blocks count as such), a directory, or something else.</param>
/// <param name="Size">A file's bytes.</param>
public sealed record UnixFsStat(UnixFsKind Kind, long Size);

/// <summary>Reads files and directories out of blocks.</summary>
public static class UnixFs
{
    private const int MostDepth = 16;
    private const int MostPath = 256;

    /// <summary>Says what stands at a root.</summary>
    /// <exception cref="InvalidDataException">It is no UnixFS.</exception>
    /// <exception cref="BlockUnavailableException">The block is not to be had.</exception>
    public static async ValueTask<UnixFsStat> StatAsync(IBlockSource source, Cid root, CancellationToken cancellation)
    {
        if (root.Codec == Multicodec.Raw)
            return new UnixFsStat(UnixFsKind.File, await source.GetLengthAsync(root, cancellation).ConfigureAwait(false));
        using Block block = await source.ReadAsync(root, cancellation).ConfigureAwait(false);
        UnixFsEntry entry = UnixFsEntry.Decode(DecodeNode(root, block));
        return new UnixFsStat(entry.Kind == UnixFsKind.Raw ? UnixFsKind.File : entry.Kind, entry.FileSize);
    }

    /// <summary>Goes down a path of names; null where there is no such name.</summary>
    /// <returns>The roots on the way, the one that was asked for last.</returns>
    /// <exception cref="InvalidDataException">Something on the way is no directory that can be read.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public static async ValueTask<IReadOnlyList<Cid>?> ResolveAsync(IBlockSource source, Cid root, IReadOnlyList<string> names, CancellationToken cancellation)
    {
        if (names.Count > MostPath)
            throw new InvalidDataException($"a path of {names.Count} names is longer than {MostPath}");
        List<Cid> passed = [root];
        foreach (string name in names)
        {
            Cid here = passed[^1];
            if (here.Codec != Multicodec.DagPb)
                return null;
            using Block block = await source.ReadAsync(here, cancellation).ConfigureAwait(false);
            DagNode node = DecodeNode(here, block);
            UnixFsKind kind = UnixFsEntry.Decode(node).Kind;
            if (kind == UnixFsKind.Shard)
                throw new InvalidDataException($"{here} is a directory in shards, which is not supported");
            if (kind != UnixFsKind.Directory || node.Links.FirstOrDefault(link => link.Name == name) is not { } link)
                return null;
            passed.Add(link.Cid);
        }
        return passed;
    }

    /// <summary>Copies bytes of a file, each leaf verified before any of it is written; the next leaf is fetched meanwhile.</summary>
    /// <param name="source">Where its blocks are.</param>
    /// <param name="root">The file.</param>
    /// <param name="range">Which bytes; they lie in the file.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">It is no file, or its nodes contradict each other.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public static Task CopyAsync(IBlockSource source, Cid root, ByteRange range, Stream destination, CancellationToken cancellation) =>
        CopyAsync(source, root, range, new StreamOutput(destination), cancellation);

    /// <summary>The same for a pipe: leaves at hand that were verified before go into its buffers straight away.</summary>
    /// <inheritdoc cref="CopyAsync(IBlockSource, Cid, ByteRange, Stream, CancellationToken)"/>
    public static Task CopyAsync(IBlockSource source, Cid root, ByteRange range, PipeWriter destination, CancellationToken cancellation) =>
        CopyAsync(source, root, range, new PipeOutput(source, destination), cancellation);

    private static async Task CopyAsync<TOutput>(IBlockSource source, Cid root, ByteRange range, TOutput output, CancellationToken cancellation)
        where TOutput : IFileOutput
    {
        Task<Block>? ahead = null;
        ByteRange aheadCut = default;
        try
        {
            await foreach (FileSlice slice in SlicesAsync(source, root, range, cancellation).ConfigureAwait(false))
            {
                IVerifiedBlock? verified = output.FindVerified(slice);
                Task<Block>? next = verified is null ? ReadLeafAsync(source, slice, cancellation) : null;
                (Task<Block>? current, ByteRange cut) = (ahead, aheadCut);
                (ahead, aheadCut) = (next, slice.Cut);
                if (current is not null)
                    await WriteAsync(current, cut, output, cancellation).ConfigureAwait(false);
                if (verified is not null && await output.CopyAsync(verified, slice.Cut, cancellation).ConfigureAwait(false) is { Length: > 0 } rest)
                    (ahead, aheadCut) = (ReadLeafAsync(source, slice, cancellation), rest);
            }
            if (ahead is { } last)
            {
                ahead = null;
                await WriteAsync(last, aheadCut, output, cancellation).ConfigureAwait(false);
            }
        }
        finally
        {
            if (ahead is not null)
                await DiscardAsync(ahead).ConfigureAwait(false);
        }
    }

    /// <summary>The leaves that hold a range, in order, with the bytes of each that count.</summary>
    internal static async IAsyncEnumerable<FileSlice> SlicesAsync(
        IBlockSource source, Cid root, ByteRange range, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        if (range.Length == 0)
            yield break;
        Stack<(Cid Cid, long Offset, long? Size, int Depth)> open = new();
        open.Push((root, 0, null, 0));
        while (open.TryPop(out (Cid Cid, long Offset, long? Size, int Depth) part))
        {
            if (part.Cid.Codec == Multicodec.Raw)
            {
                yield return new FileSlice(part.Cid, part.Size, range.Within(part.Offset, part.Size ?? range.End));
                continue;
            }
            if (part.Depth > MostDepth)
                throw new InvalidDataException($"the file {root} is deeper than {MostDepth}");
            using Block block = await source.ReadAsync(part.Cid, cancellation).ConfigureAwait(false);
            DagNode node = DecodeNode(part.Cid, block);
            UnixFsEntry entry = UnixFsEntry.Decode(node);
            if (entry.Kind is not (UnixFsKind.File or UnixFsKind.Raw))
                throw new InvalidDataException($"{part.Cid} is no file");
            if (part.Size is { } claimed && claimed != entry.FileSize)
                throw new InvalidDataException($"{part.Cid} holds {entry.FileSize} bytes, and what leads to it says {claimed}");
            if (entry.Content.Length > 0 && range.Within(part.Offset, entry.Content.Length) is { Length: > 0 } inline)
                yield return new FileSlice(part.Cid, null, inline) { Inline = entry.Content };
            PushParts(open, node, entry, range, part.Offset + entry.Content.Length, part.Depth + 1);
        }
    }

    /// <summary>The parts that hold bytes of the range, the first on top. Empty parts are never looked at, so that nodes of nothing cannot keep anybody busy.</summary>
    private static void PushParts(Stack<(Cid, long, long?, int)> open, DagNode node, UnixFsEntry entry, ByteRange range, long offset, int depth)
    {
        long end = offset + entry.BlockSizes.Sum();
        for (int i = node.Links.Count - 1; i >= 0; i--)
        {
            end -= entry.BlockSizes[i];
            if (range.Within(end, entry.BlockSizes[i]).Length > 0)
                open.Push((node.Links[i].Cid, end, entry.BlockSizes[i], depth));
        }
    }

    private static async Task<Block> ReadLeafAsync(IBlockSource source, FileSlice slice, CancellationToken cancellation)
    {
        if (slice.Inline is not null)
            return Block.CopyOf(slice.Inline);
        Block leaf = await source.ReadAsync(slice.Cid, cancellation).ConfigureAwait(false);
        if (leaf.Memory.Length == (slice.Size ?? leaf.Memory.Length) && slice.Cut.End <= leaf.Memory.Length)
            return leaf;
        leaf.Dispose();
        throw new InvalidDataException($"{slice.Cid} has another length than what leads to it says");
    }

    private static async Task WriteAsync<TOutput>(Task<Block> reading, ByteRange cut, TOutput output, CancellationToken cancellation)
        where TOutput : IFileOutput
    {
        using Block block = await reading.ConfigureAwait(false);
        await output.WriteAsync(block.Memory.Slice((int)cut.Start, (int)cut.Length), cancellation).ConfigureAwait(false);
    }

    /// <summary>What was fetched ahead and is not wanted any more goes back to the pool; why it may have failed matters to nobody.</summary>
    private static async Task DiscardAsync(Task<Block> reading)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (reading.IsCompletedSuccessfully)
            (await reading.ConfigureAwait(false)).Dispose();
    }

    private static DagNode DecodeNode(Cid cid, Block block) =>
        cid.Codec == Multicodec.DagPb ? DagNode.Decode(block.Memory.Span) : throw new InvalidDataException($"{cid} is no UnixFS");

    /// <summary>Bytes of a leaf that count.</summary>
    internal readonly record struct FileSlice(Cid Cid, long? Size, ByteRange Cut)
    {
        /// <summary>The leaf's bytes, where they lie in a node that was read already.</summary>
        public byte[]? Inline { get; init; }
    }
}
