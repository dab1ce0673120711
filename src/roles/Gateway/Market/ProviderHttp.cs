using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Client;
using Flashback.Files.Content;
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
    private const int LongestDelivery = 4_096; // of the answer that holds one
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
        if (offset > piece.Size.Unpadded.Bytes)
            throw new IOException($"{endpoint} says that it has {offset} bytes of a piece of {piece.Size}, padded");
        return new UploadProgress(offset, states.FirstOrDefault() == "stored");
    }

    /// <summary>Sends a piece from where the provider has it on, and tells how far it is; returns when the provider has all.</summary>
    public async Task UploadAsync(Uri endpoint, Piece piece, Address deal, IRangeSource content, long offset, Action<long> tell, CancellationToken cancellation)
    {
        if (offset > content.Length)
            throw new IOException($"{endpoint} says that it has {offset} bytes of a piece of {content.Length}");
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
            tell(offset);
        }
    }

    /// <summary>Has a provider fetch a piece from another one.</summary>
    public async Task OrderPullAsync(Uri endpoint, Piece piece, PullMessage order, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, AddressOf(endpoint, piece, "/pull")) { Content = JsonOf(order, MarketJson.Default.PullMessage) };
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, cancellation).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.Accepted)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to an order to fetch a piece");
    }

    /// <summary>Fills a buffer with bytes of a piece; zeros follow those that the provider keeps.</summary>
    public Task ReadAsync(Uri endpoint, Piece piece, long offset, Memory<byte> destination, CancellationToken cancellation) =>
        WithinAsync(endpoint, PatienceFor(destination.Length), time => ReadInTimeAsync(endpoint, piece, offset, destination, time), cancellation);

    /// <summary>Fills a buffer with bytes of a piece by a signed request.</summary>
    /// <returns>How long it took.</returns>
    /// <exception cref="ReadNotAdmittedException">The provider does not admit the request.</exception>
    public Task<ReadTimes> ReadSignedAsync(Uri endpoint, Piece piece, long offset, Memory<byte> destination, string signed, CancellationToken cancellation) =>
        WithinAsync(endpoint, PatienceFor(destination.Length), time => ReadSignedInTimeAsync(endpoint, piece, offset, destination, signed, time), cancellation);

    /// <summary>What a provider signs for a request that it has served; null where it has not, or not yet.</summary>
    public async Task<SignedDelivery?> FindDeliveryAsync(Uri endpoint, Hash32 request, CancellationToken cancellation)
    {
        using HttpRequestMessage question = new(HttpMethod.Get, AddressOf(endpoint, $"deliveries/{Convert.ToHexStringLower(request.AsSpan())}"));
        using HttpResponseMessage answer = await SendAsync(question, QuestionPatience, cancellation).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} where it is asked for a delivery");
        return await WithinAsync(endpoint, QuestionPatience, async time =>
        {
            byte[] body = new byte[LongestDelivery]; // what is longer is cut off, and can be read no more
            using Stream stream = await answer.Content.ReadAsStreamAsync(time).ConfigureAwait(false);
            int length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, time).ConfigureAwait(false);
            try
            {
                return JsonSerializer.Deserialize(body.AsSpan(0, length), MarketJson.Default.DeliveryMessage) is { Delivery: { } text } && SignedDelivery.TryRead(text) is { } delivery ? delivery : throw new JsonException("no delivery");
            }
            catch (JsonException fault)
            {
                throw new IOException($"what {endpoint} gives as a delivery cannot be read", fault);
            }
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Hands a countersigned delivery to who has delivered it; it may have it already.</summary>
    /// <returns>False where it does not take it.</returns>
    public async Task<bool> HandBackAsync(Uri endpoint, ReceiptMessage receipt, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, AddressOf(endpoint, "deliveries")) { Content = JsonOf(receipt, MarketJson.Default.ReceiptMessage) };
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, cancellation).ConfigureAwait(false);
        return answer.StatusCode switch
        {
            HttpStatusCode.NoContent => true,
            HttpStatusCode.Conflict => false,
            _ => throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to a receipt"),
        };
    }

    /// <summary>Reads a whole piece and tells whether it is the one.</summary>
    public Task<bool> IsWholeAsync(Uri endpoint, Piece piece, CancellationToken cancellation) =>
        WithinAsync(endpoint, PatienceFor(piece.Size.Bytes), time => IsWholeInTimeAsync(endpoint, piece, time), cancellation);

    /// <summary>Copies a whole piece, whatever it is.</summary>
    public Task CopyAsync(Uri endpoint, Piece piece, Stream destination, CancellationToken cancellation) => WithinAsync(endpoint, PatienceFor(piece.Size.Bytes), async time =>
    {
        using HttpResponseMessage answer = await AskWholeAsync(endpoint, piece, time).ConfigureAwait(false);
        await answer.Content.CopyToAsync(destination, time).ConfigureAwait(false);
        return destination.Length;
    }, cancellation);

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

    private async Task<ReadTimes> ReadSignedInTimeAsync(Uri endpoint, Piece piece, long offset, Memory<byte> destination, string signed, CancellationToken time)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, AddressOf(endpoint, piece, ""));
        request.Headers.Add(SignedReadRequest.HeaderName, signed);
        long started = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await SendAsync(request, QuestionPatience, time).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.Forbidden)
            throw new ReadNotAdmittedException($"{endpoint} does not admit a signed request", NextOf(answer));
        if (answer.StatusCode != HttpStatusCode.PartialContent || answer.Content.Headers.ContentRange is not { From: { } from, To: { } to } || from != offset || to != offset + destination.Length - 1)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} to a signed request");
        using Stream body = await answer.Content.ReadAsStreamAsync(time).ConfigureAwait(false);
        int first = await body.ReadAtLeastAsync(destination, 1, throwOnEndOfStream: true, time).ConfigureAwait(false);
        TimeSpan toFirst = Stopwatch.GetElapsedTime(started);
        await body.ReadExactlyAsync(destination[first..], time).ConfigureAwait(false);
        return new ReadTimes(toFirst, Stopwatch.GetElapsedTime(started));
    }

    private async Task<bool> IsWholeInTimeAsync(Uri endpoint, Piece piece, CancellationToken time)
    {
        using HttpResponseMessage answer = await AskWholeAsync(endpoint, piece, time).ConfigureAwait(false);
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

    /// <summary>Asks for a whole piece; what comes is no longer than one.</summary>
    private async Task<HttpResponseMessage> AskWholeAsync(Uri endpoint, Piece piece, CancellationToken time)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, AddressOf(endpoint, piece, ""));
        HttpResponseMessage answer = await SendAsync(request, QuestionPatience, time).ConfigureAwait(false);
        if (answer.StatusCode == HttpStatusCode.OK && answer.Content.Headers.ContentLength is { } length && length <= piece.Size.Unpadded.Bytes)
            return answer;
        using (answer)
            throw new IOException($"{endpoint} answers {(int)answer.StatusCode} where it is asked for a whole piece");
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
        AddressOf(endpoint, $"pieces/{Convert.ToHexStringLower(piece.Commitment.AsSpan())}{rest}");

    private static Uri AddressOf(Uri endpoint, string rest) => new($"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{rest}");

    private static ByteArrayContent JsonOf<T>(T message, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(message, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static ulong? NextOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues(SignedReadRequest.NextHeaderName, out IEnumerable<string>? values) && ulong.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong next) ? next : null;

    private static string SizeOf(long length) => length > 0 ? $"&size={length.ToString(CultureInfo.InvariantCulture)}" : "";

    private static bool TryOffset(HttpResponseMessage answer, out long offset)
    {
        offset = 0;
        return answer.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? values) && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }
}

/// <summary>A provider does not admit a signed request.</summary>
/// <param name="message">What happened.</param>
/// <param name="next">The number that it says the next delivery has; null where it does not say.</param>
internal sealed class ReadNotAdmittedException(string message, ulong? next) : IOException(message)
{
    public ulong? Next { get; } = next;
}
