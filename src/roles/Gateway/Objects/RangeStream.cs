using Flashback.Gateway.Content;

namespace Flashback.Gateway.Objects;

/// <summary>What can be read in ranges as a stream from front to back, fetched in blocks of 1 MiB.</summary>
internal sealed class RangeStream(IRangeSource source) : Stream
{
    private readonly Block _buffer = Block.Rent(FileImport.ChunkBytes);
    private long _position;
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => source.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

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

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read it asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _buffer.Dispose();
        base.Dispose(disposing);
    }
}
