namespace Flashback.Proofs;

/// <summary>Files of a sector that are open together and closed together.</summary>
/// <param name="store">Where they are.</param>
public sealed class SectorMemories(ISectorStore store) : IDisposable
{
    private readonly List<MappedMemory> _open = [];
    private readonly List<(SectorFile File, MappedMemory Content)> _created = [];

    /// <summary>A completed file.</summary>
    public MappedMemory Open(SectorFile file, long length)
    {
        MappedMemory memory = store.Open(file, length);
        _open.Add(memory);
        return memory;
    }

    /// <summary>All layers of labels.</summary>
    public MappedMemory[] OpenLayers(SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return [.. Enumerable.Range(1, size.Layers).Select(layer => Open(SectorFile.Layer(layer), size.Bytes))];
    }

    /// <summary>Tree-D.</summary>
    public DataTreeRows OpenDataTree(SectorSize size, SectorFile file)
    {
        ArgumentNullException.ThrowIfNull(size);
        return new DataTreeRows(Open(file, DataTreeRows.StoredNodes(size.NodeCount) * DataTree.NodeLength));
    }

    /// <summary>Tree-C.</summary>
    public PoseidonTree<ColumnLeaves> OpenTreeC(SectorSize size)
    {
        ArgumentNullException.ThrowIfNull(size);
        return new(size.Tree, 0, OpenTrees(size.Tree, 0, tree => SectorFile.TreeC(size.Tree, tree)), new ColumnLeaves(OpenLayers(size)));
    }

    /// <summary>Tree-R-last over the replica.</summary>
    public PoseidonTree<NodeLeaves> OpenTreeRLast(SectorSize size) => OpenTreeRLast(size, SectorFile.Sealed, SectorFile.TreeRLast);

    /// <summary>Tree-R-last over an update's replica.</summary>
    public PoseidonTree<NodeLeaves> OpenUpdatedTreeRLast(SectorSize size) => OpenTreeRLast(size, SectorFile.UpdatedSealed, SectorFile.UpdatedTreeRLast);

    /// <summary>All that a seal proof reads.</summary>
    public SealedSector OpenSealed(SealInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        SectorSize size = input.Kind.Size;
        DataTreeRows data = OpenDataTree(size, SectorFile.DataTree);
        return new SealedSector(
            input.Kind, input.Kind.CreateGraph(), input.ReplicaId(data.Root), data, OpenLayers(size), OpenTreeC(size), OpenTreeRLast(size));
    }

    /// <summary>New files for the octal trees of a shape.</summary>
    internal MappedMemory[] Create(TreeShape shape, int firstStoredRow, Func<int, SectorFile> file)
    {
        MappedMemory[] memories = new MappedMemory[shape.BaseTrees];
        for (int tree = 0; tree < memories.Length; tree++)
        {
            memories[tree] = store.Create(file(tree), shape.StoredNodes(firstStoredRow) * DataTree.NodeLength);
            _open.Add(memories[tree]);
            _created.Add((file(tree), memories[tree]));
        }
        return memories;
    }

    /// <summary>Completes what was created.</summary>
    internal void CompleteCreated()
    {
        foreach ((SectorFile file, MappedMemory content) in _created)
            store.Complete(file, content);
        _created.Clear();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MappedMemory memory in _open)
            memory.Dispose();
        _open.Clear();
    }

    private PoseidonTree<NodeLeaves> OpenTreeRLast(SectorSize size, SectorFile replica, Func<TreeShape, int, SectorFile> file)
    {
        ArgumentNullException.ThrowIfNull(size);
        int firstRow = size.Tree.DiscardedRows + 1;
        return new(size.Tree, firstRow, OpenTrees(size.Tree, firstRow, tree => file(size.Tree, tree)), new NodeLeaves(Open(replica, size.Bytes)));
    }

    private MappedMemory[] OpenTrees(TreeShape shape, int firstStoredRow, Func<int, SectorFile> file)
    {
        MappedMemory[] memories = new MappedMemory[shape.BaseTrees];
        for (int tree = 0; tree < memories.Length; tree++)
            memories[tree] = Open(file(tree), shape.StoredNodes(firstStoredRow) * DataTree.NodeLength);
        return memories;
    }
}
