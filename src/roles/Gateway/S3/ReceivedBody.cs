using System.Globalization;
using System.Security.Cryptography;
using Flashback.Files.Content;
using Microsoft.AspNetCore.Http;

namespace Flashback.Gateway.S3;

/// <summary>A request's content as it streams in: counted, hashed, and compared at its end with everything that was said of it. Until then nothing may be made of it.</summary>
internal sealed class ReceivedBody : ReadingStream
{
    /// <summary>Bytes of the largest content of one request: 5 GiB, as in S3.</summary>
    public const long MostBytes = 5L << 30;

    private readonly Stream _source;
    private readonly ChunkedBody? _chunked;
    private readonly long _length;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly IncrementalHash? _sha256;
    private readonly Checksum? _checksum;
    private readonly string? _expectedMd5, _expectedSha256;
    private string? _expectedChecksum;
    private long _received;
    private bool _isOver;

    private ReceivedBody(HttpContext http, Signature signature, string? checksum)
    {
        IHeaderDictionary headers = http.Request.Headers;
        _chunked = ChunkedBody.IsNamed(signature.PayloadHash) ? new ChunkedBody(http.Request.Body, signature) : null;
        _source = _chunked ?? http.Request.Body;
        _length = LengthOf(headers, _chunked is not null);
        _expectedMd5 = Md5In(headers);
        ChecksumAlgorithm = AlgorithmIn(headers) ?? checksum;
        _checksum = ChecksumAlgorithm is null ? null : Checksum.Create(ChecksumAlgorithm);
        _expectedChecksum = ChecksumAlgorithm is null ? null : ValueIn(headers, ChecksumAlgorithm);
        if (_chunked is not null || signature.PayloadHash == Signature.UnsignedPayload)
            return;
        _expectedSha256 = signature.PayloadHash;
        _sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    /// <summary>How many bytes are announced.</summary>
    public long Announced => _length;

    /// <summary>Which checksum is computed besides MD5; null for none.</summary>
    public string? ChecksumAlgorithm { get; }

    /// <summary>MD5 of the content, in hexadecimal; known at its end.</summary>
    public string Md5 { get; private set; } = "";

    /// <summary>Checksums in base 64 by algorithm, known at the content's end; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Checksums { get; private set; }

    /// <summary>Opens the content of a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="signature">Its signature.</param>
    /// <param name="checksum">What is computed where the request names none.</param>
    /// <param name="most">Bytes that are taken.</param>
    public static ReceivedBody Open(HttpContext http, Signature signature, string? checksum = null, long most = MostBytes)
    {
        ReceivedBody body = new(http, signature, checksum);
        return body._length <= most ? body : throw S3Error.Of(most == MostBytes ? "EntityTooLarge" : "MaxMessageLengthExceeded");
    }

    /// <summary>Reads everything: for small bodies.</summary>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellation)
    {
        byte[] content = new byte[_length];
        await this.ReadExactlyAsync(content, cancellation).ConfigureAwait(false);
        return await ReadAsync(new byte[1], cancellation).ConfigureAwait(false) == 0 ? content : throw S3Error.Of("IncompleteBody");
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            if (!_isOver && !buffer.IsEmpty)
                Finish();
            return 0;
        }
        _received += read;
        if (_received > _length)
            throw S3Error.InvalidRequest("More bytes were received than were announced.");
        ReadOnlySpan<byte> bytes = buffer.Span[..read];
        _md5.AppendData(bytes);
        _sha256?.AppendData(bytes);
        _checksum?.Append(bytes);
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        _chunked?.Dispose();
        _md5.Dispose();
        _sha256?.Dispose();
        _checksum?.Dispose();
        base.Dispose(disposing);
    }

    private void Finish()
    {
        _isOver = true;
        if (_received < _length)
            throw S3Error.Of("IncompleteBody");
        byte[] md5 = _md5.GetHashAndReset();
        Md5 = Convert.ToHexStringLower(md5);
        if (_expectedMd5 is not null && _expectedMd5 != Convert.ToBase64String(md5))
            throw S3Error.Of("BadDigest", "The Content-MD5 that was given is not that of what was received.");
        if (_sha256 is not null && Convert.ToHexStringLower(_sha256.GetHashAndReset()) != _expectedSha256)
            throw S3Error.Of("XAmzContentSHA256Mismatch");
        if (_checksum is null)
            return;
        string name = "x-amz-checksum-" + ChecksumAlgorithm;
        _expectedChecksum ??= _chunked?.Trailers.GetValueOrDefault(name);
        string found = Convert.ToBase64String(_checksum.Finish());
        if (_expectedChecksum is not null && _expectedChecksum != found)
            throw S3Error.Of("BadDigest", $"The {name} that was given is not that of what was received.");
        Checksums = new Dictionary<string, string> { [ChecksumAlgorithm!] = found };
    }

    private static long LengthOf(IHeaderDictionary headers, bool isChunked)
    {
        if (!isChunked)
            return headers.ContentLength ?? throw S3Error.Of("MissingContentLength");
        string? text = headers["x-amz-decoded-content-length"];
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : throw S3Error.Of("MissingContentLength");
    }

    private static string? Md5In(IHeaderDictionary headers)
    {
        if ((string?)headers.ContentMD5 is not { } text)
            return null;
        Span<byte> bytes = stackalloc byte[24];
        return text.Length <= 24 && Convert.TryFromBase64String(text, bytes, out int length) && length == MD5.HashSizeInBytes ? text : throw S3Error.Of("InvalidDigest");
    }

    private static string? AlgorithmIn(IHeaderDictionary headers)
    {
        string? given = Checksum.Names.FirstOrDefault(name => headers.ContainsKey("x-amz-checksum-" + name));
        string? trailer = headers["x-amz-trailer"].SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Select(name => name.ToLowerInvariant()).FirstOrDefault(name => name.StartsWith("x-amz-checksum-", StringComparison.Ordinal));
        string? named = given ?? trailer?["x-amz-checksum-".Length..] ?? ((string?)headers["x-amz-sdk-checksum-algorithm"])?.ToLowerInvariant();
        return named is null || Checksum.IsKnown(named) ? named : throw S3Error.InvalidRequest($"There is no checksum called {named}.");
    }

    private static string? ValueIn(IHeaderDictionary headers, string algorithm)
    {
        string? value = headers["x-amz-checksum-" + algorithm];
        return value is null || Checksum.IsValue(algorithm, value) ? value : throw S3Error.Of("InvalidDigest", $"The x-amz-checksum-{algorithm} that was given is none.");
    }
}
