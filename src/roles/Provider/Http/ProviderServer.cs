using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Primitives;
using Flashback.Proofs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Flashback.Provider;

/// <summary>What a provider's server answers about.</summary>
/// <param name="Requests">Judges proofs.</param>
public sealed record ProviderAnswers(ProofRequests Requests)
{
    /// <summary>The status of the provider that runs beside it; null where none does. Itself null until the node has answered.</summary>
    public Func<ProviderStatus?>? Status { get; init; }

    /// <summary>Takes and gives pieces; null where none are.</summary>
    public PieceEndpoints? Pieces { get; init; }
}

/// <summary>What a provider answers over HTTP: <c>POST /verify-seal</c>, <c>/verify-post</c>, <c>/verify-update</c>, <c>GET /health</c> and <c>/metrics</c>, of one that runs <c>GET /status</c>, and where pieces are taken those of <see cref="PieceEndpoints"/>.</summary>
/// <remarks>
/// A proof is answered with 200 and {"valid":true} or {"valid":false,"rule":…,"detail":…}; JSON that says too little with 400, a key that is not
/// there with 404, more requests than can wait with 503, each with {"error":{"code":…,"message":…}}.
/// </remarks>
public sealed class ProviderServer : IAsyncDisposable
{
    private const int MostBody = 16 << 20;
    private const int MostConnections = 1024;
    private const int MostWaiting = 64;
    private const int MostBuffered = 512 << 10; // of a response: the next part is read while one is sent

    private readonly WebApplication _app;
    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private int _waiting;

    private ProviderServer(WebApplication app, ProviderAnswers answers)
    {
        _app = app;
        app.MapPost("/verify-seal", context => AnswerAsync(context, answers.Requests.JudgeSeal));
        app.MapPost("/verify-post", context => AnswerAsync(context, answers.Requests.JudgePost));
        app.MapPost("/verify-update", context => AnswerAsync(context, answers.Requests.JudgeUpdate));
        app.MapPrometheusScrapingEndpoint("/metrics");
        if (answers.Status is { } status)
            app.MapGet("/status", context => TellAsync(context, status()));
        answers.Pieces?.Map(app);
        app.MapGet("/health", context => HttpAnswers.WriteAsync(context, StatusCodes.Status200OK, new JsonObject { ["healthy"] = true }));
    }

    /// <summary>Where the server listens: of use when its port was 0.</summary>
    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts a server.</summary>
    /// <param name="listen">Where it listens; port 0 takes a free one.</param>
    /// <param name="answers">What about.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<ProviderServer> StartAsync(IPEndPoint listen, ProviderAnswers answers, ILoggerFactory logging, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("flashback"))
            .WithMetrics(metrics => metrics.AddMeter("Flashback.*").AddRuntimeInstrumentation().AddPrometheusExporter());
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listen));
        ProviderServer server = new(builder.Build(), answers);
        await server._app.StartAsync(cancellation).ConfigureAwait(false);
        string address = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        server.Endpoint = new(listen.Address, new Uri(address).Port);
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource time = new(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(time.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _cores.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint listen)
    {
        kestrel.Listen(listen);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MostBody;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxResponseBufferSize = MostBuffered;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private async Task AnswerAsync(HttpContext context, Func<JsonElement, Invalid<StorageProofRule>?> judge)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "busy", "too many proofs are waiting to be verified").ConfigureAwait(false);
            return;
        }
        try
        {
            using JsonDocument input = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
            await _cores.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            Invalid<StorageProofRule>? broken;
            try
            {
                broken = await Task.Run(() => judge(input.RootElement), context.RequestAborted).ConfigureAwait(false);
            }
            finally
            {
                _cores.Release();
            }
            JsonObject answer = broken is null
                ? new() { ["valid"] = true }
                : new() { ["valid"] = false, ["rule"] = broken.Rule.ToString(), ["detail"] = broken.Detail };
            await HttpAnswers.WriteAsync(context, StatusCodes.Status200OK, answer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status400BadRequest, "invalid_request", e.Message).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await HttpAnswers.RefuseAsync(context, e.StatusCode, "invalid_request", e.Message).ConfigureAwait(false);
        }
        catch (ParameterException e)
        {
            await HttpAnswers.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_key", e.Message).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static Task TellAsync(HttpContext context, ProviderStatus? status)
    {
        if (status is null)
            return HttpAnswers.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "starting", "the node has not answered yet");
        context.Response.ContentType = "application/json";
        return context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(status, StatusJson.Default.ProviderStatus), context.RequestAborted).AsTask();
    }
}
