using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What came of a call by the protocol itself.</summary>
/// <param name="Halt">How it ended.</param>
/// <param name="Output">What it returned.</param>
public sealed record SystemCallOutcome(Halt Halt, ReadOnlyMemory<byte> Output)
{
    /// <summary>Gas that each such call has. spec: EIP-4788</summary>
    public const long GasLimit = 30_000_000;

    /// <summary>In whose name the protocol calls. spec: EIP-4788 SYSTEM_ADDRESS</summary>
    public static Address Caller { get; } = FixedBytes.Parse<Address>("0xfffffffffffffffffffffffffffffffffffffffe");

    /// <summary>True when its changes hold.</summary>
    public bool IsSuccess => Halt < Halt.Revert;
}
