using Flashback.Api.JsonRpc;

namespace Flashback.Api;

/// <summary>Whom the node answers, and how much.</summary>
public sealed record ApiOptions
{
    /// <summary>The pages whose scripts may ask; "*" allows all. None by default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The names in the Host header that are answered, against pages that rebind theirs; "*" allows all. Addresses are always answered.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = ["localhost"];

    /// <summary>Where traces of block processing are sent, over OTLP with gRPC; null for nowhere, and then none are made.</summary>
    public Uri? TraceEndpoint { get; init; }

    /// <summary>What one caller may ask for.</summary>
    public RpcLimits Limits { get; init; } = new();
}
