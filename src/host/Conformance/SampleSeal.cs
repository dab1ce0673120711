using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Conformance;

/// <summary>A sector of zeros sealed in memory, of any shape and number of layers: golden values exist for combinations no real sector has.</summary>
internal sealed class SampleSeal : IDisposable
{
    private static readonly Hash32 Provider = Proofs.ReplicaId.ProviderId(1000);

    private readonly TreeShape _shape;
    private readonly List<MappedMemory> _memories = [];

    public SampleSeal(TreeShape shape, int layers, int porepNumber, GraphRules rules, Hash32 ticket)
    {
        _shape = shape;
        Hash32 porepId = PorepId(porepNumber);
        Graph = new StackedGraph(shape.Leaves, porepId, rules);
        Data = Allocate(shape.Leaves);
        DataTree = new DataTreeRows(Allocate(DataTreeRows.StoredNodes(shape.Leaves)));
        DataTree.Build(Data, null, CancellationToken.None);
        ReplicaId = Proofs.ReplicaId.Compute(Provider, 1, ticket, DataTree.Root, porepId);
        using (MappedMemory parents = MappedMemory.Allocate(ParentTable.Length(Graph)))
        {
            ParentTable.Fill(Graph, parents, null, CancellationToken.None);
            for (int layer = 1; layer <= layers; layer++)
            {
                MappedMemory current = Allocate(shape.Leaves);
                Labels.FillLayer(parents, ReplicaId, layer, layer == 1 ? null : Layers[^1], current, null, CancellationToken.None);
                Layers.Add(current);
            }
        }
        Sealed = Allocate(shape.Leaves);
        Replica.Encode(Layers[^1], Data, Sealed, CancellationToken.None);
    }

    public StackedGraph Graph { get; }

    public MappedMemory Data { get; }

    public DataTreeRows DataTree { get; }

    public Hash32 ReplicaId { get; }

    public List<MappedMemory> Layers { get; } = [];

    public MappedMemory Sealed { get; }

    public PoseidonTree<ColumnLeaves> BuildTreeC() => Build(0, new ColumnLeaves(Layers));

    public PoseidonTree<NodeLeaves> BuildTreeRLast() => Build(_shape.DiscardedRows + 1, new NodeLeaves(Sealed));

    public void Dispose() => _memories.ForEach(memory => memory.Dispose());

    private static Hash32 PorepId(int number)
    {
        byte[] id = new byte[32];
        id[0] = (byte)number;
        return Hash32.Read(id);
    }

    private PoseidonTree<TLeaves> Build<TLeaves>(int firstRow, TLeaves leaves)
        where TLeaves : struct, ILeafSource
    {
        MappedMemory[] rows = [.. Enumerable.Range(0, _shape.BaseTrees).Select(_ => Allocate(_shape.StoredNodes(firstRow)))];
        PoseidonTree<TLeaves> tree = new(_shape, firstRow, rows, leaves);
        tree.Build(null, CancellationToken.None);
        return tree;
    }

    private MappedMemory Allocate(long nodes)
    {
        MappedMemory memory = MappedMemory.Allocate(nodes * Proofs.DataTree.NodeLength);
        _memories.Add(memory);
        return memory;
    }
}
