using Flashback.Chain.Spacetime;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary>Keys for the circuits of a kind of sectors, and proofs that they take: see <see cref="SimulatedCircuit"/>.</summary>
internal sealed class SimulatedKeys
{
    private readonly SealKind _kind;
    private readonly StackedGraph _graph;
    private readonly SimulatedCircuit _seal;
    private readonly SimulatedCircuit _update;
    private readonly SimulatedCircuit _window;

    public SimulatedKeys(SealKind kind, int seed)
    {
        _kind = kind;
        _graph = kind.CreateGraph();
        SimulatedCircuit[] circuits = [.. ClaimVerifier.CircuitsOf(kind).Select((circuit, i) => new SimulatedCircuit(circuit.PublicInputCount, seed + i))];
        (_seal, _update, _window) = (circuits[0], circuits[1], circuits[2]);
        Verifying = ClaimVerifier.CircuitsOf(kind).Zip(circuits).ToDictionary(pair => pair.First, pair => pair.Second.Key);
    }

    public IReadOnlyDictionary<StorageCircuit, VerifyingKey> Verifying { get; }

    /// <summary>A proof of what the contract's view says: sealInputs of a sector.</summary>
    public byte[] Seal(ulong sector, ReadOnlySpan<byte> inputs)
    {
        Hash32 Word(ReadOnlySpan<byte> words, int index) => Hash32.Read(words.Slice(32 * index, 32));
        Hash32 replica = ReplicaId.Compute(Word(inputs, 0), sector, Word(inputs, 1), Word(inputs, 3), _kind.PorepId);
        SealStatement statement = new(_kind, replica, Word(inputs, 3), Word(inputs, 4), Word(inputs, 2));
        return Prove(_seal, _kind.Challenges.Partitions, partition => SealCircuit.PublicInputs(statement, _graph, partition));
    }

    /// <summary>A proof of windowInputs.</summary>
    public byte[] Window(ReadOnlySpan<byte> inputs)
    {
        AbiReader answer = new(inputs);
        Assert.True(answer.TryList(1, out int numbers, out int count));
        Assert.True(answer.TryList(2, out int commitments, out _));
        PostSector[] sectors = new PostSector[count];
        for (int i = 0; i < count; i++)
            sectors[i] = new PostSector(answer.Number(numbers + i), answer[commitments + i]);
        Hash32 challenge = answer[0];
        return Prove(_window, 1, _ => PostCircuit.WindowInputs(PostKind.Window, _kind.Size, challenge, 0, sectors));
    }

    /// <summary>A proof of updateInputs.</summary>
    public byte[] Update(ReadOnlySpan<byte> inputs)
    {
        AbiReader answer = new(inputs);
        UpdateStatement statement = new(_kind.Size.NodeCount, answer[0], answer[2], answer[1]);
        return Prove(_update, UpdateParameters.Of(statement.Nodes).Partitions, partition => UpdateCircuit.PublicInputs(statement, partition));
    }

    private static byte[] Prove(SimulatedCircuit circuit, int partitions, Func<int, Fr[]> inputs) => [.. Enumerable.Range(0, partitions).SelectMany(partition => circuit.Prove(inputs(partition)))];
}
