using System.CommandLine;
using System.Net;
using Flashback.Api;
using Flashback.Api.JsonRpc;

namespace Flashback.Node;

/// <summary>Where JSON-RPC is answered, and to whom.</summary>
/// <param name="Address">The address listened on.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
/// <param name="Api">For whom.</param>
internal sealed record HttpSettings(IPAddress Address, int Port, ApiOptions Api);

/// <summary>The options of every verb that answers JSON-RPC.</summary>
internal sealed class HttpOptions
{
    private readonly Option<int> _port = new Option<int>("--http-port") { Description = "The port for JSON-RPC over HTTP and WebSocket; 0 takes a free one.", DefaultValueFactory = _ => 8545 }.Within(0, IPEndPoint.MaxPort);
    private readonly Option<string> _address = new Option<string>("--http-addr") { Description = "The address listened on.", DefaultValueFactory = _ => "127.0.0.1" }.AsAddress();
    private readonly Option<string[]> _origins = new("--http-cors") { Description = "Origins whose pages may ask; * for all.", DefaultValueFactory = _ => [] };
    private readonly Option<string[]> _hosts = new("--http-hosts") { Description = "Host names that are answered; * for all.", DefaultValueFactory = _ => ["localhost"] };
    private readonly Option<double> _timeout = new Option<double>("--rpc-timeout") { Description = "Longest time for a request, in seconds.", DefaultValueFactory = _ => 60 }.Within(0.1, 86_400.0);

    private readonly Option<Uri?> _traces =
        ProviderOptions.Address("--otlp-endpoint", "Where traces of block processing are sent, over OTLP with gRPC: http://localhost:4317. None are made without it.", required: false, "http://localhost:4317");

    public HttpOptions(Command command)
    {
        foreach (Option option in (Option[])[_port, _address, _origins, _hosts, _timeout, _traces])
            command.Options.Add(option);
    }

    public HttpSettings Read(ParseResult parsed) => new(
        IPAddress.Parse(parsed.GetValue(_address)!),
        parsed.GetValue(_port),
        new ApiOptions
        {
            TraceEndpoint = parsed.GetValue(_traces),
            CorsOrigins = parsed.GetValue(_origins)!, Hosts = parsed.GetValue(_hosts)!,
            Limits = new RpcLimits { Timeout = TimeSpan.FromSeconds(parsed.GetValue(_timeout)) },
        });

    /// <summary>The Beacon API's own port, at the same address and for the same callers.</summary>
    public static Option<int> BeaconPort(Command command)
    {
        Option<int> option = new Option<int>("--beacon-port") { Description = "The port for the Beacon API; 0 takes a free one.", DefaultValueFactory = _ => 5052 }.Within(0, IPEndPoint.MaxPort);
        command.Options.Add(option);
        return option;
    }
}
