using System.Security.Cryptography;
using Flashback.Files.Content;

namespace Flashback.Gateway.S3;

/// <summary>A stream of our own, hashed while it is read: MD5, and a checksum where one is asked for.</summary>
internal sealed class HashedStream(Stream source, string? algorithm) : ReadingStream
{
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly Checksum? _checksum = algorithm is null ? null : Checksum.Create(algorithm);
    private bool _isOver;

    /// <summary>In hexadecimal; known at the end.</summary>
    public string Md5 { get; private set; } = "";

    /// <summary>In base 64 by algorithm; known at the end, null for none.</summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _md5.AppendData(buffer.Span[..read]);
        _checksum?.Append(buffer.Span[..read]);
        if (read == 0 && !buffer.IsEmpty && !_isOver)
        {
            _isOver = true;
            Md5 = Convert.ToHexStringLower(_md5.GetHashAndReset());
            Checksums = _checksum is null ? null : new Dictionary<string, string> { [algorithm!] = Convert.ToBase64String(_checksum.Finish()) };
        }
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        source.Dispose();
        _md5.Dispose();
        _checksum?.Dispose();
        base.Dispose(disposing);
    }
}
