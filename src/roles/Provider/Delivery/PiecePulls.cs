using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Fetches pieces from other providers, a few at once: by ranges from where it stopped, hashed as they come. Safe to share between threads.</summary>
/// <param name="shelf">Where pieces lie.</param>
internal sealed class PiecePulls(PieceShelf shelf) : IDisposable
{
    private const int MostAtOnce = 4;

    private static readonly TimeSpan LongestAttempt = TimeSpan.FromMinutes(5); // what came until then stays, and the next one goes on there
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = ConnectPatience }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ConcurrentDictionary<Hash32, Task<string?>> _running = [];

    /// <summary>Starts fetching a piece, if that is not under way and others leave room.</summary>
    /// <returns>Why the last attempt failed; null where none has ended.</returns>
    public string? Start(DealDetails deal, string endpoint, CancellationToken stop)
    {
        Hash32 commP = deal.Piece;
        if (_running.TryGetValue(commP, out Task<string?>? running))
            return running.IsCompleted && _running.TryRemove(KeyValuePair.Create(commP, running)) ? running.IsCompletedSuccessfully ? running.Result : "it was given up" : null;
        if (_running.Count(one => !one.Value.IsCompleted) < MostAtOnce)
            _running.TryAdd(commP, Task.Run(() => FetchAsync(new ExpectedPiece(commP, PaddedSize.Of(deal.PieceSize)), endpoint, stop), CancellationToken.None));
        return null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> FetchAsync(ExpectedPiece piece, string endpoint, CancellationToken stop)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        time.CancelAfter(LongestAttempt);
        try
        {
            return await FetchAsync(piece, new Uri($"{endpoint.TrimEnd('/')}/pieces/{Convert.ToHexStringLower(piece.CommP.AsSpan())}"), time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return $"{endpoint} was too slow: it goes on later";
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return $"{endpoint}: {fault.Message}";
        }
    }

    private async Task<string?> FetchAsync(ExpectedPiece piece, Uri address, CancellationToken cancellation)
    {
        long offset = shelf.OffsetOf(piece.CommP);
        using HttpRequestMessage request = new(HttpMethod.Get, address);
        if (offset > 0)
            request.Headers.Range = new RangeHeaderValue(offset, null);
        using HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        long? length = answer.StatusCode switch
        {
            HttpStatusCode.OK when offset == 0 => answer.Content.Headers.ContentLength,
            HttpStatusCode.PartialContent when answer.Content.Headers.ContentRange is { From: { } from, Length: { } all } && from == offset => all,
            _ => null,
        };
        if (length is not { } whole)
            return $"{address} answers {(int)answer.StatusCode} to bytes from {offset} on";
        if (!piece.MayHave(whole))
            return $"{address} has {whole} bytes, and the piece is of {piece.Size}";
        if (shelf.Upload(piece) is not { } upload)
            return "too many uploads are under way";
        PipeReader body = PipeReader.Create(await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
        UploadResult result = await upload.AppendAsync(body, offset, whole, cancellation).ConfigureAwait(false);
        if (result is UploadResult.Stored or UploadResult.WrongPiece)
            shelf.Close(upload);
        return result == UploadResult.Stored ? null : $"what came from {address} ended with {result}";
    }
}
