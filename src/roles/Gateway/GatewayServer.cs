using System.Net;
using Flashback.Client;
using Flashback.Files.Content;
using Flashback.Gateway.Http;
using Flashback.Gateway.Objects;
using Flashback.Gateway.S3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Flashback.Gateway;

/// <summary>Where a gateway listens, and whom it answers.</summary>
/// <param name="Files">Where plain HTTP and IPFS are answered; port 0 takes a free one.</param>
/// <param name="S3">Where S3 is answered.</param>
public sealed record GatewayEndpoints(IPEndPoint Files, IPEndPoint S3)
{
    /// <summary>What whoever asks over plain HTTP and IPFS must show; null answers everybody, if they name this machine by its address or as <c>localhost</c>.</summary>
    public BearerToken? Token { get; init; }

    /// <summary>Who may ask over S3.</summary>
    public required IReadOnlyList<S3Credentials> Credentials { get; init; }

    /// <summary>The domain whose subdomains are buckets; null when buckets stand in paths alone.</summary>
    public string? Domain { get; init; }
}

/// <summary>One service and several ways to it: S3, plain HTTP, and the trustless gateway of IPFS, all over one <see cref="ObjectStore"/>.</summary>
public sealed partial class GatewayServer : IAsyncDisposable
{
    private const int MostConnections = 1024;
    private const int MostHeaderBytes = 32 << 10;

    private readonly WebApplication _app;
    private readonly GatewayEndpoints _endpoints;
    private readonly S3Endpoint _s3;
    private readonly FileEndpoint _files;
    private readonly AccountEndpoint _account;
    private readonly IpfsEndpoint _ipfs;
    private readonly TimeSpan _patience;
    private readonly ILogger _log;

    private GatewayServer(WebApplication app, GatewayEndpoints endpoints, ObjectStore store, GatewayOptions options, ILogger log)
    {
        (_app, _endpoints, _patience, _log) = (app, endpoints, options.Patience, log);
        (Files, S3) = (endpoints.Files, endpoints.S3);
        _s3 = new S3Endpoint(store, endpoints.Credentials, endpoints.Domain, log);
        _files = new FileEndpoint(store, options.FilesBucket, options.PieceAge);
        _account = new AccountEndpoint(store);
        _ipfs = new IpfsEndpoint(store);
    }

    /// <summary>Where plain HTTP and IPFS are answered.</summary>
    public IPEndPoint Files { get; private set; }

    /// <summary>Where S3 is answered.</summary>
    public IPEndPoint S3 { get; private set; }

    /// <summary>Starts a server.</summary>
    /// <param name="endpoints">Where, and for whom.</param>
    /// <param name="store">What is served; the caller's to dispose, after the server.</param>
    /// <param name="options">How things are kept.</param>
    /// <param name="logging">Where logs go.</param>
    /// <param name="cancellation">Gives up starting.</param>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayEndpoints endpoints, ObjectStore store, GatewayOptions options, ILoggerFactory logging, CancellationToken cancellation)
    {
        await CreateFilesBucketAsync(store, options.FilesBucket, cancellation).ConfigureAwait(false);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, endpoints));
        WebApplication app = builder.Build();
        GatewayServer server = new(app, endpoints, store, options, logging.CreateLogger("Flashback.Gateway"));
        app.Run(server.AnswerAsync);
        await app.StartAsync(cancellation).ConfigureAwait(false);
        int[] ports = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address).Port)];
        (server.Files, server.S3) = (new(endpoints.Files.Address, ports[0]), new(endpoints.S3.Address, ports[1]));
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource time = new(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(time.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    private static void Configure(KestrelServerOptions kestrel, GatewayEndpoints endpoints)
    {
        kestrel.Listen(endpoints.Files);
        kestrel.Listen(endpoints.S3);
        kestrel.AddServerHeader = false;
        kestrel.ResponseHeaderEncodingSelector = _ => System.Text.Encoding.UTF8; // metadata is given back as it came
        kestrel.Limits.MaxRequestBodySize = null; // what is taken is counted as it streams in
        kestrel.Limits.MaxConcurrentConnections = MostConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = MostHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    private static async Task CreateFilesBucketAsync(ObjectStore store, string bucket, CancellationToken cancellation)
    {
        try
        {
            await store.CreateBucketAsync(bucket, cancellation).ConfigureAwait(false);
        }
        catch (ObjectException refusal) when (refusal.Fault == ObjectFault.BucketAlreadyOwnedByYou)
        {
            // from an earlier start
        }
    }

    private Task AnswerAsync(HttpContext http)
    {
        http.Request.Body = new PatientBody(http.Request.Body, _patience);
        return http.Connection.LocalPort == S3.Port ? _s3.AnswerAsync(http) : AnswerFilesAsync(http);
    }

    private async Task AnswerFilesAsync(HttpContext http)
    {
        try
        {
            if (_endpoints.Token is { } token ? !token.IsShownIn(http.Request.Headers.Authorization) : !IsNamedPlainly(http.Request.Host.Host))
                throw new BadHttpRequestException(_endpoints.Token is null ? "invalid host specified" : "the token is missing or wrong", _endpoints.Token is null ? 403 : 401);
            await FindFile(http)(http).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // nobody is there any more to be told
        }
        catch (Exception failure)
        {
            await RefuseAsync(http, failure).ConfigureAwait(false);
        }
    }

    private RequestDelegate FindFile(HttpContext http)
    {
        bool isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return http.Request.Path.Value switch
        {
            "/upload" => HttpMethods.IsPost(http.Request.Method) ? _files.PutAsync : throw new BadHttpRequestException("files are put by POST", StatusCodes.Status405MethodNotAllowed),
            "/health" when isRead => http => http.Response.WriteAsync("{\"healthy\":true}\n", http.RequestAborted),
            "/quote" when isRead => _account.QuoteAsync,
            "/deals" when isRead => _account.ListDealsAsync,
            "/wallet" when isRead => _account.TellWalletAsync,
            "/files" when isRead => _files.ListAsync,
            { } path when path.StartsWith("/files/", StringComparison.Ordinal) && isRead => _files.GetAsync,
            { } path when path.StartsWith("/files/", StringComparison.Ordinal) && HttpMethods.IsDelete(http.Request.Method) => _files.DeleteAsync,
            { } path when path.StartsWith("/stat/", StringComparison.Ordinal) && isRead => _files.StatAsync,
            { } path when path.StartsWith("/ipfs/", StringComparison.Ordinal) && isRead => _ipfs.AnswerAsync,
            _ => throw new BadHttpRequestException("there is POST /upload, GET /files, GET and DELETE /files/{cid}, GET /stat/{cid}, GET /ipfs/{cid}, GET /quote, GET /deals and GET /wallet", StatusCodes.Status404NotFound),
        };
    }

    /// <summary>A page whose name was bound to our address after it was loaded sends its own name. An address cannot be bound to.</summary>
    private static bool IsNamedPlainly(string host) => host == "localhost" || IPAddress.TryParse(host, out _);

    private async Task RefuseAsync(HttpContext http, Exception failure)
    {
        (int status, string message) = failure switch
        {
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            Microsoft.AspNetCore.Connections.ConnectionResetException or ObjectDisposedException => (400, "the connection broke"),
            S3Exception wrong => (wrong.Error.Status, wrong.Message),
            ObjectException { Fault: ObjectFault.SlowDown } full => (StatusCodes.Status503ServiceUnavailable, full.Message),
            ObjectException refusal => (StatusCodes.Status400BadRequest, refusal.Message),
            BlockUnavailableException { IsKnown: true } missing => (StatusCodes.Status503ServiceUnavailable, missing.Message),
            BlockUnavailableException missing => (StatusCodes.Status404NotFound, missing.Message),
            InvalidDataException wrong => (StatusCodes.Status400BadRequest, wrong.Message),
            _ => (StatusCodes.Status500InternalServerError, "something failed here"),
        };
        if (status == StatusCodes.Status500InternalServerError)
            Log.Failed(_log, failure);
        if (http.Response.HasStarted)
        {
            http.Abort(); // half an answer must not look like a whole one
            return;
        }
        http.Response.Clear();
        http.Response.StatusCode = status;
        http.Response.Headers.CacheControl = "no-store"; // what is not here now may be here next
        if (status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = "5";
        if (status == StatusCodes.Status401Unauthorized)
            http.Response.Headers.WWWAuthenticate = "Bearer";
        try
        {
            await http.Response.WriteAsync(message + "\n", http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // nobody is there any more to be told
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A request failed")]
        public static partial void Failed(ILogger log, Exception failure);
    }
}
