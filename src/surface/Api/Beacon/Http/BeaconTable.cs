using System.Text.Json;
using Flashback.Api.JsonRpc;
using Flashback.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Flashback.Api.Beacon.Http;

/// <summary>The endpoints by their paths; what they return, or throw, becomes an HTTP answer here.</summary>
/// <param name="routes">Where paths are kept.</param>
/// <param name="limits">How much one caller may ask for.</param>
/// <param name="log">The log.</param>
internal sealed partial class BeaconTable(IEndpointRouteBuilder routes, RpcLimits limits, ILogger log)
{
    private readonly ILogger _log = log;

    /// <summary>Adds an endpoint that answers at once.</summary>
    public void Get(string path, Func<BeaconRequest, BeaconAnswer> answer) => Get(path, request => Task.FromResult(answer(request)));

    /// <summary>Adds an endpoint.</summary>
    public void Get(string path, Func<BeaconRequest, Task<BeaconAnswer>> answer) => routes.MapGet(path, context => AnswerAsync(context, answer));

    /// <summary>Adds an endpoint that is sent something.</summary>
    public void Post(string path, Func<BeaconRequest, Task<BeaconAnswer>> answer) => routes.MapPost(path, context => AnswerAsync(context, answer));

    /// <summary>Adds an endpoint that goes on answering for as long as the caller listens; it throws before it begins, or not at all.</summary>
    public void Stream(string path, Func<BeaconRequest, Task> stream) => routes.MapGet(path, async context =>
    {
        try
        {
            await stream(new BeaconRequest(context, limits, context.RequestAborted)).ConfigureAwait(false);
        }
        catch (BeaconApiException refused)
        {
            await RefuseAsync(context, refused).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller listens no more.
        }
    });

    /// <summary>Says what is wrong. spec: beacon-APIs ErrorMessage, IndexedErrorMessage</summary>
    public static async Task RefuseAsync(HttpContext context, BeaconApiException refused)
    {
        context.Response.StatusCode = refused.Status;
        context.Response.ContentType = "application/json";
        await using Utf8JsonWriter writer = new(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteNumber("code"u8, refused.Status);
        writer.WriteString("message"u8, refused.Message);
        if (refused.Failures is { } failures)
        {
            writer.WriteStartArray("failures"u8);
            foreach ((int index, string message) in failures)
            {
                writer.WriteStartObject();
                writer.WriteNumber("index"u8, index);
                writer.WriteString("message"u8, message);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context, Func<BeaconRequest, Task<BeaconAnswer>> endpoint)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        time.CancelAfter(limits.Timeout);
        try
        {
            BeaconRequest request = new(context, limits, time.Token);
            BeaconAnswer answer = await endpoint(request).ConfigureAwait(false);
            bool isSsz = answer.WriteJson is not null && request.TakesSsz(answer);
            await WriteAsync(context, answer, isSsz).ConfigureAwait(false);
        }
        catch (BeaconApiException refused)
        {
            await RefuseAsync(context, refused).ConfigureAwait(false);
        }
        catch (NodeException failure)
        {
            await RefuseAsync(context, BeaconApiException.Of(failure)).ConfigureAwait(false);
        }
        catch (BadHttpRequestException wrong)
        {
            await RefuseAsync(context, new BeaconApiException(wrong.StatusCode, wrong.Message)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested)
        {
            if (!context.RequestAborted.IsCancellationRequested)
                await RefuseAsync(context, new BeaconApiException(StatusCodes.Status503ServiceUnavailable, $"no answer within {limits.Timeout}")).ConfigureAwait(false);
        }
        catch (Exception failure) when (!context.Response.HasStarted)
        {
            LogFailed(failure, context.Request.Path);
            await RefuseAsync(context, new BeaconApiException(StatusCodes.Status500InternalServerError, "the node failed; its log says more")).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext context, BeaconAnswer answer, bool isSsz)
    {
        HttpResponse response = context.Response;
        response.StatusCode = answer.Status;
        foreach ((string name, string value) in answer.Headers)
            response.Headers[name] = value;
        if (answer.WriteJson is not { } writeJson)
            return;
        response.Headers.Vary = "Accept";
        response.ContentType = isSsz ? "application/octet-stream" : "application/json";
        if (isSsz)
        {
            byte[] bytes = answer.Encode!();
            response.ContentLength = bytes.Length;
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
            return;
        }
        await using Utf8JsonWriter writer = new(response.BodyWriter);
        writeJson(writer);
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The Beacon API failed at {Path}")]
    private partial void LogFailed(Exception failure, string path);
}
