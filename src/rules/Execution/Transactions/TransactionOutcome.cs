using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What a valid transaction did.</summary>
/// <param name="Halt">How its outermost call ended.</param>
/// <param name="GasUsed">What the sender paid for.</param>
/// <param name="GasPrice">Wei per gas that the sender paid.</param>
/// <param name="Output">What the outermost call returned; for a creation, the contract's code.</param>
/// <param name="Logs">In the order they were made; none if it failed.</param>
/// <param name="Created">Where the contract is that it made, or would be had it not failed; null when it calls somebody.</param>
public sealed record TransactionOutcome(Halt Halt, ulong GasUsed, UInt256 GasPrice, ReadOnlyMemory<byte> Output, IReadOnlyList<Log> Logs, Address? Created)
{
    /// <summary>The receipt's status: true when its changes hold. spec: EIP-658</summary>
    public bool IsSuccess => Halt < Halt.Revert;
}
