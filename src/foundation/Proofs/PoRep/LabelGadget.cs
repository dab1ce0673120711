using Flashback.Cryptography.R1cs;

namespace Flashback.Proofs;

/// <summary>A label in a circuit: the twin of <see cref="Labels.Compute"/>.</summary>
public static class LabelGadget
{
    private const int NodeBits = 256;

    /// <summary>The hash of a label's message, cut to 254 bits.</summary>
    /// <param name="system">Where it is written to.</param>
    /// <param name="replicaId">The replica id in the order of SHA-256.</param>
    /// <param name="layer">1 for the first.</param>
    /// <param name="node">The node's 64 bits, the lowest first.</param>
    /// <param name="parents">The parents' labels in the order of SHA-256; they are taken round and round.</param>
    public static Number Compute<TSystem>(TSystem system, Bit[] replicaId, int layer, Bit[] node, IReadOnlyList<Bit[]> parents)
        where TSystem : struct, IConstraintSystem<TSystem>
    {
        Bit[] message = new Bit[(2 + Labels.ParentLabels) * NodeBits];
        replicaId.CopyTo(message, 0);
        for (int i = 0; i < 32; i++)
            message[NodeBits + i] = Bit.Constant((layer >> (31 - i) & 1) != 0);
        for (int i = 0; i < node.Length; i++)
            message[NodeBits + 32 + i] = node[^(i + 1)];
        for (int i = 0; i < Labels.ParentLabels; i++)
            parents[i % parents.Count].CopyTo(message, (2 + i) * NodeBits);
        return system.PackDigest(system.Sha256(message));
    }
}
