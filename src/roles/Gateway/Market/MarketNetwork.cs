using System.Numerics;
using System.Runtime.CompilerServices;
using Flashback.Client;
using Flashback.Gateway.Content;
using Flashback.Gateway.Objects;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Market;

/// <summary>Pieces kept by storage providers that are paid through deals. Safe for any number of threads. spec: ours#6</summary>
public sealed partial class MarketNetwork : IPieceNetwork, IDisposable
{
    private static readonly BigInteger GasReserve = 50_000_000_000_000_000; // a twentieth of a FLASH: some hundred transactions
    private static readonly TimeSpan BalanceAge = TimeSpan.FromSeconds(2);
    private static readonly BigInteger WeiOfCoin = BigInteger.Pow(10, 18);

    private readonly MarketChain _chain;
    private readonly MarketOptions _options;
    private readonly KeptPieces _pieces;
    private readonly ProviderBook _book;
    private readonly ProviderHttp _http = new();
    private readonly DealKeeper _keeper;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private (DateTimeOffset At, UInt256 Wei) _balance = (DateTimeOffset.MinValue, UInt256.Zero); // guarded by _purse
    private readonly SemaphoreSlim _purse = new(1);

    private MarketNetwork(MarketChain chain, IStore store, MarketOptions options, TimeProvider time, ILogger log)
    {
        (_chain, _options, _time, _log) = (chain, options, time, log);
        _pieces = new KeptPieces(store);
        _book = new ProviderBook(chain.Node, time);
        _keeper = new DealKeeper(chain, _pieces, _book, _http, options, log);
    }

    /// <summary>The column that a store is opened with.</summary>
    public static Column Column => KeptPieces.Column;

    /// <inheritdoc/>
    public PaddedSize LargestPiece => PaddedSize.Of((long)_chain.Network.SectorSize);

    /// <summary>Asks the node what the network decides, and settles what an earlier run left under way.</summary>
    /// <param name="node">The node; the caller's to dispose, after this.</param>
    /// <param name="wallet">Pays; the caller's to dispose, after this.</param>
    /// <param name="store">Opened with <see cref="Column"/>.</param>
    /// <param name="options">What is bought.</param>
    /// <param name="time">The time.</param>
    /// <param name="log">The log.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public static async Task<MarketNetwork> OpenAsync(
        ExecutionClient node, TransactionSender wallet, IStore store, MarketOptions options, TimeProvider time, ILogger log, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(wallet);
        KnownStorageNetwork network = await node.GetStorageNetworkAsync(cancellation).ConfigureAwait(false);
        await wallet.ResumeAsync(cancellation).ConfigureAwait(false);
        return new MarketNetwork(new MarketChain(node, wallet, network), store, options, time, log);
    }

    /// <summary>Keeps deals going until it is cancelled. What fails is logged and tried again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        TimeSpan pause = TimeSpan.FromSeconds(_chain.Network.SecondsPerSlot);
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _keeper.PassAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault) when (fault is IOException or NodeException or StoreException)
            {
                LogFailed(fault.Message);
            }
            await Task.Delay(pause, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RefusalAsync(long bytes, CancellationToken cancellation)
    {
        try
        {
            DealTimes times = _chain.TimesFrom(0, _options);
            ulong slots = times.End - times.ActivationEnd;
            IReadOnlyList<ScoredProvider> order = ProviderChoice.Order(
                await _book.GetAsync(cancellation).ConfigureAwait(false), new StorageWish((ulong)LargestPiece.Bytes, slots, _options.Region, _options.HighestPrice), new HashSet<ulong>());
            if (order.Count == 0)
                return "no storage provider offers what is needed";
            UInt256 dearest = order.Take(_options.Copies).Select(one => one.Provider.Ask.FeePerGibDay).Max();
            // What is not under contract yet has to be paid, too, and the piece that small objects wait in.
            BigInteger padded = ((BigInteger)bytes * 128 / 127) + LargestPiece.Bytes;
            foreach (KeptPiece piece in _pieces.All.Where(piece => piece.Deals.Count == 0 && !piece.IsReleased))
                padded += piece.PaddedBytes;
            BigInteger needed = (BigInteger)ProviderAsk.FeeOf(dearest, 1UL << 30, slots, _chain.Network.SecondsPerSlot) * padded * _options.Copies / (1L << 30);
            UInt256 balance = await GetBalanceAsync(cancellation).ConfigureAwait(false);
            return (BigInteger)balance < needed + GasReserve
                ? $"{Coins(needed + GasReserve)} FLASH are needed to have that stored by {_options.Copies} providers, and the wallet {_chain.Account} has {Coins((BigInteger)balance)}"
                : null;
        }
        catch (NodeException fault)
        {
            return $"the node does not tell what the wallet has: {fault.Message}";
        }
    }

    /// <inheritdoc/>
    public async Task PlaceAsync(Piece piece, IRangeSource content, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(content);
        _keeper.SetContent(piece.Commitment, content);
        if (_pieces.Find(piece.Commitment) is { IsReleased: false, Length: > 0 })
            return;
        ulong first = (await AskAsync(() => _chain.Node.GetHeadAsync(cancellation)).ConfigureAwait(false)).Number;
        _pieces.Change(piece.Commitment, kept => kept is null
            ? new KeptPiece { Commitment = piece.Commitment.ToString(), PaddedBytes = piece.Size.Bytes, Length = content.Length, FirstBlock = first }
            : kept with { IsReleased = false, Length = content.Length });
        _keeper.Wake(piece.Commitment);
    }

    /// <inheritdoc/>
    public ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation)
    {
        IReadOnlyList<SeenDeal> seen = _keeper.SeenOf(piece.Commitment);
        int copies = seen.Where(deal => deal.Phase == DealPhase.Running).Sum(deal => deal.Shares.Count(share => share.Standing == ShareStanding.Active));
        return new(new PieceStatus(copies, DealKeeper.IsProven(seen) && _pieces.Find(piece.Commitment) is { IsReadBack: true }));
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>>? isRight, CancellationToken cancellation)
    {
        IReadOnlyList<SeenDeal> seen = _keeper.SeenOf(piece.Commitment);
        if (seen.Count == 0)
            seen = await AskAsync(() => _keeper.FindAsync(piece, cancellation)).ConfigureAwait(false);
        IReadOnlyList<PieceHolder> holders = await AskAsync(() => _keeper.HoldersAsync(seen, cancellation)).ConfigureAwait(false);
        await ReadRace.RunAsync(_http, holders, piece, offset, destination, isRight, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(Piece piece, CancellationToken cancellation)
    {
        _pieces.Change(piece.Commitment, kept => kept is null or { IsReleased: true } ? kept : kept with { IsReleased = true });
        _keeper.Wake(piece.Commitment);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Piece> ListAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (IGrouping<Hash32, DeployedDeal> deals in await AskAsync(() => _chain.GetOwnDealsAsync(cancellation)).ConfigureAwait(false))
        {
            Piece piece = new(deals.Key, PaddedSize.Of((long)deals.First().Terms.PieceSize));
            if ((await AskAsync(() => _keeper.FindAsync(piece, cancellation)).ConfigureAwait(false)).Any(seen => seen.Phase == DealPhase.Running))
                yield return piece;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _book.Dispose();
        _chain.Dispose();
        _purse.Dispose();
    }

    /// <summary>What the wallet has, as of a moment ago: it is asked for with every object that is put.</summary>
    private async Task<UInt256> GetBalanceAsync(CancellationToken cancellation)
    {
        await _purse.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (_time.GetUtcNow() - _balance.At > BalanceAge)
                _balance = (_time.GetUtcNow(), await _chain.Node.GetBalanceAsync(_chain.Account, cancellation).ConfigureAwait(false));
            return _balance.Wei;
        }
        finally
        {
            _purse.Release();
        }
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (NodeException fault)
        {
            throw new IOException(fault.Message, fault);
        }
    }

    private static string Coins(BigInteger wei) => ((decimal)(wei * 1_000_000 / WeiOfCoin) / 1_000_000m).ToString("0.######", System.Globalization.CultureInfo.InvariantCulture);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deals wait: {Reason}")]
    private partial void LogFailed(string reason);
}
