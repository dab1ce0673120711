using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Flashback.Files.Content;

namespace Flashback.Gateway.S3;

/// <summary>The content of a body that comes in chunks of AWS's own, each signed if the body is; what comes after it (trailers) is read when the content ends.</summary>
/// <remarks>
/// <code>
/// body      chunk … last
/// chunk     size in hexadecimal [ ;chunk-signature=… ] CRLF bytes CRLF
/// last      0 [ ;chunk-signature=… ] CRLF { name:value CRLF … [ x-amz-trailer-signature:… CRLF ] } CRLF
/// </code>
/// spec: AWS Signature Version 4, STREAMING-AWS4-HMAC-SHA256-PAYLOAD and its like. Memory: 64 KiB.
/// </remarks>
internal sealed class ChunkedBody(Stream body, Signature signature) : ReadingStream
{
    private const string Signed = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", Trailing = "-TRAILER", Unsigned = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    private const int MostLine = 4096;
    private const int MostTrailers = 16;
    private static readonly string HashOfNothing = Signature.HashOf([]);

    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly bool _isSigned = signature.PayloadHash != Unsigned, _hasTrailers = signature.PayloadHash.EndsWith(Trailing, StringComparison.Ordinal);
    private int _start, _end;
    private long _left;
    private string _previous = signature.Value, _claimed = "";
    private bool _isInChunk, _isOver;

    /// <summary>What came after the content, by names in lower case.</summary>
    public Dictionary<string, string> Trailers { get; } = [];

    /// <summary>Whether a body is of this form by what is said of it.</summary>
    /// <exception cref="S3Exception">It is of a form that is not supported.</exception>
    public static bool IsNamed(string payloadHash) => payloadHash is Signed or (Signed + Trailing) or Unsigned
        || (payloadHash.StartsWith("STREAMING-", StringComparison.Ordinal) ? throw S3Error.NotImplemented(payloadHash) : false);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_isOver && !buffer.IsEmpty)
        {
            if (_left > 0)
                return await ReadChunkAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken).ConfigureAwait(false);
            if (_isInChunk)
                await EndChunkAsync(cancellationToken).ConfigureAwait(false);
            else
                await BeginChunkAsync(cancellationToken).ConfigureAwait(false);
        }
        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadChunkAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_start == _end)
            await FillAsync(cancellation).ConfigureAwait(false);
        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        if (_isSigned)
            _hash.AppendData(_buffer, _start, count);
        _start += count;
        _left -= count;
        return count;
    }

    private async ValueTask BeginChunkAsync(CancellationToken cancellation)
    {
        string[] head = (await ReadLineAsync(cancellation).ConfigureAwait(false)).Split(';', 2);
        if (!long.TryParse(head[0].Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
            throw S3Error.InvalidRequest("A chunk does not begin with its size.");
        const string Name = "chunk-signature=";
        string? claimed = head.Length == 2 && head[1].StartsWith(Name, StringComparison.Ordinal) ? head[1][Name.Length..].Trim() : null;
        if (_isSigned)
            _claimed = claimed ?? throw S3Error.Of("SignatureDoesNotMatch", "A chunk is not signed.");
        _isInChunk = true;
        if (_left == 0)
            await EndAsync(cancellation).ConfigureAwait(false);
    }

    private async ValueTask EndChunkAsync(CancellationToken cancellation)
    {
        if ((await ReadLineAsync(cancellation).ConfigureAwait(false)).Length > 0)
            throw S3Error.InvalidRequest("A chunk is longer than it says.");
        CheckChunk();
        _isInChunk = false;
    }

    private void CheckChunk()
    {
        if (_isSigned)
            Check("AWS4-HMAC-SHA256-PAYLOAD", $"{HashOfNothing}\n{Convert.ToHexStringLower(_hash.GetHashAndReset())}", _claimed);
    }

    private async ValueTask EndAsync(CancellationToken cancellation)
    {
        CheckChunk();
        StringBuilder signed = new();
        string? claimed = null;
        for (string line = await ReadLineAsync(cancellation).ConfigureAwait(false); line.Length > 0; line = await ReadLineAsync(cancellation).ConfigureAwait(false))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1 || !_hasTrailers || Trailers.Count == MostTrailers)
                throw S3Error.InvalidRequest("What comes after the content makes no sense.");
            (string name, string value) = (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            if (name == "x-amz-trailer-signature")
            {
                claimed = value;
                continue;
            }
            Trailers[name] = value;
            signed.Append(name).Append(':').Append(value).Append('\n');
        }
        if (_isSigned && _hasTrailers)
            Check("AWS4-HMAC-SHA256-TRAILER", Signature.HashOf(Encoding.UTF8.GetBytes(signed.ToString())), claimed ?? throw S3Error.Of("SignatureDoesNotMatch", "What comes after the content is not signed."));
        _isOver = true;
    }

    private void Check(string kind, string hashes, string claimed)
    {
        string expected = signature.Sign($"{kind}\n{signature.Time}\n{signature.Scope}\n{_previous}\n{hashes}");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.UTF8.GetBytes(claimed)))
            throw S3Error.Of("SignatureDoesNotMatch", "The signature of a chunk does not hold.");
        _previous = expected;
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellation)
    {
        StringBuilder line = new();
        while (line.Length <= MostLine)
        {
            if (_start == _end)
                await FillAsync(cancellation).ConfigureAwait(false);
            char next = (char)_buffer[_start++];
            if (next == '\n' && line is [.., '\r'])
                return line.ToString(0, line.Length - 1);
            line.Append(next);
        }
        throw S3Error.InvalidRequest("A line between chunks is too long.");
    }

    private async ValueTask FillAsync(CancellationToken cancellation)
    {
        (_start, _end) = (0, await body.ReadAsync(_buffer, cancellation).ConfigureAwait(false));
        if (_end == 0)
            throw S3Error.Of("IncompleteBody");
    }
}
