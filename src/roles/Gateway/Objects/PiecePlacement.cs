using Flashback.Proofs;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Objects;

/// <summary>Leads pieces from this machine's disk to the network and, when nothing needs them any more, out of it. One pass at a time.</summary>
/// <remarks>
/// Closed: CommP is computed, and the network told. Placed: asked about until it is stored. Stored: the file goes when the room is needed.
/// Needed by nothing: released and forgotten, but a piece that tells of deletions stays as long as an older one does, since a rebuilt index would bring back
/// what was deleted.
/// </remarks>
public sealed partial class PiecePlacement
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly IStore _store;
    private readonly PieceFolder _folder;
    private readonly IndexWriter _writer;
    private readonly IPieceNetwork _network;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly UploadStore _uploads;
    private readonly ILogger _log;
    private readonly HashSet<long> _told = []; // pieces whose content the network has since the start

    internal PiecePlacement(
        IStore store, PieceTable pieces, PieceFolder folder, IndexWriter writer, IPieceNetwork network, GatewayOptions options, TimeProvider time, UploadStore uploads, ILogger log)
    {
        (_store, Pieces, _folder, _writer, _network) = (store, pieces, folder, writer, network);
        (_options, _time, _uploads, _log) = (options, time, uploads, log);
    }

    internal PieceTable Pieces { get; }

    /// <summary>All pieces as they are now, by number.</summary>
    public IReadOnlyList<PieceRecord> ListPieces() => [.. Pieces.All];

    /// <summary>Makes passes until it is cancelled. What fails is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await PassAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(Pause, _time, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or StoreException or ObjectException)
            {
                Log.PassFailed(_log, e);
                await Task.Delay(Pause, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Takes each piece as far as it can go now.</summary>
    public async Task PassAsync(CancellationToken cancellation)
    {
        await _uploads.AbortOldAsync(_time.GetUtcNow() - _options.UploadAge, cancellation).ConfigureAwait(false);
        if (Pieces.All.Any(piece => piece.State == PieceState.Open && piece.Created < _time.GetUtcNow() - _options.PieceAge))
            await _writer.RotateAsync(cancellation).ConfigureAwait(false);
        foreach (PieceRecord piece in Pieces.All)
        {
            try
            {
                await AdvanceAsync(piece, cancellation).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                Log.PieceWaits(_log, piece.Number, e.Message);
            }
        }
        await DropFilesAsync(cancellation).ConfigureAwait(false);
    }

    private async Task AdvanceAsync(PieceRecord piece, CancellationToken cancellation)
    {
        if (IsUnneeded(piece))
            piece = await SetAsync(piece.Number, now => IsUnneeded(now) ? now with { State = PieceState.Unneeded } : now).ConfigureAwait(false); // a copy may need it by now
        if (piece.State == PieceState.Unneeded)
        {
            await ForgetAsync(piece, cancellation).ConfigureAwait(false);
            return;
        }
        if (piece is { State: PieceState.Closed, Commitment: null })
            piece = await SetAsync(piece.Number, Commit(piece)).ConfigureAwait(false);
        if (piece.State is PieceState.Placed or PieceState.Stored && piece.IsLocal && _told.Add(piece.Number))
            await PlaceAsync(piece, cancellation).ConfigureAwait(false); // so that the network has its content again after a start
        if (piece.State == PieceState.Closed)
        {
            await PlaceAsync(piece, cancellation).ConfigureAwait(false);
            _told.Add(piece.Number);
            piece = await SetAsync(piece.Number, now => now with { State = PieceState.Placed }).ConfigureAwait(false);
            Log.Placed(_log, piece.Number, piece.Commitment!, piece.Length);
        }
        if (piece.State == PieceState.Placed && await _network.StatusAsync(BlockStore.Identify(piece), cancellation).ConfigureAwait(false) is { IsStored: true } status)
        {
            await SetAsync(piece.Number, now => now with { State = PieceState.Stored }).ConfigureAwait(false);
            Log.Stored(_log, piece.Number, status.Copies);
        }
    }

    private Task PlaceAsync(PieceRecord piece, CancellationToken cancellation) => _network.PlaceAsync(BlockStore.Identify(piece), _folder.OpenPiece(piece.Number, piece.Length), cancellation);

    private bool IsUnneeded(PieceRecord piece) => piece is { Live: <= 0, State: not (PieceState.Open or PieceState.Unneeded) } && (!piece.HasDeletions || Pieces.All.First().Number == piece.Number);

    private Func<PieceRecord, PieceRecord> Commit(PieceRecord piece)
    {
        using FileStream file = new(_folder.PiecePath(piece.Number), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        string commitment = PieceCommitment.Compute(file, out _).Commitment.ToString();
        return now => now with { Commitment = commitment };
    }

    /// <summary>Changes a piece's record through the writer.</summary>
    private async Task<PieceRecord> SetAsync(long number, Func<PieceRecord, PieceRecord> change)
    {
        PieceRecord? result = null;
        await _writer.CommitAsync(new Change("", null) { Apply = (round, _) => round.Pieces.Set(result = change(round.Pieces.Find(number)!)) }, CancellationToken.None).ConfigureAwait(false);
        return result!;
    }

    private async Task ForgetAsync(PieceRecord piece, CancellationToken cancellation)
    {
        if (piece.Commitment is not null)
            await _network.ReleaseAsync(BlockStore.Identify(piece), cancellation).ConfigureAwait(false);
        await _writer.CommitAsync(new Change("", null) { Apply = (round, _) => round.Pieces.Remove(piece.Number) }, CancellationToken.None).ConfigureAwait(false);
        _folder.DeletePiece(piece.Number);
        ForgetBlocks(piece.Number);
        Log.Forgotten(_log, piece.Number);
    }

    /// <summary>Removes the places of a piece's blocks. They count for nothing already; a crash on the way leaves some behind that cost their room alone.</summary>
    private void ForgetBlocks(long number)
    {
        byte[] suffix = IndexKeys.Number(number);
        WriteBatch batch = new();
        using (IStoreCursor cursor = _store.Scan(IndexKeys.Blocks, KeyRange.All))
        {
            while (cursor.MoveNext())
            {
                if (cursor.Key.EndsWith(suffix))
                    batch.Delete(IndexKeys.Blocks, cursor.Key);
            }
        }
        _store.Commit(batch, Durability.Buffered);
    }

    /// <summary>Lets files of stored pieces go, the oldest first, until the rest is no more than is kept.</summary>
    private async Task DropFilesAsync(CancellationToken cancellation)
    {
        long kept = 0;
        foreach (PieceRecord piece in Pieces.All.Where(piece => piece is { State: PieceState.Stored, IsLocal: true }).Reverse())
        {
            cancellation.ThrowIfCancellationRequested();
            kept += piece.Length;
            if (kept <= _options.KeptBytes)
                continue;
            await SetAsync(piece.Number, now => now with { IsLocal = false }).ConfigureAwait(false);
            _folder.DeletePiece(piece.Number);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Piece {Number} is placed: {Commitment}, {Length} bytes")]
        public static partial void Placed(ILogger log, long number, string commitment, long length);

        [LoggerMessage(Level = LogLevel.Information, Message = "Piece {Number} is stored by {Copies} providers")]
        public static partial void Stored(ILogger log, long number, int copies);

        [LoggerMessage(Level = LogLevel.Information, Message = "Piece {Number} is needed by nothing any more and was released")]
        public static partial void Forgotten(ILogger log, long number);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Piece {Number} waits: {Reason}")]
        public static partial void PieceWaits(ILogger log, long number, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Pieces wait")]
        public static partial void PassFailed(ILogger log, Exception failure);
    }
}
