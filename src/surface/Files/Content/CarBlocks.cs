namespace Flashback.Files.Content;

/// <summary>The blocks of an archive that lies somewhere it can be read from in ranges: found by going over the sections' heads once, and verified whenever one is read.</summary>
/// <remarks>Memory: some hundred bytes for each block.</remarks>
public sealed class CarBlocks : IBlockSource
{
    private const int HeadBytes = Varint.MostBytes + Cid.MostBytes;

    private readonly IRangeSource _source;
    private readonly Dictionary<Cid, (long Offset, int Length)> _places = [];

    private CarBlocks(IRangeSource source, IReadOnlyList<Cid> roots) => (_source, Roots) = (source, roots);

    /// <summary>The roots that the header names.</summary>
    public IReadOnlyList<Cid> Roots { get; }

    /// <summary>Goes over an archive that may have zeros after its end.</summary>
    /// <exception cref="InvalidDataException">It is no archive of version 1.</exception>
    public static async Task<CarBlocks> OpenAsync(IRangeSource source, CancellationToken cancellation)
    {
        using Block head = Block.Rent(CarFormat.MostHeader + Varint.MostBytes);
        (int start, int length) = await ReadLengthAsync(source, 0, head.Memory, CarFormat.MostHeader, cancellation).ConfigureAwait(false);
        CarBlocks blocks = new(source, CarFormat.DecodeHeader(head.Memory.Span.Slice(start, length)));
        long position = start + length;
        while (position < source.Length)
        {
            (start, length) = await ReadLengthAsync(source, position, head.Memory[..HeadBytes], CarFormat.MostSection, cancellation).ConfigureAwait(false);
            if (length == 0)
                break;
            if (length > source.Length - position - start || !Cid.TryRead(head.Memory.Span[start..Math.Min(start + length, HeadBytes)], out Cid? cid, out int used))
                throw new InvalidDataException($"the section at {position} of an archive is cut short or begins with no content identifier that is known here");
            blocks._places.TryAdd(cid, (position + start + used, length - used));
            position += start + length;
        }
        return blocks;
    }

    /// <inheritdoc/>
    public async ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation)
    {
        if (cid.Hash == Multicodec.Identity)
            return Block.CopyOf(cid.Digest.Span);
        if (!_places.TryGetValue(cid, out (long Offset, int Length) place))
            throw new BlockUnavailableException(cid, isKnown: false, "the archive does not hold it");
        Block block = Block.Rent(place.Length);
        try
        {
            await _source.ReadAsync(place.Offset, block.Memory, cancellation).ConfigureAwait(false);
            return cid.IsOf(block.Memory.Span) ? block : throw new InvalidDataException($"what lies in the archive as {cid} is something else");
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    private static async ValueTask<(int Start, int Length)> ReadLengthAsync(IRangeSource source, long position, Memory<byte> buffer, int most, CancellationToken cancellation)
    {
        Memory<byte> head = buffer[..(int)Math.Min(buffer.Length, source.Length - position)];
        await source.ReadAsync(position, head, cancellation).ConfigureAwait(false);
        return Varint.TryRead(head.Span, out ulong length, out int start) && length <= (ulong)most && (most != CarFormat.MostHeader || start + (int)length <= head.Length)
            ? (start, (int)length)
            : throw new InvalidDataException($"the length at {position} of an archive is cut short or more than {most}");
    }
}
