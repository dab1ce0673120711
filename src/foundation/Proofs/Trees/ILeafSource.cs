using Flashback.Cryptography;

namespace Flashback.Proofs;

/// <summary>Where the leaves of a Poseidon tree come from, a range at a time, from several threads.</summary>
public interface ILeafSource
{
    /// <summary>Fills <paramref name="leaves"/> with those from <paramref name="first"/> on.</summary>
    void Read(long first, Span<Fr> leaves);
}

/// <summary>Leaves that are nodes as they lie: a sealed sector.</summary>
public readonly struct NodeLeaves(MappedMemory nodes) : ILeafSource
{
    /// <inheritdoc/>
    public void Read(long first, Span<Fr> leaves) => Nodes.ToElements(nodes.NodeBytes(first, leaves.Length), leaves);
}

/// <summary>Leaves that are hashes of columns: of a node's labels in all layers.</summary>
public readonly struct ColumnLeaves(IReadOnlyList<MappedMemory> layers) : ILeafSource
{
    /// <inheritdoc/>
    public void Read(long first, Span<Fr> leaves)
    {
        int height = layers.Count;
        Fr[] columns = System.Buffers.ArrayPool<Fr>.Shared.Rent(leaves.Length * height);
        for (int layer = 0; layer < height; layer++)
        {
            ReadOnlySpan<byte> labels = layers[layer].NodeBytes(first, leaves.Length);
            for (int i = 0; i < leaves.Length; i++)
                columns[i * height + layer] = Nodes.ToElement(labels.Slice(i * DataTree.NodeLength, DataTree.NodeLength));
        }
        Poseidon.OfArity(height).HashRow(columns.AsSpan(0, leaves.Length * height), leaves);
        System.Buffers.ArrayPool<Fr>.Shared.Return(columns);
    }
}
