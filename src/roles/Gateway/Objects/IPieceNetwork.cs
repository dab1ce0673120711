using Flashback.Proofs;

namespace Flashback.Gateway.Objects;

/// <summary>The network that pieces are stored in, as the gateway needs it: market and providers behind one interface.</summary>
/// <remarks>Safe for any number of threads. Every member may be called again after a crash, for what was done before: then nothing happens twice.</remarks>
public interface IPieceNetwork
{
    /// <summary>The largest piece that is taken: a sector.</summary>
    PaddedSize LargestPiece { get; }

    /// <summary>Why so many more bytes cannot be taken, told for people; null when they are paid for.</summary>
    ValueTask<string?> RefusalAsync(long bytes, CancellationToken cancellation);

    /// <summary>Has a piece stored. When this returns the network knows of it, and goes on by itself as long as the piece can be read through <paramref name="content"/>.</summary>
    /// <param name="piece">CommP and size.</param>
    /// <param name="content">The archive; zeros follow it up to the piece's size.</param>
    /// <param name="cancellation">Gives up for now.</param>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    Task PlaceAsync(Piece piece, Content.IRangeSource content, CancellationToken cancellation);

    /// <summary>How a piece that was placed is kept.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation);

    /// <summary>Fills a buffer with bytes of a piece. They are not verified: whoever reads them knows what they must be.</summary>
    /// <exception cref="IOException">Nobody who keeps it answers.</exception>
    ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, CancellationToken cancellation);

    /// <summary>Ends the keeping of a piece: it is not renewed.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    Task ReleaseAsync(Piece piece, CancellationToken cancellation);

    /// <summary>All pieces that are stored for this gateway, as the chain tells.</summary>
    IAsyncEnumerable<Piece> ListAsync(CancellationToken cancellation);
}

/// <summary>How a piece is kept.</summary>
/// <param name="Copies">By how many providers.</param>
/// <param name="IsStored">Whether each is proven on chain and the piece was read back.</param>
public sealed record PieceStatus(int Copies, bool IsStored);
