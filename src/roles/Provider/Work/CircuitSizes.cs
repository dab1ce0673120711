using System.Numerics;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>How many constraints the proofs of a sector take, near enough to tell how long they take. Measured: 1.92 million for the devnet's seal, 40 million for its update.</summary>
internal static class CircuitSizes
{
    private const long OfNodeHash = 46_000; // SHA-256 of two nodes
    private const long OfLabel = 530_000; // SHA-256 of 37 parents and what comes before them

    /// <summary>Of all proof partitions of a seal: each challenge shows a label in every layer and the way up tree-D.</summary>
    public static long OfSeal(SealKind kind)
    {
        long challenges = (long)kind.Challenges.Partitions * kind.Challenges.PerPartition;
        return challenges * ((HeightOf(kind.Size) * OfNodeHash) + (kind.Size.Layers * OfLabel));
    }

    /// <summary>Of all partitions of an update: each shows the apex of its range, and from each challenge the way up to it.</summary>
    public static long OfUpdate(SectorSize size)
    {
        UpdateParameters update = UpdateParameters.Of(size.NodeCount);
        int way = HeightOf(size) - update.PartitionBits - BitOperations.Log2((uint)update.ApexLeaves);
        return update.Partitions * OfNodeHash * (update.ApexLeaves + ((long)update.Challenges * way));
    }

    private static int HeightOf(SectorSize size) => BitOperations.Log2((ulong)size.NodeCount);
}
