using Flashback.Primitives;

namespace Flashback.Execution;

/// <summary>What code may learn about the block it runs in.</summary>
/// <param name="ChainId">The chain. spec: EIP-1344</param>
/// <param name="Coinbase">Who is paid the priority fees.</param>
/// <param name="Number">The block's number.</param>
/// <param name="Timestamp">Seconds since 1970.</param>
/// <param name="GasLimit">Most gas of all its transactions.</param>
/// <param name="PrevRandao">The beacon chain's randomness. spec: EIP-4399</param>
/// <param name="BaseFee">Wei per gas that is burnt. spec: EIP-1559</param>
/// <param name="BlobBaseFee">Wei per blob gas, all burnt. spec: EIP-4844</param>
/// <param name="HashOf">The hash of an earlier block by its number; asked for one of the last 256 only.</param>
public sealed record BlockEnvironment(
    ulong ChainId,
    Address Coinbase,
    ulong Number,
    ulong Timestamp,
    ulong GasLimit,
    Hash32 PrevRandao,
    UInt256 BaseFee,
    UInt256 BlobBaseFee,
    Func<ulong, Hash32> HashOf);

/// <summary>What code may learn about the transaction it runs in.</summary>
/// <param name="Origin">The sender.</param>
/// <param name="GasPrice">Wei per gas that the sender pays.</param>
/// <param name="BlobHashes">The versioned hashes of its blobs. spec: EIP-4844</param>
public sealed record TransactionEnvironment(Address Origin, UInt256 GasPrice, IReadOnlyList<Hash32> BlobHashes);
