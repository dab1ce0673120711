using System.Net;
using Flashback.Api.JsonRpc;

namespace Flashback.Api;

/// <summary>Where the node answers, and whom.</summary>
public sealed record ApiOptions
{
    /// <summary>The address listened on: nobody else's machine, unless told otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port for HTTP and WebSocket; 0 takes a free one.</summary>
    public int Port { get; init; } = 8545;

    /// <summary>The pages whose scripts may ask; "*" allows all. None by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The names in the Host header that are answered, against pages that rebind theirs; "*" allows all. Addresses are always answered.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["localhost"];

    /// <summary>What one caller may ask for.</summary>
    public RpcLimits Limits { get; init; } = new();
}
