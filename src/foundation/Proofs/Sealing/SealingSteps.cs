using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>What goes into a replica id besides the data.</summary>
/// <param name="Kind">The registered proof.</param>
/// <param name="ProviderId">See <see cref="ReplicaId.ProviderId(in Bytes48)"/>.</param>
/// <param name="Number">The sector's number.</param>
/// <param name="Ticket">Randomness of the chain from before sealing.</param>
public sealed record SealInput(SealKind Kind, Hash32 ProviderId, ulong Number, Hash32 Ticket)
{
    /// <summary>The replica id over data with that commitment.</summary>
    public Hash32 ReplicaId(in Hash32 commD) => Proofs.ReplicaId.Compute(ProviderId, Number, Ticket, commD, Kind.PorepId);
}

/// <summary>Seals a sector, step by step. Each step keeps the files that earlier attempts completed and makes those that are missing.</summary>
/// <remarks>
/// <code>
/// unsealed ─ tree-D ─ CommD ─ replica id ─ layer 1 … layer n     PreCommit1
///                 layers ─ tree-C ─ CommC                        PreCommit2
///      last layer + data ─ sealed ─ tree-R-last ─ CommRLast
///                          CommC + CommRLast ─ CommR
/// </code>
/// Memory is that of the store: with files it is the system's page cache, which gives way.
/// </remarks>
/// <param name="store">Where the sector's files are.</param>
/// <param name="input">What the replica id is made of.</param>
/// <param name="parents">See <see cref="ParentTable"/>.</param>
/// <param name="progress">May be null.</param>
public sealed class SealingSteps(ISectorStore store, SealInput input, MappedMemory parents, IProgress<SealProgress>? progress)
{
    private SectorSize Size => input.Kind.Size;

    private TreeShape Shape => Size.Tree;

    /// <summary>Tree-D over the unsealed data: CommD.</summary>
    public Hash32 CommitData(CancellationToken cancellation)
    {
        long length = DataTreeRows.StoredNodes(Size.NodeCount) * DataTree.NodeLength;
        if (!store.Has(SectorFile.DataTree))
        {
            using MappedMemory data = store.Open(SectorFile.Unsealed, Size.Bytes);
            using MappedMemory rows = store.Create(SectorFile.DataTree, length);
            new DataTreeRows(rows).Build(data, Counter("tree D"), cancellation);
            store.Complete(SectorFile.DataTree, rows);
        }
        using MappedMemory tree = store.Open(SectorFile.DataTree, length);
        return new DataTreeRows(tree).Root;
    }

    /// <summary>PreCommit1: the labels of every layer.</summary>
    public void LabelLayers(in Hash32 replicaId, CancellationToken cancellation)
    {
        for (int layer = 1; layer <= Size.Layers; layer++)
        {
            if (store.Has(SectorFile.Layer(layer)))
                continue;
            using MappedMemory? previous = layer == 1 ? null : store.Open(SectorFile.Layer(layer - 1), Size.Bytes);
            using MappedMemory current = store.Create(SectorFile.Layer(layer), Size.Bytes);
            IProgress<long>? counter = Counter(FormattableString.Invariant($"labels, layer {layer} of {Size.Layers}"));
            Labels.FillLayer(parents, replicaId, layer, previous, current, counter, cancellation);
            store.Complete(SectorFile.Layer(layer), current);
        }
    }

    /// <summary>PreCommit2: tree-C, the replica, tree-R-last, and CommR.</summary>
    public SealCommitments CommitReplica(CancellationToken cancellation)
    {
        if (!store.Has(SectorFile.Commitments))
        {
            BuildTreeC(cancellation);
            EncodeReplica(cancellation);
            BuildTreeRLast(cancellation);
            using SectorMemories files = new(store);
            SealCommitments.Of(files.OpenTreeC(Size).Root, files.OpenTreeRLast(Size).Root).Store(store, SectorFile.Commitments);
        }
        return SealCommitments.Load(store, SectorFile.Commitments);
    }

    private void BuildTreeC(CancellationToken cancellation)
    {
        if (HasAll(tree => SectorFile.TreeC(Shape, tree)))
            return;
        using SectorMemories files = new(store);
        MappedMemory[] trees = files.Create(Shape, firstStoredRow: 0, tree => SectorFile.TreeC(Shape, tree));
        new PoseidonTree<ColumnLeaves>(Shape, 0, trees, new ColumnLeaves(files.OpenLayers(Size))).Build(Counter("tree C"), cancellation);
        files.CompleteCreated();
    }

    private void EncodeReplica(CancellationToken cancellation)
    {
        if (store.Has(SectorFile.Sealed))
            return;
        using MappedMemory labels = store.Open(SectorFile.Layer(Size.Layers), Size.Bytes);
        using MappedMemory data = store.Open(SectorFile.Unsealed, Size.Bytes);
        using MappedMemory replica = store.Create(SectorFile.Sealed, Size.Bytes);
        Replica.Encode(labels, data, replica, cancellation);
        store.Complete(SectorFile.Sealed, replica);
    }

    private void BuildTreeRLast(CancellationToken cancellation)
    {
        if (HasAll(tree => SectorFile.TreeRLast(Shape, tree)))
            return;
        using SectorMemories files = new(store);
        MappedMemory[] trees = files.Create(Shape, Shape.DiscardedRows + 1, tree => SectorFile.TreeRLast(Shape, tree));
        NodeLeaves leaves = new(files.Open(SectorFile.Sealed, Size.Bytes));
        new PoseidonTree<NodeLeaves>(Shape, Shape.DiscardedRows + 1, trees, leaves).Build(Counter("tree R last"), cancellation);
        files.CompleteCreated();
    }

    private bool HasAll(Func<int, SectorFile> file)
    {
        for (int tree = 0; tree < Shape.BaseTrees; tree++)
        {
            if (!store.Has(file(tree)))
                return false;
        }
        return true;
    }

    private StepCounter? Counter(string step) => StepCounter.For(progress, step, Size.NodeCount);
}
