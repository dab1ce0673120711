namespace Flashback.Execution;

/// <summary>What a transaction left behind, as the block commits to it. spec: Ethereum Yellow Paper, section 4.4.1; EIP-658; EIP-2718</summary>
/// <param name="Type">The transaction's type, which the encoding begins with.</param>
/// <param name="IsSuccess">Whether its changes hold.</param>
/// <param name="CumulativeGasUsed">What it and the transactions before it in the block used.</param>
/// <param name="Logs">In the order they were made.</param>
public sealed record Receipt(TransactionType Type, bool IsSuccess, ulong CumulativeGasUsed, IReadOnlyList<Log> Logs)
{
    /// <summary>The filter over its logs.</summary>
    public LogBloom Bloom { get; } = LogBloom.Of(Logs);
}
