
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

    private static void Push(Stack<Piece> open, Piece piece)
    {
        while (open.Count > 0 && open.Peek().Size == piece.Size)
            piece = new Piece(DataTree.Parent(open.Pop().Commitment, piece.Commitment), piece.Size.Doubled());
        open.Push(piece);
    }
}
