using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Market;

/// <summary>Reads that count: signed for before and after, so that each provider's speed and availability come on chain as this gateway has seen them. Safe for any number of threads. spec: ours#6</summary>
/// <remarks>
/// 1. A read gets the next number of its provider in its deal, if nobody has it now, all is ready, and it is time for one more; else it is read without a signature. Nobody waits for it.
/// 2. What came is right by its content, and is the answer to whoever asked for it. The rest goes on behind: the provider's signature is fetched and compared with what came and what was measured here.
/// 3. The countersigned delivery is kept on the disk, then handed back. No number is signed for two deliveries, or the provider could choose the quicker one.
/// A read that is measured runs to its end even when another provider was quicker: the slow ones count, too.
/// </remarks>
internal sealed partial class SignedReads : IAsyncDisposable
{
    private const ulong ReadsAtOnce = 16, MostReads = 1_024; // of users: MAX_SAMPLES in all
    private const ulong MeasuresAtOnce = 4, MostMeasures = 128; // of nobody: MIN_SAMPLES are 3
    private const ulong NonceAge = 16; // slots: a provider takes 32
    private const int DeliveryTries = 10;

    private static readonly TimeSpan DeliveryPause = TimeSpan.FromMilliseconds(100);

    private readonly MarketChain _chain;
    private readonly ProviderHttp _http;
    private readonly DealReceipts _receipts;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<(ulong Deal, ulong Provider), ReadLane> _lanes = [];
    private readonly ConcurrentDictionary<ulong, (ulong Slot, Hash32 Nonce)> _nonces = []; // by deal
    private readonly ConcurrentDictionary<Task, bool> _settling = [];

    public SignedReads(MarketChain chain, ProviderHttp http, IStore store, ILogger log) => (_chain, _http, _receipts, _log) = (chain, http, new DealReceipts(store), log);

    /// <summary>What a measured read ends with, and nothing else: not the patience of who asked for it.</summary>
    public CancellationToken End => _end.Token;

    /// <summary>Takes the next number for a read of a user, who waits for nothing: null where it is not time for one, or not all is ready.</summary>
    public SignedRead? TryBegin(PieceHolder holder, Piece piece, long offset, int length) => TryBegin(holder, piece, offset, length, ReadsAtOnce, MostReads);

    /// <summary>Makes ready what the next signed read from a provider needs: it has the last signature, and the chain's nonce is known.</summary>
    public async Task PrepareAsync(PieceHolder holder)
    {
        if (FindLane(holder) is not { } lane || IsReady(lane) || !lane.MayCount(_chain.LastSlot, ReadsAtOnce, MostReads) || !lane.TryEnter())
            return;
        try
        {
            ulong slot = _chain.LastSlot;
            if (await CloseAsync(lane, holder.Endpoint).ConfigureAwait(false) && !HasNonce(lane))
                _nonces[lane.Terms.Number] = (slot, await ReadRequest.GetNonceAsync(_chain.Node, slot, lane.Terms.Contract, End).ConfigureAwait(false));
        }
        catch (Exception fault) when (fault is IOException or NodeException or OperationCanceledException)
        {
            LogUnsettled(holder.Provider, lane.Terms.Number, fault.Message);
        }
        finally
        {
            lane.Leave();
        }
    }

    /// <summary>Reads what was signed for, to its end.</summary>
    /// <returns>Whether what came is right; null where the provider does not admit the request.</returns>
    /// <exception cref="IOException">The provider does not answer as it should.</exception>
    public async Task<bool?> ReadAsync(SignedRead read, PieceHolder holder, Piece piece, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight)
    {
        bool isSettling = false;
        try
        {
            ReadTimes times = await _http.ReadSignedAsync(holder.Endpoint, piece, (long)read.Request.Offset, destination, read.Header, End).ConfigureAwait(false);
            if (!isRight(destination))
                return false;
            holder.Pace.Count(times.ToLast);
            Follow(SettleAsync(read, holder.Endpoint, Hash32.Read(SHA256.HashData(destination.Span)), times));
            isSettling = true;
            return true;
        }
        catch (ReadNotAdmittedException refusal)
        {
            Resume(read.Lane, refusal.Next);
            return null;
        }
        finally
        {
            if (!isSettling)
                read.Lane.Leave(); // the number is free again
        }
    }

    /// <summary>Makes a provider ready for the next read and, now and then, asks it for something that is known, so that it is measured though nobody waits for it. Whoever is late or wrong is asked later by users.</summary>
    public void Measure(PieceHolder holder, Piece piece, long offset, int length, Predicate<ReadOnlyMemory<byte>> isRight) => Follow(MeasureAsync(holder, piece, offset, length, isRight));

    /// <summary>A deal is over.</summary>
    public void Forget(ulong deal)
    {
        foreach ((ulong Deal, ulong Provider) key in _lanes.Keys.Where(key => key.Deal == deal))
            _lanes.TryRemove(key, out _);
        _nonces.TryRemove(deal, out _);
        _receipts.Forget(deal);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_settling.Keys).ConfigureAwait(false);
        _end.Dispose();
    }

    private async Task MeasureAsync(PieceHolder holder, Piece piece, long offset, int length, Predicate<ReadOnlyMemory<byte>> isRight)
    {
        await PrepareAsync(holder).ConfigureAwait(false);
        if (TryBegin(holder, piece, offset, length, MeasuresAtOnce, MostMeasures) is not { } read)
            return;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            if (await ReadAsync(read, holder, piece, bytes.AsMemory(0, length), isRight).ConfigureAwait(false) == false)
                holder.Pace.CountFailure();
        }
        catch (IOException)
        {
            holder.Pace.CountFailure();
        }
        catch (OperationCanceledException)
        {
            // the gateway ends
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Goes on behind, and is waited for at the end.</summary>
    private void Follow(Task task)
    {
        if (task.IsCompleted)
            return;
        _settling.TryAdd(task, true);
        _ = task.ContinueWith(static (done, all) => ((ConcurrentDictionary<Task, bool>)all!).TryRemove(done, out _), _settling, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>The provider refuses a read, and says which number is next.</summary>
    private void Resume(ReadLane lane, ulong? next)
    {
        _nonces.TryRemove(lane.Terms.Number, out _); // the chain may have turned
        if (next is { } number)
            lane.Resume(number);
        if (lane.IsGivenUp)
            LogGivenUp(lane.Provider, lane.Terms.Number);
    }

    private SignedRead? TryBegin(PieceHolder holder, Piece piece, long offset, int length, ulong burst, ulong most)
    {
        if (FindLane(holder) is not { } lane || length == 0 || offset + length > lane.Terms.Length || !MayBegin() || !lane.TryEnter())
            return null;
        if (!MayBegin() || !_nonces.TryGetValue(lane.Terms.Number, out (ulong Slot, Hash32 Nonce) nonce)) // somebody was here meanwhile
        {
            lane.Leave();
            return null;
        }
        ReadRequest request = new(piece.Commitment, holder.Provider, lane.Next, (ulong)offset, (ulong)length, lane.Terms.Region, nonce.Slot, nonce.Nonce);
        return new SignedRead(lane, request, _chain.Sign(request, lane.Terms.Contract).ToHeader(), request.SigningHash(_chain.ChainId, lane.Terms.Contract));

        bool MayBegin() => lane.MayCount(_chain.LastSlot, burst, most) && IsReady(lane);
    }

    private ReadLane? FindLane(PieceHolder holder) =>
        holder.Terms is { } terms ? _lanes.GetOrAdd((terms.Number, holder.Provider), _ => new ReadLane(terms, holder.Provider, _receipts.Find(terms.Number, holder.Provider))) : null;

    private bool IsReady(ReadLane lane) => !lane.IsOpen && HasNonce(lane);

    private bool HasNonce(ReadLane lane) => _nonces.TryGetValue(lane.Terms.Number, out (ulong Slot, Hash32 Nonce) nonce) && nonce.Slot + NonceAge >= _chain.LastSlot;

    /// <summary>Hands over the last signature where the provider may not have it: the next number is free only then.</summary>
    /// <returns>False where it is not taken.</returns>
    private async ValueTask<bool> CloseAsync(ReadLane lane, Uri endpoint)
    {
        if (!lane.IsOpen)
            return true;
        if (!await _http.HandBackAsync(endpoint, new ReceiptMessage(lane.Terms.Contract.ToString(), lane.Last!.Ours, lane.Last.Theirs), End).ConfigureAwait(false))
        {
            lane.GiveUp();
            LogGivenUp(lane.Provider, lane.Terms.Number);
            return false;
        }
        lane.IsOpen = false;
        return true;
    }

    private async Task SettleAsync(SignedRead read, Uri endpoint, Hash32 digest, ReadTimes times)
    {
        ReadLane lane = read.Lane;
        try
        {
            if (await FetchAsync(read, endpoint).ConfigureAwait(false) is not { } signed)
                LogUnsettled(lane.Provider, lane.Terms.Number, "it does not sign what it has delivered");
            else if (DeliveryCheck.FaultOf(signed, read, _chain.ChainId, digest, times) is { } fault)
                LogUnsettled(lane.Provider, lane.Terms.Number, fault);
            else
                await CountersignAsync(lane, endpoint, signed).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or StoreException or OperationCanceledException)
        {
            LogUnsettled(lane.Provider, lane.Terms.Number, fault.Message);
        }
        finally
        {
            lane.Leave();
        }
    }

    private async Task CountersignAsync(ReadLane lane, Uri endpoint, SignedDelivery signed)
    {
        KeptReceipt receipt = new(signed.Delivery.Number, signed.ToText(), _chain.Sign(signed.Delivery, lane.Terms.Contract).ToText());
        _receipts.Keep(lane.Terms.Number, lane.Provider, receipt);
        lane.Sign(receipt);
        await CloseAsync(lane, endpoint).ConfigureAwait(false);
    }

    /// <summary>The provider signs when it has sent its last byte, which may be a moment after that came.</summary>
    private async Task<SignedDelivery?> FetchAsync(SignedRead read, Uri endpoint)
    {
        for (int i = 0; i < DeliveryTries; i++)
        {
            if (await _http.FindDeliveryAsync(endpoint, read.Hash, End).ConfigureAwait(false) is { } delivery)
                return delivery;
            await Task.Delay(DeliveryPause, End).ConfigureAwait(false);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Provider {Provider} counts its deliveries in deal {Deal} in another way: none is signed for any more")]
    private partial void LogGivenUp(ulong provider, ulong deal);

    [LoggerMessage(Level = LogLevel.Information, Message = "A read from provider {Provider} in deal {Deal} does not count: {Reason}")]
    private partial void LogUnsettled(ulong provider, ulong deal, string reason);
}
