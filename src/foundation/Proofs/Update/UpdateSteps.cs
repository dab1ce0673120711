using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Puts the data of <see cref="SectorFile.UpdatedUnsealed"/> into a sealed sector. Each step keeps the files that earlier attempts completed.</summary>
/// <param name="store">Where the sector's files are.</param>
/// <param name="size">The sector's size.</param>
/// <param name="progress">May be null.</param>
public sealed class UpdateSteps(ISectorStore store, SectorSize size, IProgress<SealProgress>? progress)
{
    /// <summary>Tree-D over the new data: the new CommD.</summary>
    public Hash32 CommitData(CancellationToken cancellation)
    {
        long length = DataTreeRows.StoredNodes(size.NodeCount) * DataTree.NodeLength;
        if (!store.Has(SectorFile.UpdatedDataTree))
        {
            using MappedMemory data = store.Open(SectorFile.UpdatedUnsealed, size.Bytes);
            using MappedMemory rows = store.Create(SectorFile.UpdatedDataTree, length);
            new DataTreeRows(rows).Build(data, Counter("tree D"), cancellation);
            store.Complete(SectorFile.UpdatedDataTree, rows);
        }
        using MappedMemory tree = store.Open(SectorFile.UpdatedDataTree, length);
        return new DataTreeRows(tree).Root;
    }

    /// <summary>The new replica, its tree and its CommR.</summary>
    /// <param name="commD">The new data's commitment.</param>
    /// <param name="cancellation">Ends the work early.</param>
    public SealCommitments CommitReplica(in Hash32 commD, CancellationToken cancellation)
    {
        if (!store.Has(SectorFile.UpdatedCommitments))
        {
            SealCommitments old = SealCommitments.Load(store, SectorFile.Commitments);
            Encode(commD, old.CommR, cancellation);
            BuildTree(cancellation);
            using SectorMemories files = new(store);
            SealCommitments.Of(old.CommC, files.OpenUpdatedTreeRLast(size).Root).Store(store, SectorFile.UpdatedCommitments);
        }
        return SealCommitments.Load(store, SectorFile.UpdatedCommitments);
    }

    private void Encode(in Hash32 commD, in Hash32 commROld, CancellationToken cancellation)
    {
        if (store.Has(SectorFile.UpdatedSealed))
            return;
        using SectorMemories files = new(store);
        MappedMemory old = files.Open(SectorFile.Sealed, size.Bytes), data = files.Open(SectorFile.UpdatedUnsealed, size.Bytes);
        using MappedMemory updated = store.Create(SectorFile.UpdatedSealed, size.Bytes);
        new ReplicaUpdate(size.NodeCount, commD, commROld).Encode(old, data, updated, cancellation);
        store.Complete(SectorFile.UpdatedSealed, updated);
    }

    private void BuildTree(CancellationToken cancellation)
    {
        TreeShape shape = size.Tree;
        if (Enumerable.Range(0, shape.BaseTrees).All(tree => store.Has(SectorFile.UpdatedTreeRLast(shape, tree))))
            return;
        using SectorMemories files = new(store);
        MappedMemory[] trees = files.Create(shape, shape.DiscardedRows + 1, tree => SectorFile.UpdatedTreeRLast(shape, tree));
        NodeLeaves leaves = new(files.Open(SectorFile.UpdatedSealed, size.Bytes));
        new PoseidonTree<NodeLeaves>(shape, shape.DiscardedRows + 1, trees, leaves).Build(Counter("tree R last"), cancellation);
        files.CompleteCreated();
    }

    private StepCounter? Counter(string step) => StepCounter.For(progress, step, size.NodeCount);
}
