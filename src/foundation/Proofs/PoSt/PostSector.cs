using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A sector as a proof of spacetime names it.</summary>
/// <param name="Number">The sector's number.</param>
/// <param name="CommR">The commitment to its replica.</param>
public readonly record struct PostSector(ulong Number, Hash32 CommR);

/// <summary>A replica that a proof of spacetime reads.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="CommC">The root of tree-C, which need not exist any more.</param>
/// <param name="TreeRLast">The tree over the replica.</param>
public sealed record PostReplica(PostSector Sector, Hash32 CommC, PoseidonTree<NodeLeaves> TreeRLast);

/// <summary>What is shown for one sector.</summary>
/// <param name="Sector">The sector.</param>
/// <param name="CommC">One half of what CommR is the hash of.</param>
/// <param name="CommRLast">The other half.</param>
/// <param name="Paths">The challenged nodes' ways to CommRLast, one a challenge.</param>
public sealed record PostVanillaProof(PostSector Sector, Hash32 CommC, Hash32 CommRLast, TreePath[] Paths);
