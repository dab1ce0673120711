using System.Numerics;

namespace Flashback.Cryptography.R1cs;

/// <summary>One step of a Merkle path.</summary>
/// <param name="Siblings">The other children of the node above, in order.</param>
/// <param name="Position">The place among all of them of the child below.</param>
public readonly record struct MerkleStep(Fr[] Siblings, int Position);

/// <summary>How a circuit hashes a tree's nodes.</summary>
public interface INodeGadget
{
    /// <summary>The node over some children.</summary>
    static abstract Number Hash<TSystem>(TSystem system, ReadOnlySpan<Number> children)
        where TSystem : struct, IConstraintSystem<TSystem>;
}

/// <summary>Nodes are Poseidon hashes.</summary>
public readonly struct PoseidonNodes : INodeGadget
{
    /// <inheritdoc/>
    public static Number Hash<TSystem>(TSystem system, ReadOnlySpan<Number> children)
        where TSystem : struct, IConstraintSystem<TSystem> => system.Poseidon(children);
}

/// <summary>Nodes are SHA-256 hashes cut to 254 bits.</summary>
public readonly struct Sha256Nodes : INodeGadget
{
    /// <inheritdoc/>
    public static Number Hash<TSystem>(TSystem system, ReadOnlySpan<Number> children)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] message = new Bit[256 * children.Length];
        for (int i = 0; i < children.Length; i++)
            BitOrder.Swap(system.ToBits(children[i])).CopyTo(message, 256 * i);
        return system.PackDigest(system.Sha256(message));
    }
}

/// <summary>Shows that leaves are under roots. Order and form of the constraints are those of rust-fil-proofs.</summary>
public static class MerkleGadgets
{
    /// <summary>The root that a path leads to; its steps' positions become new bits and, together, a public input.</summary>
    public static Number ClimbPublicly<TNodes, TSystem>(this TSystem system, in Number leaf, ReadOnlySpan<MerkleStep> path)
        where TNodes : struct, INodeGadget
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        List<Bit> places = [];
        Number node = leaf;
        foreach (MerkleStep step in path)
        {
            Bit[] place = system.AllocateBits((ulong)step.Position, BitOperations.Log2((uint)step.Siblings.Length + 1));
            places.AddRange(place);
            Number[] siblings = system.AllocateNumbers(step.Siblings);
            node = TNodes.Hash(system, system.Insert(node, place, siblings));
        }
        system.PublishPacked(places.ToArray());
        return node;
    }

    /// <summary>Shows that a leaf is under a root, at a place that becomes a public input.</summary>
    public static void EnforceInclusion<TNodes, TSystem>(this TSystem system, in Number leaf, ReadOnlySpan<MerkleStep> path, in Number root)
        where TNodes : struct, INodeGadget
        where TSystem : struct, IConstraintSystem<TSystem> => system.EnforceEqual(system.ClimbPublicly<TNodes, TSystem>(leaf, path), root);

    /// <summary>Shows that a leaf is under a root, at a place given by bits, with siblings that are variables already.</summary>
    /// <param name="system">Where it is written to.</param>
    /// <param name="leaf">The leaf.</param>
    /// <param name="places">The places of all steps, the lowest step's lowest bit first.</param>
    /// <param name="siblings">Each step's.</param>
    /// <param name="root">The root.</param>
    public static void EnforceInclusionAt<TNodes, TSystem>(
        this TSystem system, in Number leaf, ReadOnlySpan<Bit> places, ReadOnlySpan<Number[]> siblings, in Number root)
        where TNodes : struct, INodeGadget
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Number node = leaf;
        foreach (Number[] step in siblings)
        {
            int bits = BitOperations.Log2((uint)step.Length + 1);
            node = TNodes.Hash(system, system.Insert(node, places[..bits], step));
            places = places[bits..];
        }
        system.EnforceEqual(node, root);
    }
}
