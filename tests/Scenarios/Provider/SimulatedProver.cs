using Flashback.Chain.Spacetime;
using Flashback.Cryptography.Groth16;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Scenarios.Provider;

/// <summary>Proofs by keys whose secret is known: the sectors are read and their vanilla proofs checked, only the circuits cost nothing. See <see cref="SimulatedCircuit"/>.</summary>
internal sealed class SimulatedProver : IStorageProver
{
    private readonly SealKind _kind;
    private readonly StackedGraph _graph;
    private readonly SimulatedCircuit _seal;
    private readonly SimulatedCircuit _window;
    private readonly SimulatedCircuit _update;

    /// <summary>The same kind gives the same keys in every process.</summary>
    public SimulatedProver(SealKind kind)
    {
        (_kind, _graph) = (kind, kind.CreateGraph());
        Dictionary<StorageCircuit, SimulatedCircuit> circuits = ClaimVerifier.CircuitsOf(kind).Select((circuit, i) => (circuit, i)).ToDictionary(one => one.circuit, one => new SimulatedCircuit(one.circuit.PublicInputCount, 1 + one.i));
        (_seal, _window, _update) = (circuits[StorageCircuit.OfSeal(kind)], circuits[new StorageCircuit(StorageProof.Window, kind.Size)], circuits[new StorageCircuit(StorageProof.Update, kind.Size)]);
        Keys = circuits.ToDictionary(one => one.Key, one => one.Value.Key);
    }

    public IReadOnlyDictionary<StorageCircuit, VerifyingKey> Keys { get; }

    public void Prepare(SealKind kind)
    {
        // Its keys are there.
    }

    public IDisposable? TryTakeTurn() => Stream.Null; // nothing of it takes long

    public byte[] ProveSeal(Sector sector, SealStatement statement)
    {
        lock (_seal)
            return [.. Enumerable.Range(0, _kind.Challenges.Partitions).SelectMany(partition => _seal.Prove(SealCircuit.PublicInputs(statement, _graph, partition)))];
    }

    public bool CanUpdate(SealKind kind) => true;

    public byte[] ProveUpdate(Sector sector, UpdateStatement statement)
    {
        for (int partition = 0; partition < UpdateParameters.Of(statement.Nodes).Partitions; partition++)
            sector.ProveUpdate(statement, partition); // throws where it does not hold
        lock (_update)
            return [.. Enumerable.Range(0, UpdateParameters.Of(statement.Nodes).Partitions).SelectMany(partition => _update.Prove(UpdateCircuit.PublicInputs(statement, partition)))];
    }

    public byte[] ProveWindow(SectorSize size, Hash32 randomness, IReadOnlyList<PostVanillaProof> vanilla)
    {
        lock (_window)
            return _window.Prove(PostCircuit.WindowInputs(PostKind.Window, size, randomness, 0, [.. vanilla.Select(proof => proof.Sector)]));
    }
}
