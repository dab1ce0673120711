using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What is wrong with bytes that are no block.</summary>
public enum BlockFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are not RLP of the right shape.</summary>
    Rlp,

    /// <summary>One of the transactions is none.</summary>
    Transaction,

    /// <summary>There are ommers, which no block has since the merge. spec: EIP-3675</summary>
    Ommers,
}

/// <summary>Why bytes are no block.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Rlp">Which rule of RLP is broken, if it is that.</param>
/// <param name="TransactionIndex">Which transaction is none, if it is that.</param>
/// <param name="Transaction">Why it is none.</param>
public readonly record struct BlockFault(BlockFaultKind Kind, RlpFault Rlp = RlpFault.None, int TransactionIndex = 0, TransactionFault Transaction = default);
