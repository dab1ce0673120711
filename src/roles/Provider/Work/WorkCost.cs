using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>What a step takes of the machine while it runs.</summary>
/// <param name="Cores">Cores that it keeps busy.</param>
/// <param name="MemoryBytes">Memory of its own, mapped files not counted.</param>
/// <param name="ScratchBytes">Room on the disk that it needs beside what is there.</param>
public readonly record struct WorkCost(int Cores, long MemoryBytes, long ScratchBytes)
{
    private const long ProverBytesPerNode = 64; // assignments, domains and windows of a proof; measured: 0.8 GB for 1.9 million constraints
    private const long ProverBytesPerConstraint = 850; // the same for an update, whose circuit does not grow with the sector; measured: 8.4 GB for ten million
    private const long SmallBytes = 16 << 20;

    /// <summary>The sum.</summary>
    public static WorkCost operator +(in WorkCost one, in WorkCost other) =>
        new(one.Cores + other.Cores, one.MemoryBytes + other.MemoryBytes, one.ScratchBytes + other.ScratchBytes);

    /// <summary>Whether it fits into what there is.</summary>
    public bool FitsInto(in WorkCost room) => Cores <= room.Cores && MemoryBytes <= room.MemoryBytes && ScratchBytes <= room.ScratchBytes;

    /// <summary>What a step costs for sectors of a size, on a machine with so many cores.</summary>
    public static WorkCost Of(WorkStep step, SectorSize size, int cores)
    {
        ArgumentNullException.ThrowIfNull(size);
        return step switch
        {
            // Labels are made one after the other; trees beside each other. On the disk: data, tree-D (twice), layers, tree-C, tree-R-last, the replica.
            WorkStep.Seal => new(1, SmallBytes, size.Bytes * (size.Layers + 5)),
            WorkStep.Witness => new(1, SmallBytes, 0),
            WorkStep.Compress => new(cores, Math.Max(size.NodeCount * ProverBytesPerNode, 1L << 30), 0),
            // On the disk beside the old replica: data, tree-D (twice), the new replica, the new tree-R-last.
            WorkStep.Update => new(1, SmallBytes, size.Bytes * 5),
            WorkStep.CompressUpdate => new(cores, CircuitSizes.OfUpdate(size) / UpdateParameters.Of(size.NodeCount).Partitions * ProverBytesPerConstraint, 0),
            // No cores are kept free for it: a window closes soon, and shares them with a seal's proof, which may take longer than that.
            WorkStep.ProveWindow => new(0, Math.Max(size.WindowSectors * (1L << 20), 64L << 20), 0),
            WorkStep.Unseal => new(1, size.Bytes, size.Bytes * 2), // labels again, one layer after the other, and the piece
            WorkStep.CheckHealth => new(1, SmallBytes, 0),
            _ => default, // asks, waits or sends
        };
    }
}
