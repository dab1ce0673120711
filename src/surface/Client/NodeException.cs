namespace Flashback.Client;

/// <summary>Why a node did not do what it was asked for.</summary>
public enum NodeFault
{
    /// <summary>It does not answer.</summary>
    Unreachable,

    /// <summary>It is behind the chain and cannot tell.</summary>
    Syncing,

    /// <summary>It understood, and will not: what was handed over breaks a rule, or what was asked for is none of its business.</summary>
    Refused,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>A node did not do what it was asked for.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">Why, in its words.</param>
/// <param name="inner">What lies behind it.</param>
public sealed class NodeException(NodeFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public NodeFault Fault => fault;
}
