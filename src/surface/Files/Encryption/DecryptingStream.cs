using System.Security.Cryptography;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>Takes encrypted chunks from one on, and hands on what they hold once each is verified.</summary>
/// <param name="cipher">Of the content.</param>
/// <param name="destination">Takes the bytes.</param>
/// <param name="range">Which of the bytes from the first chunk on are wanted.</param>
/// <param name="first">The number of the first chunk.</param>
/// <param name="last">The number of the content's last chunk.</param>
internal sealed class DecryptingStream(AesGcm cipher, Stream destination, ByteRange range, long first, long last) : Stream
{
    private readonly byte[] _sealed = new byte[EncryptedHeader.SealedChunkBytes];
    private readonly byte[] _opened = new byte[EncryptedHeader.ChunkBytes];
    private int _filled;
    private long _passed; // chunks

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int count = Math.Min(buffer.Length, _sealed.Length - _filled);
            buffer[..count].CopyTo(_sealed.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == _sealed.Length)
                await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The chunk that is not full, if there is one.</summary>
    public ValueTask FinishAsync(CancellationToken cancellation) => _filled > 0 ? OpenAsync(cancellation) : ValueTask.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write it asynchronously");

    private async ValueTask OpenAsync(CancellationToken cancellation)
    {
        int length = Open();
        ByteRange wanted = range.Within(_passed * EncryptedHeader.ChunkBytes, length);
        _passed++;
        _filled = 0;
        await destination.WriteAsync(_opened.AsMemory((int)wanted.Start, (int)wanted.Length), cancellation).ConfigureAwait(false);
    }

    private int Open()
    {
        Span<byte> nonce = stackalloc byte[EncryptedHeader.NonceBytes];
        long number = first + _passed;
        EncryptedHeader.WriteNonce(nonce, number, number == last);
        int length = _filled - EncryptedHeader.TagBytes;
        try
        {
            cipher.Decrypt(nonce, _sealed.AsSpan(0, length), _sealed.AsSpan(length, EncryptedHeader.TagBytes), _opened.AsSpan(0, length));
            return length;
        }
        catch (AuthenticationTagMismatchException fault)
        {
            throw new InvalidDataException(number == 0 ? "the secret is another one, or the content was changed" : $"the content was changed: chunk {number} is not what was encrypted", fault);
        }
    }
}
