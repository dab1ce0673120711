namespace Flashback.Cryptography;

/// <summary>Domain tags, the element that stands before the preimage and separates one use of the hash from another. Source: neptune, hash_type.</summary>
public static class PoseidonTag
{
    /// <summary>Nodes of a Merkle tree, and columns: 2^arity − 1, one bit for each child that is there.</summary>
    /// <param name="arity">1 to 63.</param>
    public static Fr MerkleTree(int arity) => Fr.From((1UL << arity) - 1);

    /// <summary>A message of fixed length: length · 2^64.</summary>
    public static Fr ConstantLength(int length) => Shifted((uint)length, 64);

    /// <summary>A use of one's own: number · 2^40. Replica updates use number 1.</summary>
    public static Fr Custom(uint number) => Shifted(number, 40);

    private static Fr Shifted(uint number, int bits)
    {
        Fr tag = Fr.From(number);
        for (int i = 0; i < bits; i++)
            tag = tag.Double();
        return tag;
    }
}
