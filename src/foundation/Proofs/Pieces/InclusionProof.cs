using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>Shows that neighbouring nodes of one row lie in a data tree: a range of a piece's data under CommP, or a piece under CommD.</summary>
/// <remarks>
/// From the row of the nodes up, each row whose range begins at an odd node needs the sibling left of it, and each whose range ends at an even
/// node the one right of it; <see cref="Siblings"/> holds them in that order. One node's proof is the usual path.
/// </remarks>
/// <param name="First">The first node's place in its row.</param>
/// <param name="Count">How many nodes are shown, 1 or more.</param>
/// <param name="Rows">How many rows up the root is.</param>
/// <param name="Siblings">What the range's own nodes do not give.</param>
public sealed record InclusionProof(long First, int Count, int Rows, IReadOnlyList<Hash32> Siblings)
{
    private const int HighestTree = 57;

    /// <summary>The proof for nodes of a row that is at hand in full: leaves of a piece, or a sector's pieces of equal size.</summary>
    /// <exception cref="ArgumentException">The row is no power of two, or the range is not in it.</exception>
    public static InclusionProof Create(ReadOnlySpan<Hash32> row, int first, int count)
    {
        if (row.IsEmpty || !System.Numerics.BitOperations.IsPow2(row.Length))
            throw new ArgumentException($"{row.Length} nodes are no full row", nameof(row));
        if (first < 0 || count < 1 || count > row.Length - first)
            throw new ArgumentException($"nodes {first} to {first + count - 1} are not among {row.Length}");
        List<Hash32> siblings = [];
        int begin = first, last = first + count - 1, rows = 0;
        Hash32[] nodes = row.ToArray();
        for (Span<Hash32> left = nodes; left.Length > 1; left = left[..(left.Length / 2)], begin /= 2, last /= 2, rows++)
        {
            if (begin % 2 == 1)
                siblings.Add(left[begin - 1]);
            if (last % 2 == 0)
                siblings.Add(left[last + 1]);
            DataTree.HashRow(MemoryMarshal.AsBytes(left), MemoryMarshal.AsBytes(left[..(left.Length / 2)]));
        }
        return new InclusionProof(first, count, rows, siblings);
    }

    /// <summary>True when <paramref name="nodes"/> lie where the proof says under <paramref name="root"/>.</summary>
    public bool Verify(ReadOnlySpan<Hash32> nodes, in Hash32 root)
    {
        if (Count < 1 || nodes.Length != Count || Rows is < 0 or > HighestTree || First < 0 || First > (1L << Rows) - Count)
            return false;
        List<Hash32> range = [.. nodes];
        long begin = First, last = First + Count - 1;
        int used = 0;
        for (int row = 0; row < Rows; row++, begin /= 2, last /= 2)
        {
            int needed = (begin % 2 == 1 ? 1 : 0) + (last % 2 == 0 ? 1 : 0);
            if (needed > Siblings.Count - used)
                return false;
            if (begin % 2 == 1)
                range.Insert(0, Siblings[used++]);
            if (last % 2 == 0)
                range.Add(Siblings[used++]);
            for (int i = 0; i < range.Count / 2; i++)
                range[i] = DataTree.Parent(range[2 * i], range[2 * i + 1]);
            range.RemoveRange(range.Count / 2, range.Count - range.Count / 2);
        }
        return used == Siblings.Count && range[0] == root;
    }
}
