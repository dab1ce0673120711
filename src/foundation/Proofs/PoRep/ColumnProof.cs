using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Shows the labels of one node in every layer: their hash is a leaf of tree-C.</summary>
/// <param name="Column">The labels, first layer first.</param>
/// <param name="Path">The hash's way to CommC.</param>
public sealed record ColumnProof(Hash32[] Column, TreePath Path)
{
    /// <summary>The leaf of tree-C for these labels; false when one is no field element.</summary>
    public static bool TryHash(ReadOnlySpan<Hash32> column, out Hash32 leaf)
    {
        leaf = default;
        Fr[] labels = new Fr[column.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            if (!Fr.TryDecodeLittleEndian(column[i].AsSpan(), out labels[i]))
                return false;
        }
        leaf = Nodes.FromElement(Poseidon.OfArity(labels.Length).Hash(labels));
        return true;
    }
}
