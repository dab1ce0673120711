using System.Security.Cryptography;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>An encrypted content among blocks: its bytes are given in any range, each chunk verified before any of it is written.</summary>
/// <remarks>Chunks that were altered, moved or taken from elsewhere are found when they are read, and so is a missing end as soon as the last byte is asked for.</remarks>
public sealed class EncryptedContent : IDisposable
{
    private readonly IBlockSource _source;
    private readonly Cid _cid;
    private readonly AesGcm _cipher;
    private readonly long _chunks;
    private readonly long _sealedLength;

    private EncryptedContent(IBlockSource source, Cid cid, long sealedLength, EncryptedHeader header, ContentSecret secret)
    {
        (_source, _cid, _sealedLength, IsFolder) = (source, cid, sealedLength, header.Kind == EncryptedKind.Folder);
        (Length, _chunks) = EncryptedHeader.OpenedLength(sealedLength);
        byte[] key = secret.KeyOf(header);
        _cipher = new AesGcm(key, EncryptedHeader.TagBytes);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>Its bytes once it is decrypted.</summary>
    public long Length { get; }

    /// <summary>Whether it is the archive of a folder, as <see cref="PathContent.WriteCarAsync"/> writes it.</summary>
    public bool IsFolder { get; }

    /// <summary>Reads the header.</summary>
    /// <exception cref="InvalidDataException">It is no encrypted content.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public static async Task<EncryptedContent> OpenAsync(IBlockSource source, Cid cid, ContentSecret secret, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(secret);
        UnixFsStat stat = await UnixFs.StatAsync(source, cid, cancellation).ConfigureAwait(false);
        if (stat.Kind != UnixFsKind.File)
            throw new InvalidDataException("the content is not encrypted");
        using MemoryStream header = new();
        await UnixFs.CopyAsync(source, cid, new ByteRange(0, Math.Min(stat.Size, EncryptedHeader.Bytes)), header, cancellation).ConfigureAwait(false);
        return new EncryptedContent(source, cid, stat.Size, EncryptedHeader.Decode(header.GetBuffer().AsSpan(0, (int)header.Length)), secret);
    }

    /// <summary>Copies decrypted bytes.</summary>
    /// <param name="range">Which; they lie in the content.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="InvalidDataException">The secret is another one, or the content was changed.</exception>
    /// <exception cref="BlockUnavailableException">A block is not to be had.</exception>
    public async Task CopyAsync(ByteRange range, Stream destination, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(range.Start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(range.End, Length);
        if (range.Length == 0 && Length > 0)
            return;
        long first = range.Start / EncryptedHeader.ChunkBytes, last = Math.Max(range.End - 1, 0) / EncryptedHeader.ChunkBytes;
        long start = EncryptedHeader.Bytes + (first * EncryptedHeader.SealedChunkBytes), end = Math.Min(EncryptedHeader.Bytes + ((last + 1) * EncryptedHeader.SealedChunkBytes), _sealedLength);
        using DecryptingStream opened = new(_cipher, destination, range with { Start = range.Start - (first * EncryptedHeader.ChunkBytes) }, first, _chunks - 1);
        await UnixFs.CopyAsync(_source, _cid, new ByteRange(start, end - start), opened, cancellation).ConfigureAwait(false);
        await opened.FinishAsync(cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher.Dispose();
}
