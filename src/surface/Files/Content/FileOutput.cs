using System.IO.Pipelines;

namespace Flashback.Files.Content;

/// <summary>Where a file's bytes go.</summary>
internal interface IFileOutput
{
    /// <summary>Takes bytes that were verified.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>A leaf that can be copied without being read first; null where there is none.</summary>
    IVerifiedBlock? FindVerified(UnixFs.FileSlice slice);

    /// <summary>Copies bytes of such a leaf.</summary>
    /// <returns>What is left where the block went meanwhile; else nothing.</returns>
    ValueTask<ByteRange> CopyAsync(IVerifiedBlock block, ByteRange cut, CancellationToken cancellation);
}

/// <summary>Into a stream, leaf by leaf.</summary>
internal readonly struct StreamOutput(Stream destination) : IFileOutput
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => destination.WriteAsync(bytes, cancellation);

    public IVerifiedBlock? FindVerified(UnixFs.FileSlice slice) => null;

    public ValueTask<ByteRange> CopyAsync(IVerifiedBlock block, ByteRange cut, CancellationToken cancellation) => new(cut);
}

/// <summary>Into a server's buffers, large ones: cutting a leaf into its usual 4 KiB would cost more than all else.</summary>
internal readonly struct PipeOutput(IBlockSource source, PipeWriter destination) : IFileOutput
{
    private const int MostAtOnce = 256 << 10; // bytes that go out while the next are read

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, MostAtOnce);
            bytes[..count].CopyTo(destination.GetMemory(count));
            bytes = bytes[count..];
            await SendAsync(count, cancellation).ConfigureAwait(false);
        }
    }

    // Of a small leaf looking for it would cost what it saves.
    public IVerifiedBlock? FindVerified(UnixFs.FileSlice slice) =>
        slice.Inline is null && (slice.Size ?? slice.Cut.End) >= MostAtOnce && source.FindVerified(slice.Cid) is { } block && block.Length == (slice.Size ?? block.Length) && slice.Cut.End <= block.Length ? block : null;

    public async ValueTask<ByteRange> CopyAsync(IVerifiedBlock block, ByteRange cut, CancellationToken cancellation)
    {
        for (long at = cut.Start; at < cut.End;)
        {
            int count = (int)Math.Min(cut.End - at, MostAtOnce);
            if (!block.TryRead((int)at, destination.GetMemory(count).Span[..count]))
                return new ByteRange(at, cut.End - at);
            at += count;
            await SendAsync(count, cancellation).ConfigureAwait(false);
        }
        return default;
    }

    private async ValueTask SendAsync(int count, CancellationToken cancellation)
    {
        destination.Advance(count);
        await destination.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
