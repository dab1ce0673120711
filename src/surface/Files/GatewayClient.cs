using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Flashback.Files.Content;

namespace Flashback.Files;

/// <summary>Puts files into a gateway, and gets them back verified: the gateway is trusted with keeping, not with telling. Safe for any number of threads. spec: docs/operate/gateway.md</summary>
/// <remarks>Every member may throw <see cref="IOException"/>: the gateway does not answer, or refuses.</remarks>
public sealed class GatewayClient : IBlockSource, IDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;

    /// <param name="gateway">Where it answers plain HTTP.</param>
    /// <param name="token">What it asks to be shown; null for nothing.</param>
    public GatewayClient(Uri gateway, string? token)
    {
        _http = new HttpClient { BaseAddress = gateway, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Puts a file, or a folder with all that is in it.</summary>
    /// <returns>Its identifier, which was computed here and is what the gateway answers.</returns>
    /// <exception cref="InvalidDataException">There are links in the folder, or the gateway has stored something else.</exception>
    public async Task<RemoteFile> PutAsync(string path, CancellationToken cancellation) => await PutAsync(await Upload.OpenAsync(path, secret: null, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    /// <summary>Puts what was named before.</summary>
    /// <returns>What the gateway answers: the same identifier.</returns>
    /// <exception cref="InvalidDataException">The gateway has stored something else.</exception>
    public Task<RemoteFile> PutAsync(Upload upload, CancellationToken cancellation) => PutAsync(upload, progress: null, cancellation);

    /// <summary>Puts what was named before, and tells how far it is.</summary>
    /// <param name="upload">What.</param>
    /// <param name="progress">Told each time that something was sent, some thousand times for 100 MB; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>What the gateway answers: the same identifier.</returns>
    /// <exception cref="InvalidDataException">The gateway has stored something else.</exception>
    public async Task<RemoteFile> PutAsync(Upload upload, IProgress<SendProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(upload);
        using HttpContent body = upload.CreateBody(progress);
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(upload.IsFolder ? "upload?wrap-with-directory=true" : "upload", UriKind.Relative)) { Content = body };
        request.Headers.ExpectContinue = true; // who is refused need not send all of it first
        RemoteFile answer = await AskAsync(request, Timeout.InfiniteTimeSpan, RemoteJson.Default.RemoteFile, cancellation).ConfigureAwait(false);
        return answer.Cid == upload.Cid.ToString()
            ? new RemoteFile(answer.Cid, upload.Size)
            : throw new InvalidDataException($"the gateway has stored {answer.Cid}, and what was sent is {upload.Cid}");
    }

    /// <summary>How far a file has come.</summary>
    public Task<RemoteFile> StatAsync(Cid cid, CancellationToken cancellation) => AskAsync($"stat/{cid}", RemoteJson.Default.RemoteFile, cancellation);

    /// <summary>What it costs at most to have something kept.</summary>
    /// <param name="bytes">Of its blocks: <see cref="Upload.BlockBytes"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<RemoteQuote> QuoteAsync(long bytes, CancellationToken cancellation) => AskAsync(string.Create(CultureInfo.InvariantCulture, $"quote?size={bytes}"), RemoteJson.Default.RemoteQuote, cancellation);

    /// <summary>The deals that the gateway pays for.</summary>
    public async Task<IReadOnlyList<RemoteDeal>> ListDealsAsync(CancellationToken cancellation) => (await AskAsync("deals", RemoteJson.Default.DealsMessage, cancellation).ConfigureAwait(false)).Deals;

    /// <summary>The account that the gateway pays from.</summary>
    public Task<RemoteWallet> GetWalletAsync(CancellationToken cancellation) => AskAsync("wallet", RemoteJson.Default.RemoteWallet, cancellation);

    /// <summary>All files that were put.</summary>
    public async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (string? after = ""; after is not null;)
        {
            ListMessage page = await AskAsync($"files?after={Uri.EscapeDataString(after)}", RemoteJson.Default.ListMessage, cancellation).ConfigureAwait(false);
            foreach (RemoteFile file in page.Files)
                yield return file;
            after = page.Next;
        }
    }

    /// <summary>Lets a file go.</summary>
    public async Task DeleteAsync(Cid cid, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Delete, new Uri($"files/{cid}", UriKind.Relative));
        using HttpResponseMessage answer = await SendAsync(request, AnswerPatience, cancellation).ConfigureAwait(false);
    }

    /// <summary>Gets a file, or a folder with all that is in it; it is there whole or not at all.</summary>
    /// <exception cref="InvalidDataException">What came is not what it must be, or it is neither.</exception>
    /// <exception cref="BlockUnavailableException">The gateway does not have it, or not now.</exception>
    public Task GetAsync(Cid cid, string path, CancellationToken cancellation) =>
        DownloadTarget.WriteAsync(path, part => DownloadTarget.CopyAsync(this, cid, part, cancellation));

    /// <summary>Gets a file or folder that was encrypted; it is there whole or not at all.</summary>
    /// <exception cref="InvalidDataException">The secret is another one, the content was changed, or is not encrypted.</exception>
    /// <exception cref="BlockUnavailableException">The gateway does not have it, or not now.</exception>
    public Task GetAsync(Cid cid, string path, ContentSecret secret, CancellationToken cancellation) =>
        DownloadTarget.WriteAsync(path, part => EncryptedDownload.CopyAsync(this, cid, secret, part, cancellation));

    /// <inheritdoc/>
    public async ValueTask<Block> ReadAsync(Cid cid, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(cid);
        if (cid.Hash == Multicodec.Identity)
            return Block.CopyOf(cid.Digest.Span);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"ipfs/{cid}?format=raw", UriKind.Relative));
        using HttpResponseMessage answer = await SendAsync(request, AnswerPatience, cancellation).ConfigureAwait(false);
        if (answer.Content.Headers.ContentLength is not { } length || length > Block.MostBytes)
            throw new InvalidDataException($"the gateway's answer for {cid} is no block");
        Block block = Block.Rent((int)length);
        try
        {
            using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            await body.ReadExactlyAsync(block.Memory, cancellation).ConfigureAwait(false);
            return cid.IsOf(block.Memory.Span) ? block : throw new InvalidDataException($"what the gateway gives as {cid} is something else");
        }
        catch
        {
            block.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> AskAsync<T>(string question, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(question, UriKind.Relative));
        return await AskAsync(request, AnswerPatience, type, cancellation).ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(HttpRequestMessage request, TimeSpan patience, JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(request, patience, cancellation).ConfigureAwait(false);
        using Stream body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await JsonSerializer.DeserializeAsync(body, type, cancellation).ConfigureAwait(false) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw new IOException($"the gateway's answer cannot be read: {fault.Message}", fault);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (patience != Timeout.InfiniteTimeSpan)
            time.CancelAfter(patience);
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, time.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException fault)
        {
            throw new IOException($"the gateway at {_http.BaseAddress} does not answer: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException(string.Create(CultureInfo.InvariantCulture, $"the gateway did not answer within {patience.TotalSeconds} s"), fault);
        }
        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
        {
            string reason = (await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).Trim();
            throw new IOException(answer.StatusCode == HttpStatusCode.NotFound && reason.Length == 0 ? "the gateway does not have it" : $"the gateway refuses ({(int)answer.StatusCode}): {reason}");
        }
    }
}
