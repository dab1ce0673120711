using System.Numerics;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The circuit of one proof partition of a seal: <see cref="SealVerifier"/>'s rules as constraints.</summary>
/// <remarks>
/// Source: rust-fil-proofs, storage-proofs-porep stacked circuit; order and form of the constraints are the same, so that keys fit.
/// Public inputs: replica id, CommD, CommR, and for each challenge the node, its fourteen parents, and the node thrice.
/// </remarks>
public sealed class SealCircuit : ICircuit
{
    private readonly Hash32 _replicaId;
    private readonly Hash32 _commD;
    private readonly Hash32 _commR;
    private readonly IReadOnlyList<SealVanillaProof> _proofs;

    /// <summary>The circuit with the values of a vanilla proof that has been checked.</summary>
    /// <param name="statement">What is to be shown.</param>
    /// <param name="proofs">One a challenge of the partition.</param>
    /// <exception cref="ArgumentException">There is no proof.</exception>
    public SealCircuit(SealStatement statement, IReadOnlyList<SealVanillaProof> proofs)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(proofs);
        if (proofs.Count == 0)
            throw new ArgumentException("a proof partition has at least one challenge", nameof(proofs));
        (_replicaId, _commD, _commR, _proofs) = (statement.ReplicaId, statement.CommD, statement.CommR, proofs);
    }

    private SealCircuit(IReadOnlyList<SealVanillaProof> proofs) => _proofs = proofs;

    /// <summary>The circuit for any shape of trees, without values.</summary>
    public static SealCircuit Blank(TreeShape shape, int layers, int challenges)
    {
        TreePath path = CircuitPaths.Blank(shape);
        ColumnProof column = new(new Hash32[layers], path);
        ColumnProof[] baseParents = new ColumnProof[StackedGraph.BaseDegree], expanderParents = new ColumnProof[StackedGraph.ExpanderDegree];
        Array.Fill(baseParents, column);
        Array.Fill(expanderParents, column);
        TreePath data = CircuitPaths.BlankBinary(BitOperations.Log2((ulong)shape.Leaves));
        SealVanillaProof proof = new(data, path, column, baseParents, expanderParents, []);
        return new SealCircuit([.. Enumerable.Repeat(proof, challenges)]);
    }

    /// <summary>How many public inputs there are: the replica's id and two commitments; for each challenge the node, its parents, and the node for each of three paths.</summary>
    public static int PublicInputCount(int challenges) => 3 + (challenges * (1 + StackedGraph.Degree + 3));

    /// <summary>The public inputs of a partition's proof.</summary>
    /// <exception cref="InvalidDataException">A commitment is no field element.</exception>
    public static Fr[] PublicInputs(SealStatement statement, StackedGraph graph, int partition)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(graph);
        List<Fr> inputs = [Nodes.ToElement(statement.ReplicaId), Nodes.ToElement(statement.CommD), Nodes.ToElement(statement.CommR)];
        uint[] parents = new uint[StackedGraph.Degree];
        foreach (long challenge in SealChallenges.Derive(statement, partition))
        {
            Fr node = Fr.From((ulong)challenge);
            graph.Parents(challenge, parents);
            inputs.Add(node);
            foreach (uint parent in parents)
                inputs.Add(Fr.From(parent));
            inputs.AddRange([node, node, node]);
        }
        return [.. inputs];
    }

    /// <inheritdoc/>
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number replicaId = system.AllocatePublished(Nodes.ToElement(_replicaId));
        Bit[] replicaBits = BitOrder.Swap(system.ToBits(replicaId));
        Number commD = system.AllocatePublished(Nodes.ToElement(_commD));
        Number commR = system.AllocatePublished(Nodes.ToElement(_commR));
        Number commRLast = system.AllocateNumber(Nodes.ToElement(_proofs[0].Replica.Root));
        Number commC = system.AllocateNumber(Nodes.ToElement(_proofs[0].Column.Path.Root));
        system.EnforceEqual(commR, system.Poseidon([commC, commRLast]));
        Roots roots = new(replicaBits, commD, commRLast, commC);
        system.Repeat(_proofs.Count, default, (part, i) => Challenge(part, roots, _proofs[i]));
    }

    private sealed record Roots(Bit[] ReplicaId, Number CommD, Number CommRLast, Number CommC);

    private static void Challenge<TSystem>(TSystem system, Roots roots, SealVanillaProof proof)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number data = system.AllocateNumber(Nodes.ToElement(proof.Data.Leaf));
        system.EnforceInclusion<Sha256Nodes, TSystem>(data, CircuitPaths.Steps(proof.Data), roots.CommD);
        Number[][] baseParents = Array.ConvertAll(proof.BaseParents, parent => Column(system, roots, parent));
        Number[][] expanderParents = Array.ConvertAll(proof.ExpanderParents, parent => Column(system, roots, parent));
        Bit[] node = system.AllocateBits((ulong)proof.Data.LeafIndex, 64);
        system.PublishPacked(node);
        Number[] labels = new Number[proof.Column.Column.Length];
        for (int layer = 1; layer <= labels.Length; layer++)
            labels[layer - 1] = Label(system, roots, layer, node, baseParents, expanderParents);
        Number replica = system.Add(labels[^1], data);
        system.EnforceInclusion<PoseidonNodes, TSystem>(replica, CircuitPaths.Steps(proof.Replica), roots.CommRLast);
        system.EnforceInclusion<PoseidonNodes, TSystem>(system.Poseidon(labels), CircuitPaths.Steps(proof.Column.Path), roots.CommC);
    }

    /// <summary>A parent's labels, shown to be under CommC.</summary>
    private static Number[] Column<TSystem>(TSystem system, Roots roots, ColumnProof proof)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number[] labels = system.AllocateNumbers(Array.ConvertAll(proof.Column, label => Nodes.ToElement(label)));
        system.EnforceInclusion<PoseidonNodes, TSystem>(system.Poseidon(labels), CircuitPaths.Steps(proof.Path), roots.CommC);
        return labels;
    }

    /// <summary>A label as the hash of replica id, layer, node and parents' labels; those are cut into bits for each layer anew.</summary>
    private static Number Label<TSystem>(TSystem system, Roots roots, int layer, Bit[] node, Number[][] baseParents, Number[][] expanderParents)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        List<Bit[]> parents = [];
        foreach (Number[] parent in baseParents)
            parents.Add(BitOrder.Swap(system.ToBits(parent[layer - 1])));
        if (layer > 1)
        {
            foreach (Number[] parent in expanderParents)
                parents.Add(BitOrder.Swap(system.ToBits(parent[layer - 2])));
        }
        return LabelGadget.Compute(system, roots.ReplicaId, layer, node, parents);
    }
}
