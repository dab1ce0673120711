using Flashback.Cryptography.Groth16;
using Flashback.Cryptography.R1cs;
using Flashback.Foundation.Tests.Proofs;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>A circuit with its proving key, as a provider has it.</summary>
internal sealed class RealCircuit : IDisposable
{
    private readonly ConstraintSystem _system;
    private readonly FileStream _file;
    private readonly ProvingKey _key;

    /// <summary>Makes the key from a secret; it lies in a file that goes with this object.</summary>
    public RealCircuit(StorageCircuit circuit, SetupSecret secret)
    {
        _system = circuit.CreateSystem();
        string path = Path.GetTempFileName();
        _file = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);
        KeyGeneration.Write(_system, secret, _file);
        _file.Flush();
        Assert.True(ProvingKey.TryOpen(new KeyFile(path), out ProvingKey? key, out Groth16Fault fault), $"{fault}");
        _key = key;
    }

    public VerifyingKey Verifying => _key.Verifying;

    public byte[] Prove<TCircuit>(TCircuit circuit)
        where TCircuit : ICircuit => new Groth16Prover(_system, _key).Prove(Assignment.Of(_system, circuit)).Encode();

    public void Dispose()
    {
        _key.Dispose();
        _file.Dispose();
    }
}

/// <summary>A sector of zeros, sealed for a provider of a network as the protocol has it.</summary>
internal sealed class RealSector
{
    private readonly MemorySectorStore _store = new();
    private readonly SealInput _input;
    private readonly SealCommitments _commitments;

    public RealSector(SealKind kind, Hash32 proverId, ulong number, Hash32 ticket)
    {
        _input = new SealInput(kind, proverId, number, ticket);
        using MappedMemory data = _store.Create(SectorFile.Unsealed, kind.Size.Bytes);
        data.Bytes(0, (int)kind.Size.Bytes).Clear();
        _store.Complete(SectorFile.Unsealed, data);
        StackedGraph graph = kind.CreateGraph();
        using MappedMemory parents = MappedMemory.Allocate(ParentTable.Length(graph));
        ParentTable.Fill(graph, parents, null, TestContext.Current.CancellationToken);
        SealingSteps steps = new(_store, _input, parents, progress: null);
        CommD = steps.CommitData(TestContext.Current.CancellationToken);
        steps.LabelLayers(_input.ReplicaId(CommD), TestContext.Current.CancellationToken);
        _commitments = steps.CommitReplica(TestContext.Current.CancellationToken);
    }

    public Hash32 CommD { get; }

    public Hash32 CommR => _commitments.CommR;

    public byte[] ProveSeal(RealCircuit circuit, Hash32 seed)
    {
        SealStatement statement = new(_input.Kind, _input.ReplicaId(CommD), CommD, CommR, seed);
        using SectorMemories files = new(_store);
        SealedSector whole = files.OpenSealed(_input);
        return [.. Enumerable.Range(0, _input.Kind.Challenges.Partitions).SelectMany(partition => circuit.Prove(new SealCircuit(statement, SealProver.Prove(whole, statement, partition))))];
    }

    public byte[] ProveWindow(RealCircuit circuit, Hash32 challenge)
    {
        using SectorMemories files = new(_store);
        PostReplica replica = new(new PostSector(_input.Number, CommR), _commitments.CommC, files.OpenTreeRLast(_input.Kind.Size));
        PostVanillaProof vanilla = FallbackPost.Prove(PostKind.Window, _input.Kind.Size, challenge, 0, replica);
        return circuit.Prove(PostCircuit.Window(_input.Kind.Size, [vanilla]));
    }
}
