using Flashback.Api.Calls;
using Flashback.Api.Engine;
using Flashback.Api.JsonRpc;
using Flashback.Api.Methods;
using Flashback.Api.Simulation;
using Flashback.Api.Subscriptions;
using Flashback.Api.Tracing;
using Flashback.Chain;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Flashback.Api;

/// <summary>The node's answers: JSON-RPC over HTTP and WebSocket on one port, <c>/health</c> and <c>/metrics</c> beside it; and on another, for who knows the secret, the Engine API as well.</summary>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly IReadOnlyList<WebApplication> _apps;
    private readonly CallRunner _runner;

    private ApiServer(IReadOnlyList<WebApplication> apps, CallRunner runner) => (_apps, _runner) = (apps, runner);

    /// <summary>Puts the server together.</summary>
    /// <param name="options">For whom.</param>
    /// <param name="port">Where it listens; the server takes it over.</param>
    /// <param name="node">What it tells of.</param>
    /// <param name="more">Adds methods that only some nodes have.</param>
    /// <param name="engine">Where a consensus client is answered; null when none drives this node.</param>
    /// <param name="logging">Where logs go.</param>
    public static ApiServer Create(ApiOptions options, ApiPort port, ApiNode node, Action<RpcTable> more, EngineAccess? engine, ILoggerFactory logging)
    {
        ChainReader reader = new(node.Chain, new PendingBlock(node));
        CallRunner runner = new(reader, options.Limits);
        RpcTable table = MethodsOf(options, node, reader, runner);
        more(table);
        table.Add("rpc_modules", _ => table.Names.Select(name => name[..name.IndexOf('_', StringComparison.Ordinal)]).Distinct().Order().ToDictionary(name => name, _ => "1.0"));
        WebApplication app = Serve(options, port, node, table, null, logging);
        app.MapGet("/health", context => context.Response.WriteAsJsonAsync(new Wire.WireHealth(true, node.Chain.Snapshot.Number), Wire.WireContext.Default.WireHealth));
        app.MapPrometheusScrapingEndpoint("/metrics");
        if (engine is null)
            return new ApiServer([app], runner);

        RpcTable withEngine = new(table);
        new EngineMethods(engine.Engine, node.Chain, node.Pool).AddTo(withEngine);
        return new ApiServer([app, Serve(options with { Limits = engine.Limits }, engine.Port, node, withEngine, engine, logging)], runner);
    }

    /// <summary>Answers, also those who have come already.</summary>
    public Task StartAsync(CancellationToken cancellation) => Task.WhenAll(_apps.Select(app => app.StartAsync(cancellation)));

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource time = new(TimeSpan.FromSeconds(5)))
            await Task.WhenAll(_apps.Select(app => app.StopAsync(time.Token))).ConfigureAwait(false);
        foreach (WebApplication app in _apps)
            await app.DisposeAsync().ConfigureAwait(false);
        _runner.Dispose();
    }

    private static RpcTable MethodsOf(ApiOptions options, ApiNode node, ChainReader reader, CallRunner runner)
    {
        EthFeeMethods fees = new(reader);
        RpcTable table = new();
        new NodeMethods(reader).AddTo(table);
        new EthChainMethods(reader).AddTo(table);
        new EthStateMethods(reader).AddTo(table);
        new EthCallMethods(runner, new Simulator(reader, options.Limits)).AddTo(table);
        new EthTransactionMethods(reader, node.Pool, node.Wallet, runner, fees).AddTo(table);
        new EthLogMethods(reader, new FilterSet(node.Chain, node.Pool, options.Limits, node.Clock), options.Limits).AddTo(table);
        new DebugMethods(reader, runner, new Tracers(options.Limits)).AddTo(table);
        fees.AddTo(table);
        if (node.Chain.Spacetime is { } fork)
            new StorageMethods(reader, runner, fork, node.Proofs).AddTo(table);
        return table;
    }

    private static WebApplication Serve(ApiOptions options, ApiPort port, ApiNode node, RpcTable table, EngineAccess? engine, ILoggerFactory logging)
    {
        RpcDispatcher dispatcher = new(table, options.Limits, logging.CreateLogger<RpcDispatcher>());
        WebApplication app = Build(options, port, isMain: engine is null, logging);
        if (engine is not null)
            app.Use((context, next) => engine.Secret.Check(context.Request.Headers.Authorization, node.Clock.GetUtcNow()) is { } wrong ? WebHosting.RefuseAsync(context, StatusCodes.Status401Unauthorized, wrong) : next(context));
        app.MapPost("/", new RpcHttp(dispatcher, options.Limits).AnswerAsync);
        app.MapGet("/", context => ServeSocketAsync(context, dispatcher, node, options.Limits, app.Lifetime.ApplicationStopping));
        return app;
    }

    private static WebApplication Build(ApiOptions options, ApiPort port, bool isMain, ILoggerFactory logging)
    {
        WebApplication app = WebHosting.Build(options, port, logging, services =>
        {
            if (isMain)
                Observe(services.AddOpenTelemetry(), options);
        });
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        return app;
    }

    /// <summary>Metrics for who asks; traces for where they are sent.</summary>
    private static void Observe(OpenTelemetryBuilder telemetry, ApiOptions options)
    {
        telemetry.ConfigureResource(resource => resource.AddService("flashback"))
            .WithMetrics(metrics => metrics.AddMeter("Flashback.*").AddRuntimeInstrumentation().AddPrometheusExporter());
        if (options.TraceEndpoint is { } endpoint)
            telemetry.WithTracing(traces => traces.AddSource(ChainTraces.SourceName).AddOtlpExporter(exporter => exporter.Endpoint = endpoint));
    }

    private static async Task ServeSocketAsync(
        HttpContext context, RpcDispatcher dispatcher, ApiNode node, RpcLimits limits, CancellationToken stop)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await WebHosting.RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "Flashback answers JSON-RPC: POST a request here, or open a WebSocket").ConfigureAwait(false);
            return;
        }
        using System.Net.WebSockets.WebSocket socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        using SubscriptionSet subscriptions = new(node.Chain, node.Pool, limits);
        await new RpcSocket(socket, dispatcher, subscriptions, limits).RunAsync(stop).ConfigureAwait(false);
    }
}
