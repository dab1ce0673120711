using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flashback.Client;
using Flashback.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Microsoft.Win32.SafeHandles;

namespace Flashback.Provider;

/// <summary>Pieces over HTTP: taken where a deal asks for them, in parts as tus 1.0 has it, and given by ranges.</summary>
/// <remarks>
/// <code>
/// HEAD  /pieces/{commP}            200 with Upload-Offset, Upload-Length, Flashback-State: expected | uploading | stored; 404 where no deal asks for it
/// PATCH /pieces/{commP}?deal=0x…   Upload-Offset: n; 204 with the new offset, after the last byte 200; 409 from another offset, 413 too long, 422 another piece
/// POST  /pieces/{commP}/pull       {"from": "http://…", "deal": "0x…"}: fetched from another provider; 202; 409 where it is not done, 400
/// GET   /pieces/{commP}            200 or 206 with the bytes, ETag: commP; 404, 416, 503 while it is unsealed
/// </code>
/// GET with <see cref="SignedReadRequest.HeaderName"/> gives the bytes that the signed request names, 206; 403 where it is not admitted. How long that took is known behind them, so the provider's signature is asked for afterwards: see <see cref="DeliveryEndpoint"/>. In chunks: what has come to its end is signed.
/// A commitment is 64 hexadecimal digits. With <c>?size=N</c> HEAD and PATCH are told how many bytes the piece has before its zeros; without it those that make it.
/// </remarks>
/// <param name="shelf">Where pieces lie.</param>
/// <param name="intake">Which are asked for.</param>
/// <param name="reads">Judges signed requests; null where none are served.</param>
public sealed class PieceEndpoints(PieceShelf shelf, IPieceIntake intake, ReadDesk? reads = null)
{
    private const int Chunk = 1 << 18;
    private const int LongestOrder = 4_096;
    private const string UploadOffset = "Upload-Offset";
    private const string UploadLength = "Upload-Length";
    private const string State = "Flashback-State";

    internal void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/pieces/{commP}", [HttpMethods.Head], context => WithPieceAsync(context, TellAsync));
        app.MapMethods("/pieces/{commP}", [HttpMethods.Patch], context => WithPieceAsync(context, TakeAsync));
        if (reads is not null)
            new DeliveryEndpoint(reads).Map(app);
        app.MapPost("/pieces/{commP}/pull", context => WithPieceAsync(context, PullAsync));
        app.MapMethods("/pieces/{commP}", [HttpMethods.Get], context => WithPieceAsync(context, GiveAsync));
    }

    private static Task WithPieceAsync(HttpContext context, Func<HttpContext, Hash32, Task> answer) =>
        context.Request.RouteValues["commP"] is string { Length: 64 } text && FixedBytes.TryParse(text, out Hash32 commP)
            ? answer(context, commP)
            : HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_piece", "a piece is named by its CommP: 64 hexadecimal digits");

    private async Task TellAsync(HttpContext context, Hash32 commP)
    {
        if (shelf.LengthOf(commP) is { } stored)
        {
            Describe(context, commP);
            context.Response.ContentLength = stored;
            Tell(context, "stored", stored, stored);
        }
        else if (await intake.FindAsync(commP, DealOf(context), context.RequestAborted).ConfigureAwait(false) is { } expected)
        {
            if (!TryLength(context, expected, out long? length))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }
            long offset = shelf.OffsetOf(commP);
            Tell(context, offset == 0 ? "expected" : "uploading", offset, length ?? expected.Room);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private async Task TakeAsync(HttpContext context, Hash32 commP)
    {
        if (!long.TryParse(context.Request.Headers[UploadOffset], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_offset", $"{UploadOffset} says where the part begins").ConfigureAwait(false);
            return;
        }
        if (shelf.LengthOf(commP) is { } stored)
        {
            Tell(context, "stored", stored, stored);
            return;
        }
        if (await intake.FindAsync(commP, DealOf(context), context.RequestAborted).ConfigureAwait(false) is not { } expected)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "unwanted", "no deal asks for this piece").ConfigureAwait(false);
            return;
        }
        if (!TryLength(context, expected, out long? length))
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_size", $"a piece of {expected.Size} bytes, padded, has another size").ConfigureAwait(false);
            return;
        }
        if (shelf.Upload(expected) is not { } upload)
        {
            context.Response.Headers.RetryAfter = "10";
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "too many uploads are under way").ConfigureAwait(false);
            return;
        }
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = length ?? expected.Room;
        UploadResult result;
        try
        {
            result = await upload.AppendAsync(context.Request.BodyReader, offset, length, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException fault)
        {
            await HttpAnswers.RefuseAsync(context, fault.StatusCode, "invalid_request", fault.Message).ConfigureAwait(false);
            return;
        }
        long reached = upload.Offset;
        if (result is UploadResult.Stored or UploadResult.WrongPiece)
            shelf.Close(upload);
        await AnswerAsync(context, result, reached, result == UploadResult.Stored ? shelf.LengthOf(commP) ?? reached : length ?? expected.Room).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, UploadResult result, long reached, long length)
    {
        switch (result)
        {
            case UploadResult.Stored:
                Tell(context, "stored", length, length);
                return Task.CompletedTask;
            case UploadResult.Continues:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                Tell(context, "uploading", reached, length);
                return Task.CompletedTask;
            case UploadResult.WrongOffset:
                Tell(context, reached == 0 ? "expected" : "uploading", reached, length);
                return HttpAnswers.RefuseAsync(context, StatusCodes.Status409Conflict, "wrong_offset", $"the upload goes on at {reached}");
            case UploadResult.TooLong:
                return HttpAnswers.RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "too_long", $"the piece has {length} bytes");
            default:
                return HttpAnswers.RefuseAsync(context, StatusCodes.Status422UnprocessableEntity, "wrong_piece", "the bytes are another piece's");
        }
    }

    private async Task PullAsync(HttpContext context, Hash32 commP)
    {
        if (await ReadOrderAsync(context).ConfigureAwait(false) is not { } order)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request", "\"from\" says where another provider answers").ConfigureAwait(false);
            return;
        }
        if (shelf.LengthOf(commP) is null && await intake.OrderPullAsync(commP, order, context.RequestAborted).ConfigureAwait(false) is { } refusal)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status409Conflict, "not_pulled", refusal).ConfigureAwait(false);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static async Task<PullOrder?> ReadOrderAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = LongestOrder;
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, PullJson.Default.PullOrder, context.RequestAborted).ConfigureAwait(false) is { From: not null } order ? order : null;
        }
        catch (Exception fault) when (fault is JsonException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            return null;
        }
    }

    private async Task GiveAsync(HttpContext context, Hash32 commP)
    {
        long asked = Stopwatch.GetTimestamp();
        using SafeFileHandle? file = shelf.Open(commP);
        if (file is null && intake.TryRecall(commP))
        {
            context.Response.Headers.RetryAfter = "10";
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "unsealing", "the piece is being unsealed").ConfigureAwait(false);
            return;
        }
        if (file is null)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_piece", "the piece is not here").ConfigureAwait(false);
            return;
        }
        long length = RandomAccess.GetLength(file);
        Describe(context, commP);
        if (reads is not null && context.Request.Headers[SignedReadRequest.HeaderName] is [{ } header])
        {
            await GiveSignedAsync(context, file, commP, header, asked).ConfigureAwait(false);
            return;
        }
        if (!TryRange(context, commP, length, out long from, out long count))
        {
            context.Response.Headers.ContentRange = $"bytes */{length.ToString(CultureInfo.InvariantCulture)}";
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status416RangeNotSatisfiable, "invalid_range", $"the piece has {length} bytes").ConfigureAwait(false);
            return;
        }
        context.Response.ContentLength = count;
        await SendAsync(file, from, count, context.Response.BodyWriter, meter: null, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Gives what a signed request names, and signs it. HTTP/1.1's trailers, where the signature would belong, the server cannot send.</summary>
    private async Task GiveSignedAsync(HttpContext context, SafeFileHandle file, Hash32 commP, string header, long asked)
    {
        long length = RandomAccess.GetLength(file);
        (AdmittedRead? read, string? refusal) = (null, null);
        try
        {
            (read, refusal) = await reads!.AdmitAsync(header, commP, length, context.RequestAborted).ConfigureAwait(false);
        }
        catch (NodeException fault)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "no_chain", fault.Message).ConfigureAwait(false);
            return;
        }
        if (read is null)
        {
            if (reads.NextOf(header) is { } next)
                context.Response.Headers[SignedReadRequest.NextHeaderName] = next.ToString(CultureInfo.InvariantCulture);
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status403Forbidden, "not_admitted", refusal ?? "the request is refused").ConfigureAwait(false);
            return;
        }
        (long from, long count) = ((long)read.Signed.Request.Offset, (long)read.Signed.Request.Length);
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + count - 1}/{length}");
        using DeliveryMeter meter = new(asked);
        if (await SendAsync(file, from, count, context.Response.BodyWriter, meter, context.RequestAborted).ConfigureAwait(false))
            reads.Sign(read, meter.ToFirst ?? meter.ToLast, meter.ToLast, meter.TakeDigest());
    }

    /// <summary>The part that is asked for, the whole where none is, or more than one; false where it is outside of the piece.</summary>
    private static bool TryRange(HttpContext context, Hash32 commP, long length, out long from, out long count)
    {
        (from, count) = (0, length);
        RequestHeaders headers = context.Request.GetTypedHeaders();
        if (headers.Range is not { Unit.Value: "bytes", Ranges.Count: 1 } asked || (headers.IfRange?.EntityTag is { } tag && !tag.Compare(TagOf(commP), useStrongComparison: true)))
            return true;
        RangeItemHeaderValue range = asked.Ranges.First();
        long last = range.From is null ? length - 1 : Math.Min(range.To ?? long.MaxValue, length - 1);
        from = range.From ?? Math.Max(0, length - range.To!.Value);
        if (from > last)
            return false;
        count = last - from + 1;
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{last}/{length}");
        return true;
    }

    /// <summary>From the system's cache into the server's own buffers, without one of ours in between.</summary>
    /// <returns>False where the reader went away.</returns>
    private static async Task<bool> SendAsync(SafeFileHandle file, long from, long count, PipeWriter body, DeliveryMeter? meter, CancellationToken cancellation)
    {
        for (long end = from + count; from < end;)
        {
            Memory<byte> memory = body.GetMemory((int)Math.Min(Chunk, end - from));
            int read = RandomAccess.Read(file, memory.Span[..(int)Math.Min(memory.Length, end - from)], from);
            if (read == 0)
                throw new IOException("the piece's file has been cut off");
            meter?.Take(memory.Span[..read]);
            body.Advance(read);
            from += read;
            FlushResult flushed = await body.FlushAsync(cancellation).ConfigureAwait(false);
            if (flushed.IsCompleted || flushed.IsCanceled)
                return false;
            meter?.Flushed();
        }
        return true;
    }

    private static void Describe(HttpContext context, Hash32 commP)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.Headers.AcceptRanges = "bytes";
        context.Response.Headers.ETag = TagOf(commP).ToString();
    }

    private static void Tell(HttpContext context, string state, long offset, long length)
    {
        context.Response.Headers[State] = state;
        context.Response.Headers[UploadOffset] = offset.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers[UploadLength] = length.ToString(CultureInfo.InvariantCulture);
    }

    private static EntityTagHeaderValue TagOf(Hash32 commP) => new($"\"{Convert.ToHexStringLower(commP.AsSpan())}\"");

    /// <summary>The piece's length where the sender says it; false where it cannot be.</summary>
    private static bool TryLength(HttpContext context, ExpectedPiece expected, out long? length)
    {
        length = null;
        if (context.Request.Query["size"] is not [var text])
            return true;
        length = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 0;
        return expected.MayHave(length.Value);
    }

    private static string? DealOf(HttpContext context) => context.Request.Query["deal"] is [var deal] ? deal : null;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PullOrder))]
internal sealed partial class PullJson : JsonSerializerContext;
