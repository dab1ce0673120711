using Flashback.Api.JsonRpc;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Flashback.Api.Beacon.Http;

/// <summary>The Beacon API on a port of its own: what validator clients, explorers and those that begin with a checkpoint ask. spec: beacon-APIs v3</summary>
public sealed class BeaconServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BeaconServer(WebApplication app) => _app = app;

    /// <summary>What one caller may ask for where nothing else is said: a block with all of its blobs in JSON is the longest body.</summary>
    public static RpcLimits DefaultLimits { get; } = new() { MaxBodyBytes = 32 << 20 };

    /// <summary>Puts the server together.</summary>
    /// <param name="options">For whom.</param>
    /// <param name="port">Where it listens; the server takes it over.</param>
    /// <param name="node">What it tells of.</param>
    /// <param name="clock">The time.</param>
    /// <param name="logging">Where logs go.</param>
    public static BeaconServer Create(ApiOptions options, ApiPort port, BeaconApiNode node, TimeProvider clock, ILoggerFactory logging)
    {
        WebApplication app = WebHosting.Build(options, port, logging);
        app.Use(NameWhatIsNotThereAsync);
        BeaconTable table = new(app, options.Limits, logging.CreateLogger<BeaconServer>());
        BeaconChain chain = node.Node.Chain;
        ChainLookup lookup = new(chain);
        INodeClient client = node.Client;
        new StateEndpoints(lookup).AddTo(table);
        new ValidatorEndpoints(lookup).AddTo(table);
        new BlockEndpoints(lookup, client).AddTo(table);
        new PoolEndpoints(node).AddTo(table);
        new LightClientEndpoints(chain).AddTo(table);
        new ConfigEndpoints(chain, node.Execution.Config).AddTo(table);
        new DebugEndpoints(lookup).AddTo(table);
        new NodeEndpoints(node).AddTo(table);
        new DutyEndpoints(client, chain.Preset).AddTo(table);
        new ProductionEndpoints(client, chain).AddTo(table);
        new PreparationEndpoints(client).AddTo(table);
        new EventStream(chain, clock, options.Limits.MaxConnections / 2, app.Lifetime.ApplicationStopping).AddTo(table);
        return new BeaconServer(app);
    }

    /// <summary>Answers, also those who have come already.</summary>
    public Task StartAsync(CancellationToken cancellation) => _app.StartAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        using (CancellationTokenSource time = new(TimeSpan.FromSeconds(5)))
            await _app.StopAsync(time.Token).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Paths that are not there, or not with this method, are errors in the form of all others.</summary>
    private static async Task NameWhatIsNotThereAsync(HttpContext context, RequestDelegate next)
    {
        await next(context).ConfigureAwait(false);
        if (context.Response is { HasStarted: false, ContentType: null, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed })
        {
            string what = context.Response.StatusCode == StatusCodes.Status404NotFound ? "there is no such endpoint" : "the endpoint has no such method";
            await BeaconTable.RefuseAsync(context, new BeaconApiException(context.Response.StatusCode, what)).ConfigureAwait(false);
        }
    }
}
