using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The labels of a layer: each a hash over the labels of its node's parents, so that they can only be computed one after the other.</summary>
/// <remarks>
/// <code>
/// replica id 32 | layer u32 BE | node u64 BE | 20 zeros                       a block
/// parents' labels, in order, again and again until there are 37               18 blocks and a half
/// 80 00 … length                                                              the half that pads
/// </code>
/// Parents are six of this layer and, from layer 2 on, eight of the one before; node 0 has none. The hash is cut to 254 bits.
/// </remarks>
public static unsafe class Labels
{
    /// <summary>How many labels follow the prefix.</summary>
    public const int ParentLabels = 37;

    private const int NodeLength = DataTree.NodeLength;
    private const int PrefixLength = 64;
    private const int BufferLength = 1280; // 64 + 37 · 32 and 32 of padding
    private const int LayerAt = 32;
    private const int NodeAt = 36;
    private const int Ahead = 4; // nodes ahead whose parents are fetched: some two microseconds, more than memory takes
    private const long ReportEvery = 1 << 14;

    /// <summary>Computes a layer.</summary>
    /// <param name="parents">See <see cref="ParentTable"/>.</param>
    /// <param name="replicaId">The sector's replica id.</param>
    /// <param name="layer">1 for the first.</param>
    /// <param name="previous">The layer before; null for layer 1.</param>
    /// <param name="current">Where the labels go.</param>
    /// <param name="progress">Is told how many nodes have been done since it was last told; may be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    /// <exception cref="ArgumentException">The lengths do not fit each other, or a layer has no layer before it where it needs one.</exception>
    /// <exception cref="InvalidDataException">The table of parents names a node that is not there: it has been altered.</exception>
    [SkipLocalsInit] // the buffer is written before it is hashed
    public static void FillLayer(
        MappedMemory parents, in Hash32 replicaId, int layer, MappedMemory? previous, MappedMemory current, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parents);
        ArgumentNullException.ThrowIfNull(current);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(layer);
        long nodes = current.Nodes;
        if (parents.Length != nodes * ParentTable.RowLength || layer > 1 != previous is not null || (previous is not null && previous.Nodes != nodes))
            throw new ArgumentException($"layer {layer} of {nodes} nodes needs their parents and, but for the first, the layer before");
        Span<byte> buffer = stackalloc byte[BufferLength];
        WritePrefix(buffer, replicaId, layer, 0);
        Sha256Node0(buffer, current);
        WritePadding(buffer);
        fixed (byte* start = buffer)
        {
            Loop loop = new(start, (uint*)parents.Start, previous is null ? null : previous.Start, current.Start, nodes);
            for (long node = 1; node < nodes;)
            {
                cancellation.ThrowIfCancellationRequested();
                long end = Math.Min(nodes, (node / ReportEvery + 1) * ReportEvery);
                if (!loop.Run(node, end))
                    throw new InvalidDataException("the table of parents names a node that no layer has: its file has been altered");
                progress?.Report(end - node);
                node = end;
            }
        }
    }

    /// <summary>One label from its node's 37 parents' labels, as a verifier computes it.</summary>
    /// <exception cref="ArgumentException">There are not 37 (none for node 0).</exception>
    public static Hash32 Compute(in Hash32 replicaId, int layer, ulong node, ReadOnlySpan<Hash32> parentLabels)
    {
        if (parentLabels.Length != (node == 0 ? 0 : ParentLabels))
            throw new ArgumentException($"node {node} has not {parentLabels.Length} parents' labels", nameof(parentLabels));
        Span<byte> message = stackalloc byte[PrefixLength + ParentLabels * NodeLength];
        WritePrefix(message, replicaId, layer, node);
        for (int i = 0; i < parentLabels.Length; i++)
            parentLabels[i].AsSpan().CopyTo(message[(PrefixLength + i * NodeLength)..]);
        Span<byte> label = stackalloc byte[NodeLength];
        Sha256.Hash(message[..(PrefixLength + parentLabels.Length * NodeLength)]).AsSpan().CopyTo(label);
        label[^1] &= 0x3f;
        return Hash32.Read(label);
    }

    private static void WritePrefix(Span<byte> message, in Hash32 replicaId, int layer, ulong node)
    {
        message[..PrefixLength].Clear();
        replicaId.AsSpan().CopyTo(message);
        BinaryPrimitives.WriteUInt32BigEndian(message[LayerAt..], (uint)layer);
        BinaryPrimitives.WriteUInt64BigEndian(message[NodeAt..], node);
    }

    private static void WritePadding(Span<byte> buffer)
    {
        Span<byte> padding = buffer[(PrefixLength + ParentLabels * NodeLength)..];
        padding.Clear();
        padding[0] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padding[^8..], 8 * (PrefixLength + ParentLabels * NodeLength));
    }

    private static void Sha256Node0(ReadOnlySpan<byte> buffer, MappedMemory current)
    {
        Span<byte> label = current.NodeBytes(0, 1);
        Sha256.Hash(buffer[..PrefixLength]).AsSpan().CopyTo(label);
        label[^1] &= 0x3f;
    }

    /// <summary>The loop over nodes, on pointers: parents are anywhere in layers that are longer than a span.</summary>
    private readonly ref struct Loop(byte* buffer, uint* parents, byte* previous, byte* current, long nodes)
    {
        /// <summary>Labels of nodes from <paramref name="first"/> to before <paramref name="end"/>; false when a parent is out of range.</summary>
        public bool Run(long first, long end)
        {
            // Every address is base + 32 · p with p < nodes, which is checked before the address is used; the buffer has room for 37 labels.
            Span<byte> message = new(buffer, BufferLength);
            for (long node = first; node < end; node++)
            {
                uint* row = parents + node * StackedGraph.Degree;
                for (int i = 0; i < StackedGraph.Degree; i++)
                {
                    if (row[i] >= (i < StackedGraph.BaseDegree ? node : nodes))
                        return false;
                }
                if (Sse.IsSupported && node + Ahead < nodes)
                    Prefetch(row + Ahead * StackedGraph.Degree);
                BinaryPrimitives.WriteUInt64BigEndian(message[NodeAt..], (ulong)node);
                Gather(row);
                byte* label = current + node * NodeLength;
                Sha256.HashPadded(message, new Span<byte>(label, NodeLength));
                label[NodeLength - 1] &= 0x3f;
            }
            return true;
        }

        private void Prefetch(uint* row)
        {
            // A prefetch of any address is harmless.
            for (int i = 1; i < StackedGraph.BaseDegree; i++)
                Sse.Prefetch0(current + (long)row[i] * NodeLength);
            for (int i = StackedGraph.BaseDegree; previous != null && i < StackedGraph.Degree; i++)
                Sse.Prefetch0(previous + (long)row[i] * NodeLength);
        }

        private void Gather(uint* row)
        {
            UInt256* to = (UInt256*)(buffer + PrefixLength);
            for (int i = 0; i < StackedGraph.BaseDegree; i++)
                to[i] = *(UInt256*)(current + (long)row[i] * NodeLength);
            int period = StackedGraph.BaseDegree;
            if (previous != null)
            {
                for (int i = StackedGraph.BaseDegree; i < StackedGraph.Degree; i++)
                    to[i] = *(UInt256*)(previous + (long)row[i] * NodeLength);
                period = StackedGraph.Degree;
            }
            for (int i = period; i < ParentLabels; i++)
                to[i] = to[i - period];
        }
    }
}
