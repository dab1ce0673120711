using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Provider;

/// <summary>Says which pieces somebody pays for: nothing else is taken.</summary>
public interface IPieceIntake
{
    /// <summary>The piece as a deal asks for it; null where none does.</summary>
    /// <param name="commP">The piece.</param>
    /// <param name="deal">The deal that the sender names; null for whichever asks for it.</param>
    /// <param name="cancellation">Gives up.</param>
    ValueTask<ExpectedPiece?> FindAsync(Hash32 commP, string? deal, CancellationToken cancellation);

    /// <summary>Orders a piece to be fetched from another provider. Once it is kept, null comes back; else why not.</summary>
    /// <param name="commP">The piece.</param>
    /// <param name="order">From where.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<string?> OrderPullAsync(Hash32 commP, PullOrder order, CancellationToken cancellation);

    /// <summary>Has a readable copy made again of a piece that lies in a sector; false where it lies in none.</summary>
    bool TryRecall(Hash32 commP);
}

/// <summary>A piece that a deal asks for: as many bytes as are sent, and zeros after them.</summary>
/// <param name="CommP">Its commitment.</param>
/// <param name="Size">With the zeros, and padded.</param>
public sealed record ExpectedPiece(Hash32 CommP, PaddedSize Size)
{
    /// <summary>How many bytes may be sent at most.</summary>
    public long Room => Size.Unpadded.Bytes;

    /// <summary>Whether so many bytes make a piece of this size.</summary>
    public bool MayHave(long length) => length > 0 && length <= Room && PaddedSize.Holding(length) == Size;
}

/// <summary>What is asked of a provider that is to fetch a piece itself.</summary>
/// <param name="From">Where another provider answers.</param>
/// <param name="Deal">The deal that asks for the piece; null for whichever does.</param>
/// <param name="Provider">Which provider answers there; null for one of the deal's.</param>
public sealed record PullOrder(string From, string? Deal, ulong? Provider);
