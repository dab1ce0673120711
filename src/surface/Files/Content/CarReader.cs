namespace Flashback.Files.Content;

/// <summary>What may come after an archive's last section.</summary>
public enum CarEnd
{
    /// <summary>Nothing.</summary>
    Exact,

    /// <summary>Zeros, as in a piece.</summary>
    Zeros,
}

/// <summary>Reads an archive from front to back. Each block is verified before it is shown, and one is in memory at a time.</summary>
public sealed class CarReader : IDisposable
{
    private readonly Stream _source;
    private readonly CarEnd _end;
    private readonly Block _buffer = Block.Rent(CarFormat.MostSection);
    private long _position;

    private CarReader(Stream source, CarEnd end) => (_source, _end) = (source, end);

    /// <summary>The roots that the header names; nobody checked whether they are there.</summary>
    public IReadOnlyList<Cid> Roots { get; private set; } = [];

    /// <summary>The block stood on.</summary>
    public Cid Cid { get; private set; } = Cid.Of(Multicodec.Raw, []);

    /// <summary>Its bytes, until the next step.</summary>
    public ReadOnlyMemory<byte> Content { get; private set; }

    /// <summary>Where they begin in the archive.</summary>
    public long Offset { get; private set; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidDataException">It is no archive of version 1.</exception>
    public static async Task<CarReader> OpenAsync(Stream source, CarEnd end, CancellationToken cancellation)
    {
        CarReader reader = new(source, end);
        try
        {
            int length = await reader.ReadLengthAsync(CarFormat.MostHeader, cancellation).ConfigureAwait(false) ?? throw new InvalidDataException("an archive is empty");
            reader.Roots = CarFormat.DecodeHeader((await reader.ReadAsync(length, cancellation).ConfigureAwait(false)).Span);
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Steps to the next block; false at the end.</summary>
    /// <exception cref="InvalidDataException">A section is cut short or too long, or a block is not the one that is named.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellation)
    {
        if (await ReadLengthAsync(CarFormat.MostSection, cancellation).ConfigureAwait(false) is not { } length)
            return false;
        if (length == 0)
        {
            await CheckZerosAsync(cancellation).ConfigureAwait(false);
            return false;
        }
        long start = _position;
        ReadOnlyMemory<byte> section = await ReadAsync(length, cancellation).ConfigureAwait(false);
        if (!Cid.TryRead(section.Span, out Cid? cid, out int head))
            throw new InvalidDataException($"the section at {start} of an archive begins with no content identifier that is known here");
        (Cid, Content, Offset) = (cid, section[head..], start + head);
        if (Content.Length > Block.MostBytes)
            throw new InvalidDataException($"the block at {Offset} of an archive is longer than {Block.MostBytes} bytes");
        return cid.IsOf(Content.Span) ? true : throw new InvalidDataException($"the block at {Offset} of an archive is not {cid}");
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    private async ValueTask<int?> ReadLengthAsync(int most, CancellationToken cancellation)
    {
        Memory<byte> buffer = _buffer.Memory;
        for (int count = 0; count < Varint.MostBytes; count++)
        {
            if (await _source.ReadAsync(buffer.Slice(count, 1), cancellation).ConfigureAwait(false) == 0)
                return count == 0 ? null : throw new InvalidDataException("an archive is cut short");
            _position++;
            if (buffer.Span[count] >= 0x80)
                continue;
            return Varint.TryRead(buffer.Span[..(count + 1)], out ulong length, out _) && length <= (ulong)most
                ? (int)length
                : throw new InvalidDataException($"a length at {_position} of an archive is more than {most} or not in its shortest form");
        }
        throw new InvalidDataException("a length in an archive is no number");
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int length, CancellationToken cancellation)
    {
        Memory<byte> bytes = _buffer.Memory[..length];
        if (await _source.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false) < length)
            throw new InvalidDataException("an archive is cut short");
        _position += length;
        return bytes;
    }

    private async ValueTask CheckZerosAsync(CancellationToken cancellation)
    {
        if (_end == CarEnd.Exact)
            throw new InvalidDataException("an archive has an empty section");
        int read;
        do
        {
            read = await _source.ReadAsync(_buffer.Memory, cancellation).ConfigureAwait(false);
            if (_buffer.Memory.Span[..read].ContainsAnyExcept((byte)0))
                throw new InvalidDataException("something other than zeros comes after an archive's end");
        }
        while (read > 0);
    }
}
