using System.Security.Cryptography;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>The encrypted form of what a stream gives. The same header, secret and bytes give the same form.</summary>
internal sealed class EncryptingStream : ReadingStream
{
    private readonly Stream _source;
    private readonly AesGcm _cipher;
    private readonly byte[] _sealed = new byte[EncryptedHeader.SealedChunkBytes];
    private byte[] _chunk = new byte[EncryptedHeader.ChunkBytes], _next = new byte[EncryptedHeader.ChunkBytes];
    private int _chunkLength = -1; // nothing was read yet
    private ReadOnlyMemory<byte> _waiting;
    private long _number;
    private bool _isOver;

    public EncryptingStream(Stream source, ContentSecret secret, EncryptedHeader header)
    {
        _source = source;
        byte[] key = secret.KeyOf(header);
        _cipher = new AesGcm(key, EncryptedHeader.TagBytes);
        CryptographicOperations.ZeroMemory(key);
        _waiting = header.Encode();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_waiting.IsEmpty && !_isOver)
            await SealNextAsync(cancellationToken).ConfigureAwait(false);
        int count = Math.Min(buffer.Length, _waiting.Length);
        _waiting[..count].CopyTo(buffer);
        _waiting = _waiting[count..];
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _cipher.Dispose();
        _source.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>A chunk is sealed when what follows it was read: the last one is marked.</summary>
    private async ValueTask SealNextAsync(CancellationToken cancellation)
    {
        if (_chunkLength < 0)
            _chunkLength = await FillAsync(_chunk, cancellation).ConfigureAwait(false);
        int following = _chunkLength < _chunk.Length ? 0 : await FillAsync(_next, cancellation).ConfigureAwait(false);
        _isOver = following == 0;
        Seal();
        (_chunk, _next, _chunkLength) = (_next, _chunk, following);
    }

    private void Seal()
    {
        Span<byte> nonce = stackalloc byte[EncryptedHeader.NonceBytes];
        EncryptedHeader.WriteNonce(nonce, _number++, _isOver);
        _cipher.Encrypt(nonce, _chunk.AsSpan(0, _chunkLength), _sealed.AsSpan(0, _chunkLength), _sealed.AsSpan(_chunkLength, EncryptedHeader.TagBytes));
        _waiting = _sealed.AsMemory(0, _chunkLength + EncryptedHeader.TagBytes);
    }

    private ValueTask<int> FillAsync(byte[] chunk, CancellationToken cancellation) => _source.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellation);
}
