using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What is wrong with bytes that are no transaction.</summary>
public enum TransactionFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are not RLP of the right shape.</summary>
    Rlp,

    /// <summary>A type byte that stands for no type. spec: EIP-2718</summary>
    UnknownType,

    /// <summary>A signature's V or parity that no signature has. spec: EIP-155</summary>
    SignatureParity,
}

/// <summary>Why bytes are no transaction.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Rlp">Which rule of RLP is broken, if it is that.</param>
public readonly record struct TransactionFault(TransactionFaultKind Kind, RlpFault Rlp = RlpFault.None);
