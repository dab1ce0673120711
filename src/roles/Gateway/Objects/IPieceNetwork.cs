using Flashback.Files.Content;
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

    /// <summary>Has a piece stored. When this returns the network knows of it, and goes on by itself as long as the piece can be read through <paramref name="content"/>. Told again after a start, it has the content again.</summary>
    /// <param name="piece">CommP and size.</param>
    /// <param name="content">The archive; zeros follow it up to the piece's size.</param>
    /// <param name="cancellation">Gives up for now.</param>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    Task PlaceAsync(Piece piece, IRangeSource content, CancellationToken cancellation);

    /// <summary>How a piece that was placed is kept.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation);

    /// <summary>Fills a buffer with bytes of a piece.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="offset">From where on; zeros follow the archive.</param>
    /// <param name="destination">Takes them.</param>
    /// <param name="isRight">Tells whether bytes are what they must be: what is not is asked of somebody else. May be called by several threads.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">Nobody who keeps it gives the right answer.</exception>
    ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation);

    /// <summary>Copies a whole piece, with or without the zeros behind it.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="destination">Takes it, from its beginning on; what it had is gone.</param>
    /// <param name="isRight">Tells whether what the destination has is the piece: where it is not somebody else is asked.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">Nobody who keeps it gives the piece.</exception>
    Task CopyAsync(Piece piece, Stream destination, Func<bool> isRight, CancellationToken cancellation);

    /// <summary>Ends the keeping of a piece: it is not renewed.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    Task ReleaseAsync(Piece piece, CancellationToken cancellation);

    /// <summary>All pieces that are stored for this gateway, as the chain tells.</summary>
    IAsyncEnumerable<Piece> ListAsync(CancellationToken cancellation);

    /// <summary>What it costs to have so many padded bytes kept.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    ValueTask<StorageQuote> QuoteAsync(long paddedBytes, CancellationToken cancellation);

    /// <summary>All deals that are not over, as they were seen last.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    ValueTask<IReadOnlyList<DealStatus>> ListDealsAsync(CancellationToken cancellation);

    /// <summary>The account that pays.</summary>
    /// <exception cref="IOException">Not now: ask again later.</exception>
    ValueTask<WalletStatus> GetWalletAsync(CancellationToken cancellation);
}
