using Flashback.Files.Content;

namespace Flashback.Gateway.Objects;

/// <summary>What can be read in ranges as a stream from front to back, fetched in blocks of 1 MiB.</summary>
internal sealed class RangeStream(IRangeSource source) : ReadingStream
{
    private readonly Block _buffer = Block.Rent(FileImport.ChunkBytes);
    private long _position;
    private ReadOnlyMemory<byte> _rest;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty && _position < source.Length)
        {
            Memory<byte> next = _buffer.Memory[..(int)Math.Min(_buffer.Memory.Length, source.Length - _position)];
            await source.ReadAsync(_position, next, cancellationToken).ConfigureAwait(false);
            _rest = next;
            _position += next.Length;
        }
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _buffer.Dispose();
        base.Dispose(disposing);
    }
}
