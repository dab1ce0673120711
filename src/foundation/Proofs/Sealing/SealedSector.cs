using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>All that sealing left of a sector and that a seal proof reads.</summary>
/// <param name="Kind">The registered proof.</param>
/// <param name="Graph">The graph of the kind.</param>
/// <param name="ReplicaId">The replica id.</param>
/// <param name="Data">Tree-D.</param>
/// <param name="Layers">The labels, first layer first.</param>
/// <param name="TreeC">The tree over columns.</param>
/// <param name="TreeRLast">The tree over the replica.</param>
public sealed record SealedSector(
    SealKind Kind,
    StackedGraph Graph,
    Hash32 ReplicaId,
    DataTreeRows Data,
    IReadOnlyList<MappedMemory> Layers,
    PoseidonTree<ColumnLeaves> TreeC,
    PoseidonTree<NodeLeaves> TreeRLast)
{
    /// <summary>CommR.</summary>
    /// <exception cref="InvalidDataException">A root is no field element: a tree's file has been altered.</exception>
    public Hash32 ComputeCommR() => ReplicaHash.TryCommR(TreeC.Root, TreeRLast.Root, out Hash32 commR)
        ? commR
        : throw new InvalidDataException("CommC or CommRLast is no field element: a tree's file has been altered");
}
