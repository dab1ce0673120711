using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Between data and replica: the last layer's label of each node is added to its data.</summary>
public static class Replica
{
    private const int NodesAtOnce = 1 << 13;

    /// <summary>replica = data + labels, node by node, on all cores; <paramref name="replica"/> may be either of the others.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public static void Encode(MappedMemory labels, MappedMemory data, MappedMemory replica, CancellationToken cancellation) =>
        ForEachRange(labels, data, replica, Nodes.Add, cancellation);

    /// <summary>data = replica − labels.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InvalidDataException">A node is no field element.</exception>
    public static void Decode(MappedMemory labels, MappedMemory replica, MappedMemory data, CancellationToken cancellation) =>
        ForEachRange(replica, labels, data, Nodes.Subtract, cancellation);

    /// <summary>The last layer's labels, from nothing but the graph and the replica id: the long way to unseal.</summary>
    /// <param name="parents">See <see cref="ParentTable"/>.</param>
    /// <param name="replicaId">The sector's replica id.</param>
    /// <param name="layers">How many layers there are.</param>
    /// <param name="scratch">Memory of a layer; its content is overwritten.</param>
    /// <param name="labels">Where the last layer goes.</param>
    /// <param name="progress">Is told how many nodes of any layer have been done since it was last told; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public static void ComputeLastLayer(
        MappedMemory parents, in Hash32 replicaId, int layers, MappedMemory scratch, MappedMemory labels, IProgress<long>? progress, CancellationToken cancellation)
    {
        MappedMemory? previous = null;
        for (int layer = 1; layer <= layers; layer++)
        {
            MappedMemory current = (layers - layer) % 2 == 0 ? labels : scratch;
            Labels.FillLayer(parents, replicaId, layer, previous, current, progress, cancellation);
            previous = current;
        }
    }

    private delegate void Combination(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, Span<byte> result);

    private static void ForEachRange(
        MappedMemory a, MappedMemory b, MappedMemory result, Combination combine, CancellationToken cancellation)
    {
        if (a.Length != b.Length || a.Length != result.Length)
            throw new ArgumentException($"{a.Nodes}, {b.Nodes} and {result.Nodes} nodes are not the same");
        ParallelRanges.For(a.Nodes, NodesAtOnce, Range, cancellation);

        void Range(long first, int count) => combine(a.NodeBytes(first, count), b.NodeBytes(first, count), result.NodeBytes(first, count));
    }
}
