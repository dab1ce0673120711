namespace Flashback.Api.JsonRpc;

/// <summary>What one caller may ask for.</summary>
public sealed record RpcLimits
{
    /// <summary>Longest body of a request, and longest message on a socket, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 5 << 20;

    /// <summary>Most requests in a batch.</summary>
    public int MaxBatch { get; init; } = 1000;

    /// <summary>Most bytes of all answers to one body.</summary>
    public int MaxAnswerBytes { get; init; } = 128 << 20;

    /// <summary>Longest time for one body.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most gas of one call.</summary>
    public ulong MaxCallGas { get; init; } = 100_000_000_000;

    /// <summary>Most calls that run at once; more wait for their turn.</summary>
    public int MaxConcurrentCalls { get; init; } = Math.Max(4, 2 * Environment.ProcessorCount);

    /// <summary>Most logs that one search returns.</summary>
    public int MaxLogs { get; init; } = 20_000;

    /// <summary>Most connections at once.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>Most subscriptions of one socket.</summary>
    public int MaxSubscriptions { get; init; } = 128;

    /// <summary>Most filters of all callers together.</summary>
    public int MaxFilters { get; init; } = 4096;

    /// <summary>A filter that nobody asks about for so long is gone.</summary>
    public TimeSpan FilterLife { get; init; } = TimeSpan.FromMinutes(5);
}
