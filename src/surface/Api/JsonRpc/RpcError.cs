namespace Flashback.Api.JsonRpc;

/// <summary>The codes that clients tell errors by. spec: JSON-RPC 2.0, section 5.1; EIP-1474</summary>
public static class RpcCode
{
    /// <summary>The body is no JSON.</summary>
    public const int ParseError = -32700;

    /// <summary>The JSON is no request.</summary>
    public const int InvalidRequest = -32600;

    /// <summary>There is no such method.</summary>
    public const int MethodNotFound = -32601;

    /// <summary>The parameters are not what the method takes.</summary>
    public const int InvalidParams = -32602;

    /// <summary>We failed, not the caller.</summary>
    public const int Internal = -32603;

    /// <summary>The request was understood and cannot be done.</summary>
    public const int Server = -32000;

    /// <summary>What is asked for is not here any more, or not yet. spec: EIP-1474</summary>
    public const int NotFound = -32001;

    /// <summary>It took too long.</summary>
    public const int Timeout = -32002;

    /// <summary>It asks for more than one request may have. spec: EIP-1474</summary>
    public const int LimitExceeded = -32005;

    /// <summary>The code that was called reverted; its output is the error's data.</summary>
    public const int Reverted = 3;
}

/// <summary>A request that cannot be answered; what the caller is told. Thrown by methods and readers of parameters, caught by <see cref="RpcDispatcher"/> alone.</summary>
/// <param name="code">One of <see cref="RpcCode"/>, or a method's own.</param>
/// <param name="message">For people, in the words that clients know from other nodes.</param>
/// <param name="data">Bytes that belong to it: what reverted code returned.</param>
public sealed class RpcException(int code, string message, byte[]? data = null) : Exception(message)
{
    /// <summary>One of <see cref="RpcCode"/>, or a method's own.</summary>
    public int Code => code;

    /// <summary>Bytes that belong to it, or null.</summary>
    public byte[]? Payload => data;

    internal static RpcException InvalidParams(string why) => new(RpcCode.InvalidParams, why);

    internal static RpcException Refused(string why) => new(RpcCode.Server, why);
}
