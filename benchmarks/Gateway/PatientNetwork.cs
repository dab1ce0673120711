using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Benchmarks.Gateway;

/// <summary>A network in which pieces wait for ever: all that is put stays on the gateway's disk, and nothing is paid.</summary>
internal sealed class PatientNetwork : IPieceNetwork
{
    public PaddedSize LargestPiece { get; } = PaddedSize.Of(1L << 30);

    public ValueTask<string?> RefusalAsync(long bytes, CancellationToken cancellation) => new((string?)null);

    public Task PlaceAsync(Piece piece, IRangeSource content, CancellationToken cancellation) => Task.CompletedTask;

    public ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation) => new(new PieceStatus(0, false));

    public ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation) => throw new IOException("nobody keeps it");

    public Task CopyAsync(Piece piece, Stream destination, Func<bool> isRight, CancellationToken cancellation) => throw new IOException("nobody keeps it");

    public Task ReleaseAsync(Piece piece, CancellationToken cancellation) => Task.CompletedTask;

    public IAsyncEnumerable<Piece> ListAsync(CancellationToken cancellation) => AsyncEnumerable.Empty<Piece>();

    public ValueTask<StorageQuote> QuoteAsync(long paddedBytes, CancellationToken cancellation) => throw new IOException("nobody offers anything");

    public ValueTask<IReadOnlyList<DealStatus>> ListDealsAsync(CancellationToken cancellation) => new([]);

    public ValueTask<WalletStatus> GetWalletAsync(CancellationToken cancellation) => new(new WalletStatus("", UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero));
}
