using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>The outermost call of a transaction, or a system call.</summary>
internal readonly ref struct CallMessage
{
    public required Address Caller { get; init; }

    /// <summary>Whom is called; for a creation, where the contract will be.</summary>
    public required Address Target { get; init; }

    public UInt256 Value { get; init; }

    /// <summary>The input; for a creation, its initcode.</summary>
    public ReadOnlySpan<byte> Input { get; init; }

    public required long Gas { get; init; }

    public bool IsCreation { get; init; }
}

/// <summary>What came of a call.</summary>
/// <param name="Halt">How it ended.</param>
/// <param name="GasLeft">What it did not use.</param>
public readonly record struct CallResult(Halt Halt, long GasLeft)
{
    /// <summary>True when its changes hold.</summary>
    public bool IsSuccess => Halt < Halt.Revert;
}
