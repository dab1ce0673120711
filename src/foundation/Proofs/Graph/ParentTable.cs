using System.Runtime.InteropServices;

namespace Flashback.Proofs;

/// <summary>The parents of all nodes of a graph, 14 little-endian 32-bit numbers a node: what every layer of every sector of a size shares.</summary>
/// <remarks>The bytes are those of rust-fil-proofs' parent cache, so a file made by either serves the other.</remarks>
public static class ParentTable
{
    /// <summary>Bytes of a node's parents.</summary>
    public const int RowLength = StackedGraph.Degree * sizeof(uint);

    private const int NodesAtOnce = 1 << 14;

    /// <summary>The table's length in bytes.</summary>
    public static long Length(StackedGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Nodes * RowLength;
    }

    /// <summary>Fills the table, on all cores.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="table">Memory of <see cref="Length"/> bytes.</param>
    /// <param name="progress">Is told how many nodes have been done since it was last told; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="ArgumentException">The memory has another length.</exception>
    public static void Fill(StackedGraph graph, MappedMemory table, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Length != Length(graph))
            throw new ArgumentException($"the parents of {graph.Nodes} nodes take {Length(graph)} bytes, not {table.Length}", nameof(table));
        ParallelRanges.For(graph.Nodes, NodesAtOnce, FillRange, cancellation);

        void FillRange(long first, int count)
        {
            Span<uint> rows = MemoryMarshal.Cast<byte, uint>(table.Bytes(first * RowLength, count * RowLength));
            for (int i = 0; i < count; i++)
                graph.Parents(first + i, rows.Slice(i * StackedGraph.Degree, StackedGraph.Degree));
            progress?.Report(count);
        }
    }
}
