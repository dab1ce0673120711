using BenchmarkDotNet.Attributes;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Benchmarks.Proofs;

/// <summary>The loops of sealing, per node of an 8 MiB sector.</summary>
[MemoryDiagnoser]
public class SealingBenchmarks
{
    private const int NodeCount = 1 << 18;
    private const int Length = NodeCount * DataTree.NodeLength;

    private readonly SealKind _kind = SealKind.Of(6);
    private readonly MappedMemory _parents = MappedMemory.Allocate(NodeCount * (long)ParentTable.RowLength);
    private readonly MappedMemory _first = MappedMemory.Allocate(Length);
    private readonly MappedMemory _second = MappedMemory.Allocate(Length);
    private readonly MappedMemory _rows = MappedMemory.Allocate(2L * Length - 32);
    private readonly MappedMemory _treeC = MappedMemory.Allocate(SectorSize.Of(Length).Tree.StoredNodes(0) * 32);
    private readonly MappedMemory _treeRLast = MappedMemory.Allocate(SectorSize.Of(Length).Tree.StoredNodes(3) * 32);
    private readonly MappedMemory _decoded = MappedMemory.Allocate(Length);
    private readonly byte[] _message = new byte[1280];
    private readonly byte[] _digest = new byte[32];

    [GlobalSetup]
    public void Setup()
    {
        ParentTable.Fill(_kind.CreateGraph(), _parents, null, CancellationToken.None);
        Labels.FillLayer(_parents, default, 1, null, _first, null, CancellationToken.None);
        Labels.FillLayer(_parents, default, 2, _first, _second, null, CancellationToken.None);
    }

    /// <summary>The hardware's rate for a label's twenty blocks: the same blocks again and again.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = NodeCount)]
    public void Blocks()
    {
        for (int i = 0; i < NodeCount; i++)
            Sha256.HashPadded(_message, _digest);
    }

    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void LabelsOfTheSecondLayer() => Labels.FillLayer(_parents, default, 2, _first, _second, null, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void Parents() => ParentTable.Fill(_kind.CreateGraph(), _parents, null, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void TreeD() => new DataTreeRows(_rows).Build(_first, null, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void TreeC() => new PoseidonTree<ColumnLeaves>(_kind.Size.Tree, 0, [_treeC], new ColumnLeaves([_first, _second])).Build(null, CancellationToken.None);

    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void TreeRLast() => new PoseidonTree<NodeLeaves>(_kind.Size.Tree, 3, [_treeRLast], new NodeLeaves(_second)).Build(null, CancellationToken.None);

    /// <summary>Reading back with the last layer at hand.</summary>
    [Benchmark(OperationsPerInvoke = NodeCount)]
    public void Decode() => Replica.Decode(_first, _second, _decoded, CancellationToken.None);
}
