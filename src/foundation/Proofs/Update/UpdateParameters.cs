using System.Numerics;

namespace Flashback.Proofs;

/// <summary>What an update's proof asks of a sector of that size. Source: rust-fil-proofs, storage-proofs-update constants. spec: FIP-0019</summary>
/// <param name="Nodes">Nodes of the sector.</param>
/// <param name="Partitions">Equal ranges of nodes, each proven by itself.</param>
/// <param name="Challenges">Nodes shown of each range.</param>
/// <param name="ApexLeaves">Nodes of tree-D shown over each range.</param>
/// <param name="HighBits">How many leading bits of a node's index choose what its data is multiplied by.</param>
/// <param name="HighBitsSelect">The same as a flag among the six values allowed.</param>
public readonly record struct UpdateParameters(long Nodes, int Partitions, int Challenges, int ApexLeaves, int HighBits, int HighBitsSelect)
{
    /// <summary>Bits of a node's index.</summary>
    public int NodeBits => BitOperations.Log2((ulong)Nodes);

    /// <summary>Bits of a partition's index.</summary>
    public int PartitionBits => BitOperations.Log2((uint)Partitions);

    /// <summary>The parameters of a sector with that many nodes.</summary>
    public static UpdateParameters Of(long nodes) => nodes switch
    {
        <= 1L << 8 => new(nodes, 1, 10, 8, 1, 1),
        <= 1L << 10 => new(nodes, 2, 10, 128, 1, 1),
        <= 1L << 19 => new(nodes, 4, 10, 128, 10, 8),
        _ => new(nodes, 16, 86, 128, 10, 8),
    };

    /// <summary>The six numbers of leading bits that <see cref="HighBitsSelect"/> chooses from: small sectors know one only.</summary>
    public int[] AllowedHighBits => HighBits == 1 ? [1, 1, 1, 1, 1, 1] : [7, 8, 9, 10, 11, 12];

    /// <summary>The leading bits of a node's index.</summary>
    public long High(long node) => node >> (NodeBits - HighBits);

    /// <summary>The first public input of a partition's proof: which one it is, and how many leading bits count.</summary>
    public long PartitionAndHighBits(int partition) => (uint)partition | ((long)HighBitsSelect << PartitionBits);
}
