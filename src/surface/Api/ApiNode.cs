using Flashback.Chain;
using Flashback.Chain.Spacetime;

namespace Flashback.Api;

/// <summary>What an <see cref="ApiServer"/> tells of.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Pool">Where transactions go.</param>
/// <param name="Builder">What puts the pending block together.</param>
/// <param name="Wallet">Accounts that it signs for.</param>
/// <param name="Clock">The time.</param>
public sealed record ApiNode(ChainService Chain, TransactionPool Pool, BlockBuilder Builder, Wallet Wallet, TimeProvider Clock)
{
    /// <summary>Where proofs of storage are found; null on nodes that keep no blobs.</summary>
    public ProofArchive? Proofs { get; init; }
}
