using System.Collections.Concurrent;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Proofs;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Market;

/// <summary>Takes each piece's deals as far as they can go now: makes them, brings the piece to the providers, has it read back, repairs, renews, ends. One pass at a time.</summary>
/// <remarks>The chain is asked first what is there: what a crash cut short is found, and nothing is bought twice.</remarks>
internal sealed partial class DealKeeper(MarketChain chain, KeptPieces pieces, ProviderBook book, PieceDelivery delivery, ProviderHttp http, SignedReads reads, MarketOptions options, ILogger log)
{
    private const int Spares = 2; // providers that are invited beside those that are wanted: the first to come take part
    private const int MostProviders = 16; // of a deal, as the contract has it
    private const int AtOnce = 4; // pieces that are brought to providers at the same time
    private const ulong QuietSlots = 16;
    private const int MeasuredBytes = 256 << 10; // of a provider's answer that nobody waits for

    private readonly ConcurrentDictionary<Hash32, IReadOnlyList<SeenDeal>> _seen = [];
    private readonly ConcurrentDictionary<Hash32, ulong> _quietUntil = []; // slots; a piece with nothing to do is looked at now and then
    private readonly ProofPace _pace = new();
    private bool _hasRediscovered;

    /// <summary>A piece's deals as they were seen last.</summary>
    public IReadOnlyList<SeenDeal> SeenOf(Hash32 commitment) => _seen.GetValueOrDefault(commitment) ?? [];

    /// <summary>The slot in which a deal's providers are expected to be proven; null where all are, or it does not run.</summary>
    public ulong? ExpectedOf(SeenDeal seen, ulong slot) => _pace.ExpectedOf(seen, slot);

    /// <summary>Goes over the pieces that something may be done about. What fails with one is told and tried again with the next pass.</summary>
    public async Task PassAsync(CancellationToken stop)
    {
        if (!_hasRediscovered)
            await RediscoverAsync(stop).ConfigureAwait(false);
        ulong slot = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        await Parallel.ForEachAsync(
            pieces.All.Where(kept => _quietUntil.GetValueOrDefault(kept.Piece.Commitment) <= slot), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stop },
            async (kept, cancellation) =>
            {
                try
                {
                    await AdvanceAsync(kept, slot, cancellation).ConfigureAwait(false);
                }
                catch (Exception fault) when (fault is IOException or NodeException)
                {
                    LogWaits(kept.Commitment, fault.Message);
                }
            }).ConfigureAwait(false);
        await chain.WithdrawAsync(stop).ConfigureAwait(false);
    }

    /// <summary>A piece's deals as the chain has them now, whether the piece is known here or not.</summary>
    public async Task<IReadOnlyList<SeenDeal>> FindAsync(Piece piece, CancellationToken stop)
    {
        List<SeenDeal> seen = [];
        foreach (DeployedDeal deal in (await chain.GetOwnDealsAsync(stop).ConfigureAwait(false))[piece.Commitment])
            seen.Add(await LookAsync(Keep(deal), stop).ConfigureAwait(false));
        return seen;
    }

    /// <summary>Takes up deals that go on over pieces that are not known here: the index was lost.</summary>
    private async Task RediscoverAsync(CancellationToken stop)
    {
        foreach (IGrouping<Hash32, DeployedDeal> deals in await chain.GetOwnDealsAsync(stop).ConfigureAwait(false))
        {
            if (pieces.Find(deals.Key) is not null || (await FindAsync(new Piece(deals.Key, PaddedSize.Of((long)deals.First().Terms.PieceSize)), stop).ConfigureAwait(false)).All(seen => seen.Phase is not (DealPhase.Registration or DealPhase.Running)))
                continue;
            pieces.Change(deals.Key, kept => kept ?? new KeptPiece { Commitment = deals.Key.ToString(), PaddedBytes = (long)deals.First().Terms.PieceSize });
        }
        _hasRediscovered = true;
    }

    private static KeptDeal Keep(DeployedDeal deal) =>
        new(deal.Number, deal.Contract.ToString(), (int)deal.Terms.Providers, deal.Terms.RegistrationEnd, deal.Terms.ActivationEnd, deal.Terms.End) { Region = deal.Terms.Regions is [var region, ..] ? region : 0 };

    /// <summary>Has a deal's piece forgotten here.</summary>
    private void Forget(Hash32 commitment)
    {
        delivery.Forget(commitment);
        _seen.TryRemove(commitment, out _);
        _quietUntil.TryRemove(commitment, out _);
    }

    /// <summary>Something has changed about a piece: it is looked at with the next pass.</summary>
    public void Wake(Hash32 commitment) => _quietUntil.TryRemove(commitment, out _);

    private async Task AdvanceAsync(KeptPiece kept, ulong slot, CancellationToken stop)
    {
        Piece piece = kept.Piece;
        kept = await AdoptAsync(kept, stop).ConfigureAwait(false);
        List<SeenDeal> seen = [], bringing = [];
        foreach (KeptDeal deal in kept.Deals)
        {
            SeenDeal now = await LookAsync(deal, stop).ConfigureAwait(false);
            DealStep step = DealPlan.StepOf(now, kept.IsReleased, slot);
            if (step == DealStep.Forget)
            {
                delivery.Forget(now);
                reads.Forget(deal.Number);
                kept = pieces.Change(piece.Commitment, one => one! with { Deals = [.. one.Deals.Where(other => other.Number != deal.Number)], LastOver = Math.Max(one.LastOver, deal.Number) })!;
                continue;
            }
            seen.Add(now);
            if (step != DealStep.None)
                await TakeStepAsync(now, step, stop).ConfigureAwait(false);
            else if (now.Phase == DealPhase.Running && slot < deal.ActivationEnd)
                bringing.Add(now);
        }
        _pace.Count(SeenOf(piece.Commitment), seen, slot);
        _seen[piece.Commitment] = seen;
        if (kept.IsReleased)
        {
            if (kept.Deals.Count == 0)
            {
                pieces.Change(piece.Commitment, _ => null);
                Forget(piece.Commitment);
            }
            return;
        }
        foreach (SeenDeal now in bringing)
            await DeliverAsync(kept, now, slot, stop).ConfigureAwait(false); // it may take long, and how far it is is asked meanwhile
        if (!kept.IsReadBack)
            await ReadBackAsync(kept, seen, stop).ConfigureAwait(false);
        ulong runway = chain.SlotsOf(options.Runway);
        if (DealPlan.Missing(seen, options.Copies, slot, runway) is > 0 and int missing)
            await DeployAsync(kept, missing, DealPlan.Holders(seen, slot, runway), slot, stop).ConfigureAwait(false);
        else if (pieces.Find(piece.Commitment) is { IsReadBack: true } && IsProven(seen))
        {
            await MeasureAsync(kept, seen, stop).ConfigureAwait(false);
            _quietUntil[piece.Commitment] = slot + QuietSlots;
        }
    }

    /// <summary>Finds deals over a piece that this wallet has made and that are not known here (a crash, or an index that was lost), and forgets those that left the chain.</summary>
    private async Task<KeptPiece> AdoptAsync(KeptPiece kept, CancellationToken stop)
    {
        Hash32 commitment = kept.Piece.Commitment;
        IReadOnlyList<DeployedDeal> own = [.. (await chain.GetOwnDealsAsync(stop).ConfigureAwait(false))[commitment]];
        if (kept.Deals.Any(deal => !IsOn(deal, own)))
            kept = pieces.Change(commitment, one => one! with { Deals = [.. one.Deals.Where(deal => IsOn(deal, own))] })!;
        foreach (DeployedDeal found in own)
        {
            if (found.BlockNumber >= kept.FirstBlock && found.Number > kept.LastOver && kept.Deals.All(deal => deal.Number != found.Number))
                kept = pieces.Change(commitment, one => one! with { Deals = [.. one.Deals, Keep(found)] })!;
        }
        return kept;
    }

    private static bool IsOn(KeptDeal deal, IReadOnlyList<DeployedDeal> chain) => chain.Any(found => found.Number == deal.Number && found.Contract == deal.Address);

    private async Task<SeenDeal> LookAsync(KeptDeal deal, CancellationToken stop)
    {
        DealPhase phase = await DealContract.GetPhaseAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        IReadOnlyList<DealShare> shares = await DealContract.GetSharesAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        if (phase != DealPhase.Running)
            return new SeenDeal(deal, phase, deal.End, shares);
        bool hasLost = false;
        foreach (DealShare share in shares.Where(share => share.Standing == ShareStanding.Active))
            hasLost |= await chain.Node.FindSectorAsync(share.Provider, share.Sector, stop).ConfigureAwait(false) is { Status: ChainSectorStatus.Ended };
        return new SeenDeal(deal, phase, await DealContract.GetEndAsync(chain.Node, deal.Address, stop).ConfigureAwait(false), shares, hasLost);
    }

    private async Task TakeStepAsync(SeenDeal seen, DealStep step, CancellationToken stop)
    {
        Address deal = seen.Deal.Address;
        TransactionDraft draft = step switch
        {
            DealStep.TakeFewer => DealContract.TakeFewer(deal),
            DealStep.Cancel => DealContract.Cancel(deal),
            DealStep.Prune => DealContract.Prune(deal),
            DealStep.Delete => DealContract.DeleteEarly(deal),
            _ => DealContract.Settle(deal),
        };
        await chain.SendAsync(draft, stop).ConfigureAwait(false);
        LogStep(seen.Deal.Number, step);
    }

    /// <summary>Brings the piece to those of a deal that are to seal it.</summary>
    private async Task DeliverAsync(KeptPiece kept, SeenDeal seen, ulong slot, CancellationToken stop)
    {
        async Task<List<PieceHolder>> OfAsync(ShareStanding standing)
        {
            List<PieceHolder> those = [];
            foreach (DealShare share in seen.Shares.Where(share => share.Standing == standing))
            {
                if (await book.FindEndpointAsync(share.Provider, stop).ConfigureAwait(false) is { } endpoint)
                    those.Add(new PieceHolder(share.Provider, endpoint, book.PaceOf(share.Provider)));
            }
            return those;
        }
        Task<IReadOnlyList<PieceHolder>> FindOthersAsync() => HoldersAsync(kept.Piece, SeenOf(kept.Piece.Commitment).Where(other => other.Deal.Number != seen.Deal.Number), stop);
        List<PieceHolder> waiting = await OfAsync(ShareStanding.Selected).ConfigureAwait(false), holding = await OfAsync(ShareStanding.Active).ConfigureAwait(false);
        await delivery.RunAsync(kept, seen.Deal, waiting, holding, FindOthersAsync, slot, stop).ConfigureAwait(false);
    }

    /// <summary>Those whose sectors hold a piece.</summary>
    public async Task<IReadOnlyList<PieceHolder>> HoldersAsync(Piece piece, IEnumerable<SeenDeal> deals, CancellationToken stop)
    {
        long length = pieces.Find(piece.Commitment)?.Length ?? 0;
        Dictionary<ulong, PieceHolder> holders = [];
        foreach ((SeenDeal seen, DealShare share) in deals.SelectMany(seen => seen.Shares.Select(share => (seen, share))).Where(one => one.share.Standing == ShareStanding.Active))
        {
            if (holders.ContainsKey(share.Provider) || await book.FindAsync(share.Provider, stop).ConfigureAwait(false) is not { } known || !ProviderHttp.TryEndpoint(known.Endpoint, out Uri? endpoint))
                continue;
            KeptDeal deal = seen.Deal;
            ReadTerms terms = new(deal.Number, deal.Address, known.Operator, (ushort)deal.Region, deal.RegistrationEnd, seen.End, length);
            holders.Add(share.Provider, new PieceHolder(share.Provider, endpoint, book.PaceOf(share.Provider)) { Terms = seen.Phase == DealPhase.Running ? terms : null });
        }
        return [.. holders.Values];
    }

    /// <summary>Asks each provider for a part of a piece that lies here: who reads it from here would never notice how they answer.</summary>
    private async Task MeasureAsync(KeptPiece kept, IReadOnlyList<SeenDeal> seen, CancellationToken stop)
    {
        if (delivery.ContentOf(kept.Piece.Commitment) is not { Length: > 0 } content)
            return;
        byte[] part = new byte[(int)Math.Min(MeasuredBytes, content.Length)];
        long offset = Random.Shared.NextInt64(content.Length - part.Length + 1);
        try
        {
            await content.ReadAsync(offset, part, stop).ConfigureAwait(false);
        }
        catch (IOException)
        {
            return; // it lies here no more: users' reads measure
        }
        foreach (PieceHolder holder in await HoldersAsync(kept.Piece, seen, stop).ConfigureAwait(false))
            reads.Measure(holder, kept.Piece, offset, part.Length, bytes => bytes.Span.SequenceEqual(part));
    }

    /// <summary>Reads the piece back, once, as soon as all that take part hold it.</summary>
    private async Task ReadBackAsync(KeptPiece kept, IReadOnlyList<SeenDeal> seen, CancellationToken stop)
    {
        if (!IsProven(seen))
            return;
        foreach (PieceHolder holder in await HoldersAsync(kept.Piece, seen, stop).ConfigureAwait(false))
        {
            if (await http.IsWholeAsync(holder.Endpoint, kept.Piece, stop).ConfigureAwait(false))
            {
                pieces.Change(kept.Piece.Commitment, one => one! with { IsReadBack = true });
                return;
            }
            holder.Pace.CountFailure();
            LogSilent(holder.Provider, "what was read back is another piece");
        }
    }

    /// <summary>Whether everybody who takes part has the piece in a live sector.</summary>
    public static bool IsProven(IReadOnlyList<SeenDeal> seen) =>
        seen.Any(deal => deal.Phase == DealPhase.Running)
        && seen.Where(deal => deal.Phase == DealPhase.Running).All(deal => deal.Shares.All(share => share.Standing != ShareStanding.Selected) && deal.Shares.Any(share => share.Standing == ShareStanding.Active));

    private async Task DeployAsync(KeptPiece kept, int copies, IReadOnlySet<ulong> holders, ulong slot, CancellationToken stop)
    {
        DealTimes times = chain.TimesFrom(slot, options);
        ulong slots = times.End - times.ActivationEnd;
        StorageWish wish = new((ulong)kept.PaddedBytes, slots, options.Region, options.HighestPrice);
        IReadOnlyList<ScoredProvider> order = ProviderChoice.Order(await book.GetAsync(stop).ConfigureAwait(false), wish, holders);
        copies = Math.Min(Math.Min(copies, order.Count), MostProviders);
        if (copies == 0)
        {
            LogNobody(kept.Commitment);
            _quietUntil[kept.Piece.Commitment] = slot + QuietSlots;
            return;
        }
        ScoredProvider[] invited = [.. order.Take(copies + Spares)];
        UInt256 ceiling = invited.Select(one => ProviderAsk.FeeOf(one.Provider.Ask.FeePerGibDay, wish.PaddedBytes, slots, chain.Network.SecondsPerSlot)).Max();
        DealTerms terms = new(kept.Piece.Commitment, wish.PaddedBytes, (ulong)copies, 1, times.RegistrationEnd, times.ActivationEnd, times.End, ceiling, ceiling)
        {
            Regions = [options.Region],
            Invited = [.. invited.Select(one => one.Provider.Id)],
        };
        await chain.SendAsync(MarketContract.Deploy(terms), stop).ConfigureAwait(false);
        LogDeployed(kept.Commitment, copies, (System.Numerics.BigInteger)terms.Escrow);
        await AdoptAsync(kept, stop).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A deal over {Commitment} for {Copies} copies was made, {Escrow} wei at most")]
    private partial void LogDeployed(string commitment, int copies, System.Numerics.BigInteger escrow);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deal {Number}: {Step}")]
    private partial void LogStep(ulong number, DealStep step);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No provider offers what the piece {Commitment} needs")]
    private partial void LogNobody(string commitment);

    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {Provider}: {Reason}")]
    private partial void LogSilent(ulong provider, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The deals of {Commitment} wait: {Reason}")]
    private partial void LogWaits(string commitment, string reason);
}
