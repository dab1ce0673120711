using Flashback.Primitives;

namespace Flashback.Proofs;

/// <summary>How pieces lie in a sector, and CommD, the commitment to them all.</summary>
public static class SectorData
{
    /// <summary>The gap before a new piece and the zeros after it, in unpadded bytes: a piece begins at a multiple of its rounded size.</summary>
    /// <param name="written">Unpadded bytes in the sector so far.</param>
    /// <param name="length">Unpadded bytes of the piece.</param>
    public static (long Left, long Right) Alignment(long written, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(written);
        long rounded = PaddedSize.Holding(length).Unpadded.Bytes;
        long past = written % rounded;
        return (past == 0 ? 0 : rounded - past, rounded - length);
    }

    /// <summary>CommD of pieces in order, zeros between them as alignment asks; no larger than the least tree that holds them.</summary>
    /// <remarks>A caller who wants CommD of a whole sector adds pieces of zeros to its end.</remarks>
    /// <exception cref="ArgumentException">There is no piece.</exception>
    public static Piece Aggregate(ReadOnlySpan<Piece> pieces)
    {
        if (pieces.IsEmpty)
            throw new ArgumentException("CommD of no pieces is that of a sector of zeros", nameof(pieces));
        Stack<Piece> open = new();
        foreach (Piece piece in pieces)
        {
            while (open.Count > 0 && open.Peek().Size.CompareTo(piece.Size) < 0)
                Push(open, Piece.OfZeros(open.Peek().Size));
            Push(open, piece);
        }
        while (open.Count > 1)
            Push(open, Piece.OfZeros(open.Peek().Size));
        return open.Pop();
    }

    /// <summary>Where one of the pieces in a sector lies, and the way from there up to CommD.</summary>
    /// <param name="pieces">In order, zeros between and after them.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="sector">The sector's size.</param>
    /// <returns>Its place among the parts of its size, and the siblings, lowest first.</returns>
    /// <exception cref="ArgumentException">The pieces do not fit into the sector.</exception>
    public static (ulong Place, Hash32[] Path) PathOf(ReadOnlySpan<Piece> pieces, int index, PaddedSize sector)
    {
        long[] offsets = new long[pieces.Length]; // padded bytes
        long end = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            long size = pieces[i].Size.Bytes;
            offsets[i] = (end + size - 1) / size * size;
            end = offsets[i] + size;
        }
        if (end > sector.Bytes)
            throw new ArgumentException($"the pieces take {end} bytes, and the sector has {sector}", nameof(pieces));
        PaddedSize row = pieces[index].Size;
        long place = offsets[index] / row.Bytes;
        Hash32[] path = new Hash32[sector.TreeHeight - row.TreeHeight];
        for (int i = 0; i < path.Length; i++, row = row.Doubled())
            path[i] = NodeAt(pieces, offsets, ((place >> i) ^ 1) * row.Bytes, row);
        return ((ulong)place, path);
    }

    /// <summary>The node over a part of the sector that no piece begins before: a piece's own, that of zeros, or that of two parts.</summary>
    private static Hash32 NodeAt(ReadOnlySpan<Piece> pieces, ReadOnlySpan<long> offsets, long offset, PaddedSize size)
    {
        int first = 0;
        while (first < offsets.Length && offsets[first] < offset)
            first++;
        if (first == offsets.Length || offsets[first] >= offset + size.Bytes)
            return DataTree.ZeroCommitment(size);
        if (offsets[first] == offset && pieces[first].Size == size)
            return pieces[first].Commitment;
        PaddedSize half = PaddedSize.Of(size.Bytes / 2);
        return DataTree.Parent(NodeAt(pieces, offsets, offset, half), NodeAt(pieces, offsets, offset + half.Bytes, half));
    }

    private static void Push(Stack<Piece> open, Piece piece)
    {
        while (open.Count > 0 && open.Peek().Size == piece.Size)
            piece = new Piece(DataTree.Parent(open.Pop().Commitment, piece.Commitment), piece.Size.Doubled());
        open.Push(piece);
    }
}
