using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Flashback.Gateway.Content;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Gateway.Market;

/// <summary>How far a provider has a piece.</summary>
/// <param name="Offset">Bytes that it has.</param>
/// <param name="IsStored">Whether it has all, and they are the piece.</param>
internal readonly record struct UploadProgress(long Offset, bool IsStored);

/// <summary>Pieces at storage providers, over HTTP. Safe for any number of threads. spec: docs/operate/provider.md</summary>
/// <remarks>Every member may throw <see cref="IOException"/>: the provider does not answer, or not as it should.</remarks>
internal sealed class ProviderHttp : IDisposable
{
    private const int UploadBytes = 8 << 20; // of one request: what a break costs
    private const int MostConflicts = 3; // in one upload: somebody else may be sending the same piece

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan QuestionPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SlowestMiB = TimeSpan.FromSeconds(4); // who is slower is given up

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = ConnectPatience }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Whether a text from the chain is an address that may be asked.</summary>
    public static bool TryEndpoint(string text, [NotNullWhen(true)] out Uri? endpoint) =>
        Uri.TryCreate(text, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https" && endpoint.UserInfo.Length == 0;

    /// <summary>How far a provider has a piece; null where it does not want it.</summary>
    public async Task<UploadProgress?> AskAsync(Uri endpoint, Piece piece, Address deal, long length, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, AddressOf(endpoint, piece, $"?deal={deal}{SizeOf(length)}"));
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (answer.StatusCode != HttpStatusCode.OK || !TryOffset(answer, out long offset) || !answer.Headers.TryGetValues("Flashback-State", out IEnumerable<string>? states))
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} where it is asked for a piece");
        return new UploadProgress(offset, states.FirstOrDefault() == "stored");
    }

    /// <summary>Sends a piece from where the provider has it on; returns when it has all.</summary>
    public async Task UploadAsync(Uri endpoint, Piece piece, Address deal, IRangeSource content, long offset, CancellationToken cancellation)
    {
        byte[] buffer = new byte[(int)Math.Min(UploadBytes, content.Length)];
        for (int conflicts = 0; ;)
        {
            int count = (int)Math.Min(buffer.Length, content.Length - offset);
            await content.ReadAsync(offset, buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            using HttpRequestMessage request = new(HttpMethod.Patch, AddressOf(endpoint, piece, $"?deal={deal}{SizeOf(content.Length)}")) { Content = new ByteArrayContent(buffer, 0, count) };
            request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            using HttpResponseMessage answer = await SendAsync(request, PatienceFor(count), cancellation).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.OK)
                return;
            long before = offset;
            if (answer.StatusCode == HttpStatusCode.Conflict && ++conflicts > MostConflicts)
                throw new IOException($"{endpoint} does not say where an upload goes on");
            if (answer.StatusCode is not (HttpStatusCode.NoContent or HttpStatusCode.Conflict) || !TryOffset(answer, out offset) || offset < 0 || offset >= content.Length || (answer.StatusCode == HttpStatusCode.NoContent && offset <= before))
                throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to bytes from {before} on");
        }
    }

    /// <summary>Has a provider fetch a piece from another one.</summary>
    public async Task OrderPullAsync(Uri endpoint, Piece piece, PullMessage order, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, AddressOf(endpoint, piece, "/pull"))
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(order, MarketJson.Default.PullMessage)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, cancellation).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to an order to fetch a piece");
    }

    /// <summary>Fills a buffer with bytes of a piece; zeros follow those that the provider keeps.</summary>
    public Task ReadAsync(Uri endpoint, Piece piece, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        WithinAsync(endpoint, PatienceFor(destination.Length), time => ReadInTimeAsync(endpoint, piece, offset, destination, time), cancellation);

    /// <summary>Reads a whole piece and tells whether it is the one.</summary>
    public Task<bool> IsWholeAsync(Uri endpoint, Piece piece, CancellationToken cancellation) =>
        WithinAsync(endpoint, PatienceFor(piece.Size.Bytes), time => IsWholeInTimeAsync(endpoint, piece, time), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<int> ReadInTimeAsync(Uri endpoint, Piece piece, long offset, Memory<byte> destination, CancellationToken time)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, AddressOf(endpoint, piece, ""));
        request.Headers.Range = new RangeHeaderValue(offset, offset + destination.Length - 1);
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, time).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && answer.Content.Headers.ContentRange is { Length: { } all } && all <= offset)
        {
            destination.Span.Clear();
            return 0;
        }
        if (answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange is not { From: { } from, To: { } to, Length: { } length } || from != offset
            || to != Math.Min(offset + destination.Length, length) - 1)
        {
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to a range");
        }
        int count = (int)(to - from + 1);
        using Stream body = await answer.Content.ReadAsStreamAsync(time).ConfigureAwait(false);
        await body.ReadExactlyAsync(destination[..count], time).ConfigureAwait(false);
        destination.Span[count..].Clear();
        return count;
    }

    private async Task<bool> IsWholeInTimeAsync(Uri endpoint, Piece piece, CancellationToken time)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, AddressOf(endpoint, piece, ""));
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, time).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.OK || answer.Content.Headers.ContentLength is not { } length || length > piece.Size.Unpadded.Bytes)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} where a piece is read back");
        using Stream body = await answer.Content.ReadAsStreamAsync(time).ConfigureAwait(false);
        // It is hashed by reads that wait: when the time is over their connection is taken away.
        using CancellationTokenRegistration end = time.Register(answer.Dispose);
        try
        {
            return await Task.Run(() => PieceCommitment.Compute(body, out _), time).ConfigureAwait(false) == piece;
        }
        catch (Exception fault) when (time.IsCancellationRequested && fault is IOException or ObjectDisposedException)
        {
            throw new OperationCanceledException(time);
        }
    }

    /// <summary>Does something with a provider, which is given up when it takes longer.</summary>
    private static async Task<T> WithinAsync<T>(Uri endpoint, TimeSpan patience, Func<CancellationToken, Task<T>> ask, CancellationToken cancellation)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        time.CancelAfter(patience);
        try
        {
            return await ask(time.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException($"{endpoint.Authority}: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{endpoint.Authority} did not give what was asked for within {patience.TotalSeconds} s", fault);
        }
    }

    private static TimeSpan PatienceFor(long bytes) => QuestionPatience + (SlowestMiB * (bytes / (double)(1 << 20)));

    private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation) =>
        WithinAsync(request.RequestUri!, patience, time => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, time), cancellation);

    private static Uri AddressOf(Uri endpoint, Piece piece, string rest) =>
        new($"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/pieces/{Convert.ToHexStringLower(piece.Commitment.AsSpan())}{rest}");

    private static string SizeOf(long length) => length > 0 ? $"&size={length.ToString(CultureInfo.InvariantCulture)}" : "";

    private static bool TryOffset(HttpResponseMessage answer, out long offset)
    {
        offset = 0;
        return answer.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? values) && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}
