using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>One step of a path: the children of a node except the one below.</summary>
/// <param name="Siblings">The other children, in order.</param>
/// <param name="Position">Where the child below stands among all of them.</param>
public sealed record PathStep(Hash32[] Siblings, int Position);

/// <summary>A leaf's way to the root of a tree.</summary>
/// <param name="Leaf">The leaf.</param>
/// <param name="Root">The root the path claims to lead to.</param>
/// <param name="Steps">Lowest first.</param>
public sealed record TreePath(Hash32 Leaf, Hash32 Root, PathStep[] Steps)
{
    /// <summary>The leaf's place: the positions as digits, lowest first, each to the base of its step's arity.</summary>
    public long LeafIndex
    {
        get
        {
            long index = 0, weight = 1;
            foreach (PathStep step in Steps)
            {
                index += step.Position * weight;
                weight *= step.Siblings.Length + 1;
            }
            return index;
        }
    }

    /// <summary>True when the path has the shape's steps and leads from the leaf to <see cref="Root"/>.</summary>
    public bool Verify<THash>(TreeShape shape)
        where THash : struct, ITreeHash
    {
        if (Steps.Length != shape.PathLength)
            return false;
        for (int i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Siblings.Length + 1 != shape.ArityAt(i))
                return false;
        }
        return LeadsToRoot<THash>();
    }

    /// <summary>True when a binary path of that many steps leads from the leaf to <see cref="Root"/>.</summary>
    public bool VerifyBinary<THash>(int steps)
        where THash : struct, ITreeHash
    {
        if (Steps.Length != steps)
            return false;
        foreach (PathStep step in Steps)
        {
            if (step.Siblings.Length != 1)
                return false;
        }
        return LeadsToRoot<THash>();
    }

    private bool LeadsToRoot<THash>()
        where THash : struct, ITreeHash
    {
        Hash32 node = Leaf;
        foreach (PathStep step in Steps)
        {
            if (step.Position < 0 || step.Position > step.Siblings.Length)
                return false;
            Hash32[] children = [.. step.Siblings.AsSpan(0, step.Position), node, .. step.Siblings.AsSpan(step.Position)];
            if (!THash.TryParent(children, out node))
                return false;
        }
        return node == Root;
    }
}

/// <summary>How the nodes of a tree are hashed.</summary>
public interface ITreeHash
{
    /// <summary>The parent of some nodes; false when they are no nodes of such a tree.</summary>
    static abstract bool TryParent(ReadOnlySpan<Hash32> children, out Hash32 parent);
}

/// <summary>Trees over data: SHA-256 of two nodes, cut to 254 bits.</summary>
public readonly struct DataHash : ITreeHash
{
    /// <inheritdoc/>
    public static bool TryParent(ReadOnlySpan<Hash32> children, out Hash32 parent)
    {
        bool isPair = children.Length == 2;
        parent = isPair ? DataTree.Parent(children[0], children[1]) : default;
        return isPair;
    }
}

/// <summary>Trees over columns and replicas: Poseidon of 2, 4 or 8 field elements.</summary>
public readonly struct ReplicaHash : ITreeHash
{
    /// <inheritdoc/>
    public static bool TryParent(ReadOnlySpan<Hash32> children, out Hash32 parent)
    {
        parent = default;
        if (children.Length is not (2 or 4 or 8))
            return false;
        Span<Fr> elements = stackalloc Fr[8];
        elements = elements[..children.Length];
        for (int i = 0; i < children.Length; i++)
        {
            if (!Fr.TryDecodeLittleEndian(children[i].AsSpan(), out elements[i]))
                return false;
        }
        parent = Nodes.FromElement(Poseidon.OfArity(children.Length).Hash(elements));
        return true;
    }

    /// <summary>The commitment to a sealed sector: the hash of CommC and CommRLast.</summary>
    /// <returns>False when one of them is no field element.</returns>
    public static bool TryCommR(in Hash32 commC, in Hash32 commRLast, out Hash32 commR) => TryParent([commC, commRLast], out commR);
}
