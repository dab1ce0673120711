using System.Numerics;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Tree-D of a whole sector, all rows in one memory: leaves first, root last.</summary>
/// <param name="rows">(2 · leaves − 1) nodes.</param>
public sealed class DataTreeRows(MappedMemory rows)
{
    private const int NodesAtOnce = 1 << 13;

    /// <summary>Nodes in all rows over that many leaves.</summary>
    public static long StoredNodes(long leaves) => 2 * leaves - 1;

    /// <summary>Leaves: a power of two.</summary>
    public long Leaves { get; } = (rows.Nodes + 1) / 2;

    /// <summary>CommD.</summary>
    public Hash32 Root => rows.Node(rows.Nodes - 1);

    /// <summary>Copies the leaves and hashes every row over them, on all cores.</summary>
    /// <param name="data">The sector's padded data.</param>
    /// <param name="progress">Is told how many leaves have been hashed since it was last told; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="ArgumentException">The data has another number of nodes.</exception>
    public void Build(MappedMemory data, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Nodes != Leaves || !BitOperations.IsPow2(Leaves))
            throw new ArgumentException($"a tree of {Leaves} leaves is none over {data.Nodes} nodes", nameof(data));
        int chunk = (int)Math.Min(NodesAtOnce, Leaves);
        int rowsInChunk = BitOperations.Log2((uint)chunk);
        ParallelRanges.For(Leaves / chunk, index =>
        {
            data.NodeBytes(index * chunk, chunk).CopyTo(rows.NodeBytes(index * chunk, chunk));
            HashUp(index * chunk, chunk, firstRow: 0, lastRow: rowsInChunk);
            progress?.Report(chunk);
        }, cancellation);
        HashUp(0, (int)(Leaves / chunk), rowsInChunk, BitOperations.Log2((ulong)Leaves));
    }

    /// <summary>A leaf's way to the root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public TreePath Path(long leaf)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(leaf);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leaf, Leaves);
        PathStep[] steps = new PathStep[BitOperations.Log2((ulong)Leaves)];
        for (int row = 0; row < steps.Length; row++)
        {
            long node = leaf >> row;
            steps[row] = new PathStep([rows.Node(Offset(row) + (node ^ 1))], (int)(node & 1));
        }
        return new TreePath(rows.Node(leaf), Root, steps);
    }

    /// <summary>A node of a row; row 0 is the leaves.</summary>
    public Hash32 Node(int row, long index) => rows.Node(Offset(row) + index);

    private long Offset(int row) => 2 * Leaves - (2 * Leaves >> row);

    private void HashUp(long first, int count, int firstRow, int lastRow)
    {
        for (int row = firstRow; row < lastRow; row++, first /= 2, count /= 2)
            DataTree.HashRow(rows.NodeBytes(Offset(row) + first, count), rows.NodeBytes(Offset(row + 1) + first / 2, count / 2));
    }
}
