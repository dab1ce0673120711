using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What a seal proof shows: that CommR commits to a replica of the data of CommD, made for this replica id.</summary>
/// <param name="Kind">The registered proof.</param>
/// <param name="ReplicaId">See <see cref="Proofs.ReplicaId"/>: provider, sector number, ticket and data are all in it.</param>
/// <param name="CommD">The commitment to the data.</param>
/// <param name="CommR">The commitment to the replica.</param>
/// <param name="Seed">The chain's randomness from after CommR was published; nothing for non-interactive proofs.</param>
public sealed record SealStatement(SealKind Kind, Hash32 ReplicaId, Hash32 CommD, Hash32 CommR, Hash32 Seed);
