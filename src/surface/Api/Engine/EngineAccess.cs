using Flashback.Api.JsonRpc;
using Flashback.Chain;

namespace Flashback.Api.Engine;

/// <summary>Where and how a consensus client is answered. spec: execution-apis engine, authentication</summary>
/// <param name="Port">A port of its own.</param>
/// <param name="Secret">What the client must know.</param>
/// <param name="Engine">What it drives.</param>
public sealed record EngineAccess(ApiPort Port, JwtSecret Secret, ExecutionEngine Engine)
{
    /// <summary>What one request may have: payloads and blobs are long, and who sends them is known.</summary>
    public RpcLimits Limits { get; init; } = new() { MaxBodyBytes = 128 << 20 };
}
