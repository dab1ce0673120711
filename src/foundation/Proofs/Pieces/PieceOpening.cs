using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>A part of a piece's padded data, all nodes below one of its tree, with the way from there up to CommP.</summary>
/// <remarks>
/// <code>
/// | 2^height nodes of 32 bytes | the siblings on the way up, lowest first: rows − height of them |
/// </code>
/// </remarks>
public static class PieceOpening
{
    /// <summary>Bytes of an opening.</summary>
    /// <param name="rows">Rows of the piece's tree above its nodes.</param>
    /// <param name="height">Rows above the nodes in which the part's root is.</param>
    public static int LengthOf(int rows, int height) => DataTree.NodeLength * ((1 << height) + rows - height);

    /// <summary>Whether the bytes are the part at a place of its row, under this commitment.</summary>
    /// <param name="opening">Exactly <see cref="LengthOf"/> bytes.</param>
    /// <param name="commitment">CommP.</param>
    /// <param name="height">Rows above the nodes in which the part's root is.</param>
    /// <param name="place">Which of that row's nodes it is.</param>
    public static bool Verify(ReadOnlySpan<byte> opening, in Hash32 commitment, int height, ulong place)
    {
        int data = DataTree.NodeLength << height;
        Hash32 node = height == 0 ? Hash32.Read(opening[..data]) : DataTree.RootInPlace(opening[..data].ToArray());
        for (ReadOnlySpan<byte> siblings = opening[data..]; !siblings.IsEmpty; siblings = siblings[DataTree.NodeLength..], place >>= 1)
        {
            Hash32 sibling = Hash32.Read(siblings[..DataTree.NodeLength]);
            node = (place & 1) == 0 ? DataTree.Parent(node, sibling) : DataTree.Parent(sibling, node);
        }
        return place == 0 && node == commitment;
    }
}
