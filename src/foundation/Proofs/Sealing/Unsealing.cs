using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Gets data back out of a replica: all of it, or a range.</summary>
/// <remarks>
/// Each label depends on all before it, so that even one byte needs the whole last layer. Where its file is still there, or has been made again
/// by <see cref="RestoreLabels"/>, reading is a subtraction a node.
/// </remarks>
/// <param name="store">Where the sector's files are.</param>
/// <param name="size">The sector's size.</param>
public sealed class Unsealing(ISectorStore store, SectorSize size)
{
    private const int GroupsAtOnce = 1 << 13;

    /// <summary>Makes the last layer's labels again if their file is gone. Takes as long as PreCommit1.</summary>
    /// <param name="replicaId">The sector's replica id.</param>
    /// <param name="parents">See <see cref="ParentTable"/>.</param>
    /// <param name="progress">May be null.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public void RestoreLabels(in Hash32 replicaId, MappedMemory parents, IProgress<SealProgress>? progress, CancellationToken cancellation)
    {
        SectorFile last = SectorFile.Layer(size.Layers);
        if (store.Has(last))
            return;
        using MappedMemory labels = store.Create(last, size.Bytes);
        using MappedMemory scratch = MappedMemory.Allocate(size.Bytes);
        StepCounter? counter = StepCounter.For(progress, "labels", size.NodeCount * size.Layers);
        Replica.ComputeLastLayer(parents, replicaId, size.Layers, scratch, labels, counter, cancellation);
        store.Complete(last, labels);
    }

    /// <summary>Writes a range of the data as its owner had it.</summary>
    /// <param name="offset">The first byte, counted without padding.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="output">Where they go.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the sector.</exception>
    /// <exception cref="InvalidDataException">A node of the replica is no field element: the file has been altered.</exception>
    public void Read(long offset, long length, Stream output)
    {
        using SectorMemories files = new(store);
        MappedMemory labels = files.Open(SectorFile.Layer(size.Layers), size.Bytes);
        MappedMemory replica = files.Open(SectorFile.Sealed, size.Bytes);
        Read(offset, length, output, (at, nodes) => Nodes.Subtract(replica.Bytes(at, nodes.Length), labels.Bytes(at, nodes.Length), nodes));
    }

    /// <summary>Writes a range of the data that a replica update put in, as its owner had it: needs the replica from before, or the labels that it consists of: it was sealed from zeros.</summary>
    /// <param name="update">The update.</param>
    /// <param name="offset">The first byte, counted without padding.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="output">Where they go.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not in the sector.</exception>
    /// <exception cref="InvalidDataException">A node of a replica is no field element: the file has been altered.</exception>
    public void ReadUpdated(ReplicaUpdate update, long offset, long length, Stream output)
    {
        ArgumentNullException.ThrowIfNull(update);
        using SectorMemories files = new(store);
        MappedMemory old = files.Open(store.Has(SectorFile.Sealed) ? SectorFile.Sealed : SectorFile.Layer(size.Layers), size.Bytes), updated = files.Open(SectorFile.UpdatedSealed, size.Bytes);
        Read(offset, length, output, (at, nodes) => update.Decode(old, updated, at / DataTree.NodeLength, nodes));
    }

    private delegate void NodeReader(long at, Span<byte> nodes);

    private void Read(long offset, long length, Stream output, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, size.Unpadded.Bytes - Math.Min(offset, size.Unpadded.Bytes));
        byte[] nodes = new byte[GroupsAtOnce * Fr32.PaddedGroup], data = new byte[GroupsAtOnce * Fr32.UnpaddedGroup];
        long end = offset + length, groups = size.Bytes / Fr32.PaddedGroup;
        for (long group = offset / Fr32.UnpaddedGroup; group * Fr32.UnpaddedGroup < end; group += GroupsAtOnce)
        {
            int count = (int)Math.Min(GroupsAtOnce, groups - group), padded = count * Fr32.PaddedGroup;
            read(group * Fr32.PaddedGroup, nodes.AsSpan(0, padded));
            Fr32.Unpad(nodes.AsSpan(0, padded), data.AsSpan(0, count * Fr32.UnpaddedGroup));
            long start = group * Fr32.UnpaddedGroup;
            int from = (int)Math.Max(0, offset - start), to = (int)Math.Min(count * Fr32.UnpaddedGroup, end - start);
            output.Write(data, from, to - from);
        }
    }
}
