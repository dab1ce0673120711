using System.Buffers;
using System.Diagnostics;
using Flashback.Proofs;

namespace Flashback.Gateway.Market;

/// <summary>A provider that holds a piece.</summary>
/// <param name="Provider">Who.</param>
/// <param name="Endpoint">Where it answers.</param>
/// <param name="Pace">How quickly.</param>
internal sealed record PieceHolder(ulong Provider, Uri Endpoint, Pace Pace)
{
    /// <summary>The deal that reads count for; null where there is none.</summary>
    public ReadTerms? Terms { get; init; }
}

/// <summary>Reads bytes from whoever is quickest, by signed requests where they count: the one that is expected to answer first is asked, and when it takes longer than it mostly does, the next one, too.</summary>
internal static class ReadRace
{
    /// <summary>Fills a buffer with the first answer that is right; whoever gave a wrong one, or none, is asked later the next time.</summary>
    /// <param name="http">Asks.</param>
    /// <param name="reads">Signs; null for nobody.</param>
    /// <param name="holders">Whom.</param>
    /// <param name="piece">Of which piece.</param>
    /// <param name="offset">From where on.</param>
    /// <param name="destination">Takes the bytes.</param>
    /// <param name="isRight">Tells what they must be.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">Nobody gave the right answer.</exception>
    public static async Task RunAsync(
        ProviderHttp http, SignedReads? reads, IReadOnlyList<PieceHolder> holders, Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Queue<PieceHolder> waiting = new(holders.OrderBy(holder => holder.Pace.Expected));
        List<Task<Answer>> asked = [];
        List<string> failures = [];
        try
        {
            while (waiting.Count > 0 || asked.Count > 0)
            {
                TimeSpan patience = Timeout.InfiniteTimeSpan;
                if (waiting.TryDequeue(out PieceHolder? next))
                {
                    patience = next.Pace.Patience;
                    asked.Add(AskAsync(http, reads, next, piece, offset, destination.Length, isRight, end.Token));
                }
                if (await FirstAsync(asked, waiting.Count > 0 ? patience : Timeout.InfiniteTimeSpan, end.Token).ConfigureAwait(false) is not { } done)
                    continue; // the next one is asked, too
                asked.Remove(done);
                using Answer answer = await done.ConfigureAwait(false);
                if (answer.Bytes is { } bytes)
                {
                    bytes.AsMemory(0, destination.Length).CopyTo(destination);
                    return;
                }
                failures.Add(answer.Failure!);
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            foreach (Task<Answer> late in asked)
                _ = late.ContinueWith(static one => one.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
        cancellation.ThrowIfCancellationRequested();
        throw new IOException(failures.Count == 0 ? "nobody keeps the piece now" : string.Join("; ", failures));
    }

    private static async Task<Task<Answer>?> FirstAsync(List<Task<Answer>> asked, TimeSpan patience, CancellationToken cancellation)
    {
        if (patience == Timeout.InfiniteTimeSpan)
            return await Task.WhenAny(asked).ConfigureAwait(false);
        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task first = await Task.WhenAny([.. asked, Task.Delay(patience, timer.Token)]).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        return first as Task<Answer>;
    }

    /// <summary>Asks one; never throws but for being cancelled.</summary>
    private static async Task<Answer> AskAsync(
        ProviderHttp http, SignedReads? reads, PieceHolder holder, Piece piece, long offset, int count, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(count);
        string failure;
        try
        {
            if (await ReadAsync(http, reads, holder, piece, offset, bytes.AsMemory(0, count), isRight, cancellation).ConfigureAwait(false))
                return new Answer(bytes, null);
            failure = $"{holder.Endpoint} gave other bytes than the piece's";
        }
        catch (IOException fault)
        {
            failure = fault.Message;
        }
        catch (OperationCanceledException)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            return new Answer(null, $"{holder.Endpoint} was slower than others");
        }
        ArrayPool<byte>.Shared.Return(bytes);
        holder.Pace.CountFailure();
        return new Answer(null, failure);
    }

    /// <summary>Reads by a signed request where it is time for one, else, or where that is not admitted, without.</summary>
    /// <returns>Whether what came is right.</returns>
    private static async Task<bool> ReadAsync(
        ProviderHttp http, SignedReads? reads, PieceHolder holder, Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation)
    {
        if (reads is not null && reads.TryBegin(holder, piece, offset, destination.Length) is { } read
            && await reads.ReadAsync(read, holder, piece, destination, isRight).ConfigureAwait(false) is { } outcome)
        {
            return outcome;
        }
        long started = Stopwatch.GetTimestamp();
        await http.ReadAsync(holder.Endpoint, piece, offset, destination, cancellation).ConfigureAwait(false);
        if (!isRight(destination))
            return false;
        holder.Pace.Count(Stopwatch.GetElapsedTime(started));
        return true;
    }

    /// <summary>What one answered: bytes in a buffer that goes back when this is disposed, or why there are none.</summary>
    private sealed record Answer(byte[]? Bytes, string? Failure) : IDisposable
    {
        public void Dispose()
        {
            if (Bytes is not null)
                ArrayPool<byte>.Shared.Return(Bytes);
        }
    }
}
