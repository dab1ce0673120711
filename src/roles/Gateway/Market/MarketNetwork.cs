using System.Numerics;
using System.Runtime.CompilerServices;
using Flashback.Client;
using Flashback.Files.Content;
using Flashback.Gateway.Objects;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.State.Store;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Market;

/// <summary>Pieces kept by storage providers that are paid through deals. Safe for any number of threads. spec: ours#6</summary>
public sealed partial class MarketNetwork : IPieceNetwork, IAsyncDisposable
{
    private static readonly BigInteger GasReserve = 50_000_000_000_000_000; // a twentieth of a FLASH: some hundred transactions
    private static readonly TimeSpan BalanceAge = TimeSpan.FromSeconds(2);

    private readonly MarketChain _chain;
    private readonly MarketOptions _options;
    private readonly KeptPieces _pieces;
    private readonly ProviderBook _book;
    private readonly ProviderHttp _http = new();
    private readonly SignedReads _reads;
    private readonly PieceDelivery _delivery;
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
        _reads = new SignedReads(chain, _http, store, log);
        _delivery = new PieceDelivery(_http, log);
        _keeper = new DealKeeper(chain, _pieces, _book, _delivery, _http, _reads, options, log);
    }

    /// <summary>The columns that a store is opened with.</summary>
    public static IReadOnlyList<Column> Columns { get; } = [KeptPieces.Column, DealReceipts.Column];

    /// <inheritdoc/>
    public PaddedSize LargestPiece => PaddedSize.Of((long)_chain.Network.SectorSize);

    /// <summary>Asks the node what the network decides, and settles what an earlier run left under way.</summary>
    /// <param name="node">The node; the caller's to dispose, after this.</param>
    /// <param name="wallet">Pays; the caller's to dispose, after this.</param>
    /// <param name="store">Opened with <see cref="Columns"/>.</param>
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
            (IReadOnlyList<ScoredProvider> order, ulong slots) = await FindOffersAsync(cancellation).ConfigureAwait(false);
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
                ? $"{Flash.Of(needed + GasReserve)} FLASH are needed to have that stored by {_options.Copies} providers, and the wallet {_chain.Account} has {Flash.Of((BigInteger)balance)}"
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
        _delivery.SetContent(piece.Commitment, content);
        if (_pieces.Find(piece.Commitment) is { IsReleased: false, Length: > 0 })
            return;
        ulong first = (await AskAsync(() => _chain.Node.GetHeadAsync(cancellation)).ConfigureAwait(false)).Number;
        _pieces.Change(piece.Commitment, kept => kept is null
            ? new KeptPiece { Commitment = piece.Commitment.ToString(), PaddedBytes = piece.Size.Bytes, Length = content.Length, FirstBlock = first }
            : kept with { IsReleased = false, Length = content.Length });
        _keeper.Wake(piece.Commitment);
    }

    /// <inheritdoc/>
    public async ValueTask<PieceStatus> StatusAsync(Piece piece, CancellationToken cancellation)
    {
        IReadOnlyList<SeenDeal> seen = _keeper.SeenOf(piece.Commitment);
        SeenDeal[] running = [.. seen.Where(deal => deal.Phase == DealPhase.Running)];
        int copies = running.Sum(deal => deal.Shares.Count(share => share.Standing == ShareStanding.Active));
        ulong? expected = seen.Select(deal => _keeper.ExpectedOf(deal, SlotNow)).Max();
        bool isProven = DealKeeper.IsProven(seen);
        return new PieceStatus(copies, isProven && _pieces.Find(piece.Commitment) is { IsReadBack: true })
        {
            Wanted = _options.Copies, IsOnChain = running.Length > 0, IsProven = isProven, Expected = expected is { } slot ? _chain.TimeOf(slot) : null,
            Providers = [.. (await DescribeAsync([.. seen.Where(deal => deal.Phase is DealPhase.Registration or DealPhase.Running)], cancellation).ConfigureAwait(false)).Values.SelectMany(copies => copies)],
        };
    }

    /// <inheritdoc/>
    public async ValueTask<StorageQuote> QuoteAsync(long paddedBytes, CancellationToken cancellation)
    {
        (IReadOnlyList<ScoredProvider> order, ulong slots) = await AskAsync(() => FindOffersAsync(cancellation)).ConfigureAwait(false);
        ScoredProvider[] asked = [.. order.Take(_options.Copies)];
        BigInteger total = BigInteger.Zero;
        foreach (ScoredProvider one in asked)
            total += (BigInteger)ProviderAsk.FeeOf(one.Provider.Ask.FeePerGibDay, (ulong)paddedBytes, slots, _chain.Network.SecondsPerSlot);
        UInt256 balance = await AskAsync(() => GetBalanceAsync(cancellation)).ConfigureAwait(false);
        StorageOffer[] offers = [.. asked.Select(one => new StorageOffer(one.Provider.Id, one.Provider.Ask.FeePerGibDay))];
        return new StorageQuote(paddedBytes, TimeSpan.FromSeconds(slots * _chain.Network.SecondsPerSlot), offers, (UInt256)total, balance) { Copies = _options.Copies };
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<DealStatus>> ListDealsAsync(CancellationToken cancellation)
    {
        Dictionary<ulong, DeployedDeal> made = (await AskAsync(() => _chain.GetOwnDealsAsync(cancellation)).ConfigureAwait(false)).SelectMany(deals => deals).ToDictionary(deal => deal.Number);
        List<DealStatus> all = [];
        foreach (KeptPiece piece in _pieces.All)
        {
            IReadOnlyList<SeenDeal> seen = _keeper.SeenOf(piece.Piece.Commitment);
            Dictionary<ulong, IReadOnlyList<PieceCopy>> copies = await DescribeAsync(seen, cancellation).ConfigureAwait(false);
            foreach (SeenDeal deal in seen.Where(deal => made.ContainsKey(deal.Deal.Number)))
            {
                (UInt256 cost, UInt256 perDay) = DealCost.Of(deal, made[deal.Deal.Number].Terms, _chain.Network.SecondsPerSlot);
                DealState state = deal.Phase switch { DealPhase.Registration => DealState.Registration, DealPhase.Running => DealState.Running, _ => DealState.Over };
                all.Add(new DealStatus(deal.Deal.Number, deal.Deal.Contract, piece.Commitment, piece.PaddedBytes, state, _chain.TimeOf(deal.End)) { Cost = cost, CostPerDay = perDay, Providers = copies[deal.Deal.Number] });
            }
        }
        return [.. all.OrderBy(deal => deal.Number)];
    }

    /// <inheritdoc/>
    public async ValueTask<WalletStatus> GetWalletAsync(CancellationToken cancellation)
    {
        DealStatus[] deals = [.. (await ListDealsAsync(cancellation).ConfigureAwait(false)).Where(deal => deal.State != DealState.Over)];
        UInt256 balance = await AskAsync(() => GetBalanceAsync(cancellation)).ConfigureAwait(false);
        UInt256 credit = await AskAsync(() => MarketContract.GetCreditAsync(_chain.Node, _chain.Account, cancellation)).ConfigureAwait(false);
        UInt256 escrowed = UInt256.Zero, perDay = UInt256.Zero;
        foreach (DealStatus deal in deals)
        {
            escrowed += deal.Cost;
            perDay += deal.CostPerDay;
        }
        return new WalletStatus(_chain.Account.ToString(), balance, escrowed, credit, perDay) { PaidUntil = deals.Where(deal => deal.State == DealState.Running).Min(deal => (DateTimeOffset?)deal.End) };
    }

    /// <inheritdoc/>
    public async ValueTask ReadAsync(Piece piece, long offset, Memory<byte> destination, Predicate<ReadOnlyMemory<byte>> isRight, CancellationToken cancellation)
    {
        IReadOnlyList<PieceHolder> holders = await FindHoldersAsync(piece, cancellation).ConfigureAwait(false);
        await ReadRace.RunAsync(_http, _reads, holders, piece, offset, destination, isRight, cancellation).ConfigureAwait(false);
        foreach (PieceHolder holder in holders) // those that nobody had to ask are measured now and then, too
            _reads.Measure(holder, piece, offset, destination.Length, isRight);
    }

    /// <inheritdoc/>
    public async Task CopyAsync(Piece piece, Stream destination, Func<bool> isRight, CancellationToken cancellation) =>
        await PieceCopying.RunAsync(_http, await FindHoldersAsync(piece, cancellation).ConfigureAwait(false), piece, destination, isRight, cancellation).ConfigureAwait(false);

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
    public async ValueTask DisposeAsync()
    {
        await _reads.DisposeAsync().ConfigureAwait(false);
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

    private async Task<IReadOnlyList<PieceHolder>> FindHoldersAsync(Piece piece, CancellationToken cancellation)
    {
        IReadOnlyList<SeenDeal> seen = _keeper.SeenOf(piece.Commitment);
        if (seen.Count == 0)
            seen = await AskAsync(() => _keeper.FindAsync(piece, cancellation)).ConfigureAwait(false);
        return await AskAsync(() => _keeper.HoldersAsync(piece, seen, cancellation)).ConfigureAwait(false);
    }

    private ulong SlotNow => _chain.Network.SlotAt((ulong)_time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Those that offer what is bought for a whole sector, the best first, and for how many slots.</summary>
    private async Task<(IReadOnlyList<ScoredProvider> Order, ulong Slots)> FindOffersAsync(CancellationToken cancellation)
    {
        DealTimes times = _chain.TimesFrom(0, _options);
        ulong slots = times.End - times.ActivationEnd;
        StorageWish wish = new((ulong)LargestPiece.Bytes, slots, _options.Region, _options.HighestPrice);
        return (ProviderChoice.Order(await _book.GetAsync(cancellation).ConfigureAwait(false), wish, new HashSet<ulong>()), slots);
    }

    /// <summary>What each provider of some deals has done, by deal.</summary>
    private async Task<Dictionary<ulong, IReadOnlyList<PieceCopy>>> DescribeAsync(IReadOnlyList<SeenDeal> deals, CancellationToken cancellation)
    {
        Dictionary<ulong, IReadOnlyList<PieceCopy>> all = [];
        foreach (SeenDeal deal in deals)
        {
            List<PieceCopy> copies = [];
            foreach (DealShare share in deal.Shares)
            {
                UploadProgress brought = _delivery.ProgressOf(deal.Deal.Number, share.Provider);
                CopyState state = share.Standing switch
                {
                    ShareStanding.Active => CopyState.Proven,
                    ShareStanding.Selected => brought.IsStored ? CopyState.Uploaded : CopyState.Registered,
                    _ => CopyState.Dropped,
                };
                Uri? endpoint = await AskAsync(() => _book.FindEndpointAsync(share.Provider, cancellation)).ConfigureAwait(false);
                copies.Add(new PieceCopy(share.Provider, endpoint, state, deal.Deal.Contract) { ReceivedBytes = state == CopyState.Registered && brought.Offset > 0 ? brought.Offset : null });
            }
            all[deal.Deal.Number] = copies;
        }
        return all;
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Deals wait: {Reason}")]
    private partial void LogFailed(string reason);
}
