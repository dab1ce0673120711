using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Foundation.Tests.Proofs;

/// <summary>A sector sealed in memory.</summary>
internal sealed class SealedSample : IDisposable
{
    private readonly MappedMemory _parents;

    public SealedSample(SealKind kind, ReadOnlySpan<byte> data, Hash32 ticket, Hash32 seed)
    {
        Input = new SealInput(kind, ReplicaId.ProviderId(1000), 1, ticket);
        StackedGraph graph = kind.CreateGraph();
        _parents = MappedMemory.Allocate(ParentTable.Length(graph));
        ParentTable.Fill(graph, _parents, null, CancellationToken.None);
        byte[] padded = new byte[kind.Size.Bytes];
        Fr32.Pad(data, padded.AsSpan(0, (int)Fr32.PaddedLength(data.Length)));
        Store[SectorFile.Unsealed] = padded;
        Seal();
        Statement = new SealStatement(kind, Input.ReplicaId(CommD), CommD, Commitments.CommR, seed);
    }

    public SealInput Input { get; }

    public MemorySectorStore Store { get; } = new();

    public Hash32 CommD { get; private set; }

    public SealCommitments Commitments { get; private set; }

    public SealStatement Statement { get; }

    public MappedMemory Parents => _parents;

    /// <summary>Every step; those whose files are there change nothing.</summary>
    public void Seal()
    {
        SealingSteps steps = new(Store, Input, _parents, null);
        CommD = steps.CommitData(CancellationToken.None);
        steps.LabelLayers(Input.ReplicaId(CommD), CancellationToken.None);
        Commitments = steps.CommitReplica(CancellationToken.None);
    }

    public SealVanillaProof[] Prove(int partition = 0)
    {
        using SectorMemories files = new(Store);
        return SealProver.Prove(files.OpenSealed(Input), Statement, partition);
    }

    public void Dispose() => _parents.Dispose();
}
