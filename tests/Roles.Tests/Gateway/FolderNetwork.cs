using System.Runtime.CompilerServices;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Roles.Tests.Gateway;

/// <summary>A network of one folder: what is placed is copied there and verified against CommP, and counts as stored at once unless told otherwise.</summary>
internal sealed class FolderNetwork(string folder, long largest = 8 << 20) : IPieceNetwork
{
    public PaddedSize LargestPiece { get; } = PaddedSize.Of(largest);

    /// <summary>While set, nothing answers.</summary>
    public bool IsDown { get; set; }

    /// <summary>While set, nothing more is paid for.</summary>
    public bool IsPoor { get; set; }

    public ValueTask<string?> RefusalAsync(long bytes, CancellationToken cancellation) => new(IsPoor ? "the wallet is empty" : null);

    public async Task PlaceAsync(Piece piece, IRangeSource content, CancellationToken cancellation)
    {
        RequireUp();
        byte[] bytes = new byte[content.Length];
        await content.ReadAsync(0, bytes, cancellation);
        Assert.Equal(piece, PieceCommitment.Compute(bytes));
        await File.WriteAllBytesAsync(PathOf(piece), bytes, cancellation);
    }

    public ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation)
    {
        RequireUp();
        return new(File.Exists(PathOf(piece)) ? new PieceStatus(1, true) { IsOnChain = true, IsProven = true } : new PieceStatus(0, false) { Wanted = 1 });
    }

    public async ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation)
    {
        RequireUp();
        Assert.InRange(offset + destination.Length, 0, piece.Size.Unpadded.Bytes);
        using FileStream file = File.OpenRead(PathOf(piece));
        destination.Span.Clear(); // zeros follow the archive
        file.Position = Math.Min(offset, file.Length);
        await file.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellation);
        if (!isRight(destination))
            throw new IOException("the bytes were altered");
    }

    public async Task CopyAsync(Piece piece, Stream destination, Func<bool> isRight, CancellationToken cancellation)
    {
        RequireUp();
        using (FileStream file = File.OpenRead(PathOf(piece)))
            await file.CopyToAsync(destination, cancellation);
        if (!isRight())
            throw new IOException("the piece was altered");
    }

    public Task ReleaseAsync(Piece piece, CancellationToken cancellation)
    {
        RequireUp();
        File.Delete(PathOf(piece));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<Piece> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (string file in Directory.GetFiles(Directory.CreateDirectory(folder).FullName))
        {
            string[] parts = Path.GetFileName(file).Split('-');
            yield return new Piece(FixedBytes.Parse<Hash32>(parts[0]), PaddedSize.Of(long.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>A wei for a byte of 30 days.</summary>
    public ValueTask<StorageQuote> QuoteAsync(long paddedBytes, CancellationToken cancellation)
    {
        RequireUp();
        return new(new StorageQuote(paddedBytes, TimeSpan.FromDays(30), [new StorageOffer(7, (1UL << 30) / 30)], (ulong)paddedBytes, IsPoor ? UInt256.Zero : 1UL << 40) { Copies = 1 });
    }

    public async ValueTask<IReadOnlyList<DealStatus>> ListDealsAsync(CancellationToken cancellation)
    {
        RequireUp();
        List<DealStatus> deals = [];
        await foreach (Piece piece in ListAsync(cancellation))
        {
            PieceCopy copy = new(7, new Uri("http://127.0.0.1:1"), CopyState.Proven, "0x07");
            deals.Add(new DealStatus((ulong)deals.Count + 1, "0x07", piece.Commitment.ToString(), piece.Size.Bytes, DealState.Running, DateTimeOffset.UtcNow.AddDays(30))
            {
                Cost = (ulong)piece.Size.Bytes, CostPerDay = (ulong)piece.Size.Bytes / 30, Providers = [copy],
            });
        }
        return deals;
    }

    public async ValueTask<WalletStatus> GetWalletAsync(CancellationToken cancellation)
    {
        IReadOnlyList<DealStatus> deals = await ListDealsAsync(cancellation);
        return new WalletStatus("0x01", 1UL << 40, UInt256.Zero, 5UL, deals.Count == 0 ? UInt256.Zero : deals[0].CostPerDay) { PaidUntil = deals.Min(deal => (DateTimeOffset?)deal.End) };
    }

    public string PathOf(Piece piece) => Path.Combine(Directory.CreateDirectory(folder).FullName, $"{piece.Commitment}-{piece.Size}");

    private void RequireUp()
    {
        if (IsDown)
            throw new IOException("nobody answers");
    }
}
