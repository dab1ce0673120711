using Flashback.Primitives;

namespace Flashback.Client;

/// <summary>A node understood a request of JSON-RPC and refused it: what lies behind a <see cref="NodeException"/> of <see cref="NodeFault.Refused"/>.</summary>
/// <param name="code">JSON-RPC's code, or the node's own.</param>
/// <param name="message">The reason in the node's words.</param>
/// <param name="payload">What reverted code returned; empty where nothing was.</param>
public sealed class RpcErrorException(int code, string message, ReadOnlyMemory<byte> payload) : Exception(message)
{
    /// <summary>The code of code that reverted. spec: execution-apis, eth/execute.yaml</summary>
    public const int Reverted = 3;

    /// <summary>JSON-RPC's code, or the node's own.</summary>
    public int Code => code;

    /// <summary>What reverted code returned; empty where nothing was.</summary>
    public ReadOnlyMemory<byte> Payload => payload;

    /// <summary>Whether the code reverted with a custom error of this signature.</summary>
    public bool IsError(string signature) => payload.Span.StartsWith(Abi.Selector(signature));
}
