namespace Flashback.Files.Content;

/// <summary>Writes an archive block by block.</summary>
public sealed class CarWriter : IBlockSink
{
    private readonly Stream _destination;
    private readonly byte[] _head = new byte[Varint.MostBytes + Cid.MostBytes];

    private CarWriter(Stream destination) => _destination = destination;

    /// <summary>Bytes that were written.</summary>
    public long Length { get; private set; }

    /// <summary>Begins an archive.</summary>
    public static async Task<CarWriter> BeginAsync(Stream destination, IReadOnlyList<Cid> roots, CancellationToken cancellation)
    {
        byte[] header = CarFormat.EncodeHeader(roots);
        await destination.WriteAsync(header, cancellation).ConfigureAwait(false);
        return new CarWriter(destination) { Length = header.Length };
    }

    /// <inheritdoc/>
    public async ValueTask AddAsync(Cid cid, ReadOnlyMemory<byte> block, CancellationToken cancellation)
    {
        int head = CarFormat.WriteSectionHead(_head, cid, block.Length);
        await _destination.WriteAsync(_head.AsMemory(0, head), cancellation).ConfigureAwait(false);
        await _destination.WriteAsync(block, cancellation).ConfigureAwait(false);
        Length += head + block.Length;
    }
}
