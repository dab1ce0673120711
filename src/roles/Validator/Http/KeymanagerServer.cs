using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>The keymanager API: keys come and go while the validator runs. spec: ethereum/keymanager-APIs v1</summary>
/// <remarks>
/// Only who shows the token of <see cref="BearerToken"/> is answered. Passwords and keys come in request bodies and go nowhere but into the folder: nothing
/// of a body is logged. What is wrong with a request is told as {"message":…}.
/// </remarks>
public sealed class KeymanagerServer : IAsyncDisposable
{
    private const int MostBody = 64 << 20;
    private const int MostConnections = 64;

    private readonly WebApplication _app;
    private readonly BearerToken _token;

    private KeymanagerServer(WebApplication app, BearerToken token, KeymanagerRequests requests)
    {
        (_app, _token) = (app, token);
        app.MapGet("/eth/v1/keystores", context => AnswerAsync(context, _ => requests.List()));
        app.MapPost("/eth/v1/keystores", context => AnswerAsync(context, requests.Import));
        app.MapDelete("/eth/v1/keystores", context => AnswerAsync(context, requests.Delete));
        foreach (KeySetting setting in KeySetting.All)
        {
            string path = $"/eth/v1/validator/{{pubkey}}/{setting.Path}";
            app.MapGet(path, context => AnswerAsync(context, _ => requests.Read(setting, KeyIn(context))));
            app.MapPost(path, context => AnswerAsync(context, body => requests.Write(setting, KeyIn(context), body), StatusCodes.Status202Accepted));
            app.MapDelete(path, context => AnswerAsync(context, _ => requests.Remove(setting, KeyIn(context)), StatusCodes.Status204NoContent));
        }
        app.MapPost("/eth/v1/validator/{pubkey}/voluntary_exit", context => SignExitAsync(context, requests));
    }

    /// <summary>Where the server listens: of use when its port was 0.</summary>
    public IPEndPoint Endpoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts a server.</summary>
    /// <param name="listen">Where it listens; port 0 takes a free one.</param>
    /// <param name="token">What whoever asks must show.</param>
    /// <param name="requests">Answers.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<KeymanagerServer> StartAsync(IPEndPoint listen, BearerToken token, KeymanagerRequests requests, ILoggerFactory logging, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.Services.AddRoutingCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listen));
        KeymanagerServer server = new(builder.Build(), token, requests);
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
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint listen)
    {
        kestrel.Listen(listen);
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MostBody;
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    }

    private static string KeyIn(HttpContext context) => (string?)context.Request.RouteValues["pubkey"] ?? "";

    private Task SignExitAsync(HttpContext context, KeymanagerRequests requests) =>
        AnswerTaskAsync(context, _ => requests.ExitAsync(KeyIn(context), context.Request.Query["epoch"], context.RequestAborted), StatusCodes.Status200OK);

    private Task AnswerAsync(HttpContext context, Func<JsonElement, JsonObject?> answer, int success = StatusCodes.Status200OK) =>
        AnswerTaskAsync(context, body => Task.Run(() => answer(body)), success);

    private async Task AnswerTaskAsync(HttpContext context, Func<JsonElement, Task<JsonObject?>> answer, int success)
    {
        if (!_token.IsShownIn(context.Request.Headers.Authorization))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "the token is missing or wrong").ConfigureAwait(false);
            return;
        }
        try
        {
            using JsonDocument? body = context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0
                ? await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false)
                : null;
            JsonObject? result = await answer(body?.RootElement ?? default).ConfigureAwait(false);
            context.Response.StatusCode = success;
            if (result is not null)
                await WriteAsync(context, result).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message).ConfigureAwait(false);
        }
        catch (KeyNotFoundException e)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, e.Message).ConfigureAwait(false);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, e.Message).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or State.Store.StoreException)
        {
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, e.Message).ConfigureAwait(false);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return WriteAsync(context, new JsonObject { ["message"] = reason });
    }

    private static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}
