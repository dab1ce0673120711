using System.Numerics;
using Flashback.Cryptography;
using Flashback.Cryptography.R1cs;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>The circuit of one partition of a replica update: <see cref="UpdateProofs"/>' rules as constraints.</summary>
/// <remarks>
/// Source: rust-fil-proofs, storage-proofs-update circuit; order and form of the constraints are the same, so that keys fit.
/// Public inputs: partition and high bits, the old CommR, the new CommD, the new CommR.
/// </remarks>
public sealed class UpdateCircuit : ICircuit
{
    private static readonly Fr Tag = PoseidonTag.Custom(1);

    private readonly UpdateParameters _parameters;
    private readonly int _partition;
    private readonly UpdateStatement _statement;
    private readonly UpdateVanillaProof _proof;

    /// <summary>The circuit with the values of a vanilla proof that has been checked.</summary>
    /// <param name="statement">What is to be shown.</param>
    /// <param name="partition">0 for the first.</param>
    /// <param name="proof">The partition's vanilla proof.</param>
    public UpdateCircuit(UpdateStatement statement, int partition, UpdateVanillaProof proof)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(proof);
        (_parameters, _partition, _statement, _proof) = (UpdateParameters.Of(statement.Nodes), partition, statement, proof);
    }

    /// <summary>The circuit for sectors with trees of that shape, without values.</summary>
    public static UpdateCircuit Blank(TreeShape shape)
    {
        UpdateParameters parameters = UpdateParameters.Of(shape.Leaves);
        TreePath path = CircuitPaths.Blank(shape);
        UpdateChallengeProof challenge = new(path, CircuitPaths.BlankBinary(parameters.NodeBits), path);
        return new(
            new(shape.Leaves, default, default, default), 0,
            new(default, new Hash32[parameters.ApexLeaves], [.. Enumerable.Repeat(challenge, parameters.Challenges)]));
    }

    /// <summary>How many public inputs there are: partition and selecting bits, and three commitments.</summary>
    public const int PublicInputCount = 4;

    /// <summary>The public inputs of a partition's proof.</summary>
    /// <exception cref="InvalidDataException">A commitment is no field element.</exception>
    public static Fr[] PublicInputs(UpdateStatement statement, int partition)
    {
        ArgumentNullException.ThrowIfNull(statement);
        long first = UpdateParameters.Of(statement.Nodes).PartitionAndHighBits(partition);
        return [Fr.From((ulong)first), Nodes.ToElement(statement.CommROld), Nodes.ToElement(statement.CommDNew), Nodes.ToElement(statement.CommRNew)];
    }

    private int ApexBits => BitOperations.Log2((uint)_parameters.ApexLeaves);

    /// <summary>Bits of a node's index within the partition.</summary>
    private int RandomBits => _parameters.NodeBits - _parameters.PartitionBits;

    /// <inheritdoc/>
    public void Synthesize<TSystem>(TSystem system)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        long partitionAndHighBits = _parameters.PartitionAndHighBits(_partition);
        Number first = system.AllocatePublished(Fr.From((ulong)partitionAndHighBits));
        Bit[] bits = system.AllocateBits((ulong)partitionAndHighBits, _parameters.PartitionBits + 6);
        system.EnforcePacked(bits, first);
        Bit[] partitionBits = bits[.._parameters.PartitionBits], select = bits[_parameters.PartitionBits..];
        Number partition = system.Pack(partitionBits);
        Number commROld = system.AllocatePublished(Nodes.ToElement(_statement.CommROld));
        Number commDNew = system.AllocatePublished(Nodes.ToElement(_statement.CommDNew));
        Number commRNew = system.AllocatePublished(Nodes.ToElement(_statement.CommRNew));
        Number phi = system.Poseidon([commDNew, commROld], Tag);
        Number commC = system.AllocateNumber(Nodes.ToElement(_proof.CommC));
        Number oldRoot = system.AllocateNumber(Nodes.ToElement(_proof.Challenges[0].Old.Root));
        Number newRoot = system.AllocateNumber(Nodes.ToElement(_proof.Challenges[0].Updated.Root));
        Number[] apex = system.AllocateNumbers(Array.ConvertAll(_proof.ApexLeaves, leaf => Nodes.ToElement(leaf)));
        Number[][] partitionPath = Siblings(system, _proof.Challenges[0].Data, RandomBits, _parameters.PartitionBits);
        system.EnforceEqual(system.Poseidon([commC, oldRoot]), commROld);
        system.EnforceEqual(system.Poseidon([commC, newRoot]), commRNew);
        Number apexRoot = Sha256Root(system, apex);
        system.EnforceInclusionAt<Sha256Nodes, TSystem>(apexRoot, partitionBits, partitionPath, commDNew);
        Partition context = new(partitionBits, select, phi, oldRoot, newRoot, apex);
        Bit[][] digests = Digests(system, partition, commRNew);
        int perDigest = NumberGadgets.Capacity / RandomBits;
        Bit[] RandomOf(int challenge) => digests[challenge / perDigest].AsSpan(challenge % perDigest * RandomBits, RandomBits).ToArray();
        Variable[] starts = [.. Enumerable.Range(0, _parameters.Challenges).Select(challenge => RandomOf(challenge)[0].Variable)];
        system.Repeat(starts.Length, new RepeatWindow(RandomBits, starts), (part, i) => Challenge(part, context, RandomOf(i), _proof.Challenges[i]));
    }

    private sealed record Partition(Bit[] Bits, Bit[] Select, Number Phi, Number OldRoot, Number NewRoot, Number[] Apex);

    private static Number Sha256Root<TSystem>(TSystem system, Number[] row)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        while (row.Length > 1)
        {
            Number[] above = new Number[row.Length / 2];
            for (int i = 0; i < above.Length; i++)
                above[i] = Sha256Nodes.Hash(system, [row[2 * i], row[(2 * i) + 1]]);
            row = above;
        }
        return row[0];
    }

    /// <summary>The bits that challenges are cut from: of the hash of the new CommR and a running number.</summary>
    private Bit[][] Digests<TSystem>(TSystem system, Number partition, Number commRNew)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        int perDigest = NumberGadgets.Capacity / RandomBits;
        Bit[][] digests = new Bit[(_parameters.Challenges + perDigest - 1) / perDigest][];
        Fr count = Fr.From((ulong)digests.Length);
        for (int i = 0; i < digests.Length; i++)
        {
            Fr offset = Fr.From((ulong)i);
            Number index = system.AllocateNumber((partition.Value * count) + offset);
            if (TSystem.WritesConstraints)
                system.Enforce([new(Variable.One, offset), new(partition.Variable, count)], [Term.One], [new(index.Variable)]);
            digests[i] = system.ToBitsByProduct(system.Poseidon([commRNew, index], Tag));
        }
        return digests;
    }

    private void Challenge<TSystem>(TSystem system, Partition partition, ReadOnlySpan<Bit> random, UpdateChallengeProof proof)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] node = [.. random, .. partition.Bits];
        Number rho = system.Poseidon([partition.Phi, High(system, node, partition.Select)], Tag);
        Number old = system.AllocateNumber(Nodes.ToElement(proof.Old.Leaf)), data = system.AllocateNumber(Nodes.ToElement(proof.Data.Leaf));
        Number updated = system.Add(old, system.Multiply(data, rho));
        system.EnforceInclusionAt<PoseidonNodes, TSystem>(old, node, Siblings(system, proof.Old, 0, proof.Old.Steps.Length), partition.OldRoot);
        system.EnforceInclusionAt<PoseidonNodes, TSystem>(updated, node, Siblings(system, proof.Updated, 0, proof.Updated.Steps.Length), partition.NewRoot);
        int low = RandomBits - ApexBits;
        Number apex = system.Select(partition.Apex, node.AsSpan(low, ApexBits));
        system.EnforceInclusionAt<Sha256Nodes, TSystem>(data, node.AsSpan(0, low), Siblings(system, proof.Data, 0, low), apex);
    }

    /// <summary>The leading bits of a node's index, as many as the selection says.</summary>
    private Number High<TSystem>(TSystem system, Bit[] node, Bit[] select)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        int[] allowed = _parameters.AllowedHighBits;
        Number[] chosen = new Number[allowed.Length];
        for (int i = 0; i < allowed.Length; i++)
        {
            Number high = system.Pack(node.AsSpan(node.Length - allowed[i]));
            chosen[i] = system.Multiply(high, new Number(select[i].Variable, select[i].Value ? Fr.One : Fr.Zero));
        }
        return system.Sum(chosen);
    }

    private static Number[][] Siblings<TSystem>(TSystem system, TreePath path, int from, int count)
        where TSystem : struct, IConstraintSystem<TSystem> =>
        Array.ConvertAll(path.Steps[from..(from + count)], step => system.AllocateNumbers(Array.ConvertAll(step.Siblings, sibling => Nodes.ToElement(sibling))));
}
