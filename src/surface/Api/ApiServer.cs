using System.Net;
using Flashback.Api.Calls;
using Flashback.Api.JsonRpc;
using Flashback.Api.Methods;
using Flashback.Api.Subscriptions;
using Flashback.Api.Tracing;
using Flashback.Chain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Flashback.Api;

/// <summary>The node's answers: JSON-RPC over HTTP and WebSocket on one port, <c>/health</c> and <c>/metrics</c> beside it.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CallRunner _runner;

    private ApiServer(WebApplication app, CallRunner runner) => (_app, _runner) = (app, runner);

    /// <summary>Puts the server together.</summary>
    /// <param name="options">For whom.</param>
    /// <param name="port">Where it listens; the server takes it over.</param>
    /// <param name="chain">The chain that it tells of.</param>
    /// <param name="pool">Where transactions go.</param>
    /// <param name="wallet">Accounts that it signs for.</param>
    /// <param name="more">Adds methods that only some nodes have.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logging">Where logs go.</param>
    public static ApiServer Create(
        ApiOptions options, ApiPort port, ChainService chain, TransactionPool pool, Wallet wallet, Action<RpcTable> more, TimeProvider clock, ILoggerFactory logging)
    {
        ChainReader reader = new(chain);
        CallRunner runner = new(reader, options.Limits);
        EthFeeMethods fees = new(reader);
        RpcTable table = new();
        new NodeMethods(reader).AddTo(table);
        new EthChainMethods(reader).AddTo(table);
        new EthStateMethods(reader).AddTo(table);
        new EthCallMethods(runner).AddTo(table);
        new EthTransactionMethods(reader, pool, wallet, runner, fees).AddTo(table);
        new EthLogMethods(reader, new FilterSet(chain, pool, options.Limits, clock), options.Limits).AddTo(table);
        new DebugMethods(reader, runner, new Tracers(options.Limits)).AddTo(table);
        fees.AddTo(table);
        more(table);
        table.Add("rpc_modules", _ => table.Names.Select(name => name[..name.IndexOf('_', StringComparison.Ordinal)]).Distinct().Order().ToDictionary(name => name, _ => "1.0"));

        RpcDispatcher dispatcher = new(table, options.Limits, logging.CreateLogger<RpcDispatcher>());
        WebApplication app = Build(options, port, logging);
        RpcHttp http = new(dispatcher, options.Limits);
        app.MapPost("/", http.AnswerAsync);
        app.MapGet("/", context => ServeSocketAsync(context, dispatcher, chain, pool, options.Limits, app.Lifetime.ApplicationStopping));
        app.MapGet("/health", context => context.Response.WriteAsJsonAsync(new Wire.WireHealth(true, chain.Snapshot.Number), Wire.WireContext.Default.WireHealth));
        app.MapPrometheusScrapingEndpoint("/metrics");
        return new ApiServer(app, runner);
    }

    /// <summary>Answers, also those who have come already.</summary>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource time = new(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(time.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
        _runner.Dispose();
    }

    private static WebApplication Build(ApiOptions options, ApiPort port, ILoggerFactory logging)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(logging);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, port));
        builder.Services.AddRoutingCore();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.WithOrigins([.. options.CorsOrigins]).AllowAnyHeader().WithMethods("POST", "GET")));
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Flashback.*").AddRuntimeInstrumentation().AddPrometheusExporter());
        WebApplication app = builder.Build();
        app.Use((context, next) => IsAnswered(context, options.Hosts) ? next(context) : Refuse(context));
        app.UseCors();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, ApiOptions options, ApiPort port)
    {
        kestrel.ListenHandle(port.TakeHandle());
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.MaxBodyBytes;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.MaxConnections / 2;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
    }

    /// <summary>A page whose name was bound to our address after it was loaded sends its own name: it is not answered. An address cannot be bound to.</summary>
    private static bool IsAnswered(HttpContext context, IReadOnlyList<string> hosts) =>
        hosts.Contains("*") || IPAddress.TryParse(context.Request.Host.Host, out _) || hosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase);

    private static Task Refuse(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("invalid host specified\n", context.RequestAborted);
    }

    private static async Task ServeSocketAsync(
        HttpContext context, RpcDispatcher dispatcher, ChainService chain, TransactionPool pool, RpcLimits limits, CancellationToken stop)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            await context.Response.WriteAsync("Flashback answers JSON-RPC: POST a request here, or open a WebSocket\n", context.RequestAborted).ConfigureAwait(false);
            return;
        }
        using System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using SubscriptionSet subscriptions = new(chain, pool, limits);
        await new RpcSocket(socket, dispatcher, subscriptions, limits).RunAsync(stop).ConfigureAwait(false);
    }
}
