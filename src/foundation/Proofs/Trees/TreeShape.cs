using System.Numerics;

namespace Flashback.Proofs;

/// <summary>The shape of a Poseidon tree over a sector: octal trees over equal ranges of leaves, their roots joined by one or two wider nodes.</summary>
/// <remarks>Filecoin writes the shapes 8-0-0, 8-2-0, 8-8-0, 8-8-2: the octal trees' arity, then of the node over them, then of the node over those.</remarks>
/// <param name="Leaves">All leaves.</param>
/// <param name="SubArity">How many octal trees a node joins; 0 when there is one tree.</param>
/// <param name="TopArity">How many of those nodes the root joins; 0 when there is one.</param>
public readonly record struct TreeShape(long Leaves, int SubArity, int TopArity)
{
    /// <summary>Children of a node of an octal tree.</summary>
    public const int BaseArity = 8;

    /// <summary>How many octal trees there are; each is a file.</summary>
    public int BaseTrees => Math.Max(1, SubArity) * Math.Max(1, TopArity);

    /// <summary>Leaves of one octal tree: a power of eight.</summary>
    public long BaseLeaves => Leaves / BaseTrees;

    /// <summary>Rows of an octal tree, leaves and root included.</summary>
    public int BaseRows => BitOperations.Log2((ulong)BaseLeaves) / 3 + 1;

    /// <summary>Rows of tree-R-last that are rebuilt when they are needed, besides the leaves, which are the sealed sector itself.</summary>
    public int DiscardedRows => BaseRows <= 2 ? 0 : Math.Min(BaseRows - 2, 2);

    /// <summary>Steps from a leaf to the root.</summary>
    public int PathLength => BaseRows - 1 + (SubArity > 0 ? 1 : 0) + (TopArity > 0 ? 1 : 0);

    /// <summary>Children of the node at that step of a path, 0 being the lowest.</summary>
    public int ArityAt(int step) => step < BaseRows - 1 ? BaseArity : step == BaseRows - 1 ? SubArity : TopArity;

    /// <summary>Nodes of a row of one octal tree; row 0 is the leaves.</summary>
    public long RowLength(int row) => BaseLeaves >> (3 * row);

    /// <summary>Nodes of one octal tree before <paramref name="row"/>, counted from <paramref name="firstRow"/>.</summary>
    public long RowOffset(int firstRow, int row)
    {
        long offset = 0;
        for (int r = firstRow; r < row; r++)
            offset += RowLength(r);
        return offset;
    }

    /// <summary>Nodes of one octal tree from <paramref name="firstRow"/> to its root.</summary>
    public long StoredNodes(int firstRow) => RowOffset(firstRow, BaseRows);
}
