using System.Collections.Concurrent;
using Flashback.Client;
using Flashback.Files.Content;
using Flashback.Primitives;
using Flashback.Proofs;
using Microsoft.Extensions.Logging;

namespace Flashback.Gateway.Market;

/// <summary>Brings pieces to the providers that are to seal them: sent to one, fetched from it by the others, and sent to those that do not get it there. Safe for any number of threads, one for each piece.</summary>
/// <param name="http">Asks providers.</param>
/// <param name="log">The log.</param>
internal sealed partial class PieceDelivery(ProviderHttp http, ILogger log)
{
    private readonly ConcurrentDictionary<Hash32, IRangeSource> _contents = [];
    private readonly ConcurrentDictionary<(ulong Deal, ulong Provider), Brought> _brought = []; // how far providers have a piece

    /// <summary>A piece can be read through this, while it lies here.</summary>
    public void SetContent(Hash32 commitment, IRangeSource content) => _contents[commitment] = content;

    /// <summary>What a piece can be read through, while it lies here; null where it never did.</summary>
    public IRangeSource? ContentOf(Hash32 commitment) => _contents.GetValueOrDefault(commitment);

    /// <summary>How far a provider has the piece of a deal, as was seen last.</summary>
    public UploadProgress ProgressOf(ulong deal, ulong provider) => _brought.GetValueOrDefault((deal, provider)).Progress;

    /// <summary>Has a piece forgotten here.</summary>
    public void Forget(Hash32 commitment) => _contents.TryRemove(commitment, out _);

    /// <summary>Has a deal forgotten here.</summary>
    public void Forget(SeenDeal seen)
    {
        foreach (DealShare share in seen.Shares)
            _brought.TryRemove((seen.Deal.Number, share.Provider), out _);
    }

    /// <summary>Brings a piece to those of a deal that wait for it, as far as that goes now. Who does not answer is told of, and asked again with the next call.</summary>
    /// <param name="kept">The piece.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="waiting">Those that are to seal it.</param>
    /// <param name="holding">Those of this deal that have it in a live sector already.</param>
    /// <param name="findOthers">Finds those of other deals that have it, where nobody else does.</param>
    /// <param name="slot">Now.</param>
    /// <param name="stop">Breaks off.</param>
    public async Task RunAsync(
        KeptPiece kept, KeptDeal deal, IReadOnlyList<PieceHolder> waiting, IReadOnlyList<PieceHolder> holding, Func<Task<IReadOnlyList<PieceHolder>>> findOthers, ulong slot, CancellationToken stop)
    {
        if (waiting.Count == 0)
            return;
        List<PieceHolder> sources = [];
        List<(PieceHolder Taker, long Offset)> takers = [];
        foreach (PieceHolder one in (IEnumerable<PieceHolder>)[.. holding, .. waiting])
        {
            if (await AskAsync(kept, deal, one, slot, stop).ConfigureAwait(false) is not { } progress)
                continue;
            if (progress.IsStored)
                sources.Add(one);
            else if (waiting.Contains(one))
                takers.Add((one, progress.Offset));
        }
        if (takers.Count == 0)
            return;
        IRangeSource? content = await FindContentAsync(kept.Piece.Commitment, stop).ConfigureAwait(false);
        if (content is null)
            sources.AddRange(await GiversAsync(kept.Piece, await findOthers().ConfigureAwait(false), stop).ConfigureAwait(false));
        foreach ((PieceHolder taker, long offset) in takers.OrderBy(one => one.Taker.Pace.Expected))
        {
            (ulong, ulong) whose = (deal.Number, taker.Provider);
            int turn = _brought[whose].TurnOf(slot); // from 1 on the source may only say that it has the piece
            try
            {
                if (sources.Count > 0 && (turn == 0 || content is null))
                {
                    PieceHolder source = sources[turn % sources.Count];
                    await http.OrderPullAsync(taker.Endpoint, kept.Piece, new PullMessage(source.Endpoint.ToString(), deal.Contract, source.Provider), stop).ConfigureAwait(false);
                }
                else if (content is not null)
                {
                    await http.UploadAsync(taker.Endpoint, kept.Piece, deal.Address, content, offset, reached => _brought[whose] = Brought.Begin(new UploadProgress(reached, IsStored: false), slot), stop).ConfigureAwait(false);
                    _brought[whose] = Brought.Begin(new UploadProgress(content.Length, IsStored: true), slot);
                    sources.Add(taker);
                }
            }
            catch (IOException fault)
            {
                LogSilent(taker.Provider, fault.Message);
            }
        }
    }

    /// <summary>How far one of a deal's providers has the piece; null where it does not say, or has not seen yet that the deal runs.</summary>
    private async Task<UploadProgress?> AskAsync(KeptPiece kept, KeptDeal deal, PieceHolder taker, ulong slot, CancellationToken stop)
    {
        try
        {
            if (await http.AskAsync(taker.Endpoint, kept.Piece, deal.Address, kept.Length, stop).ConfigureAwait(false) is not { } progress)
                return null;
            _brought.AddOrUpdate((deal.Number, taker.Provider), _ => Brought.Begin(progress, slot), (_, before) => before.Then(progress, slot));
            return progress;
        }
        catch (IOException fault)
        {
            LogSilent(taker.Provider, fault.Message);
            return null;
        }
    }

    /// <summary>A piece that lies here; null where it never did, or does so no more because others keep it.</summary>
    private async Task<IRangeSource?> FindContentAsync(Hash32 commitment, CancellationToken stop)
    {
        if (ContentOf(commitment) is not { } content)
            return null;
        try
        {
            await content.ReadAsync(0, new byte[Math.Min(1, content.Length)], stop).ConfigureAwait(false);
            return content;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Those of some holders that give a piece.</summary>
    private async Task<IEnumerable<PieceHolder>> GiversAsync(Piece piece, IReadOnlyList<PieceHolder> holders, CancellationToken stop)
    {
        bool[] gives = await Task.WhenAll(holders.Select(holder => GivesAsync(piece, holder, stop))).ConfigureAwait(false);
        return holders.Where((_, i) => gives[i]);
    }

    private async Task<bool> GivesAsync(Piece piece, PieceHolder holder, CancellationToken stop)
    {
        try
        {
            await http.ReadAsync(holder.Endpoint, piece, 0, new byte[1], stop).ConfigureAwait(false);
            return true;
        }
        catch (IOException fault)
        {
            LogSilent(holder.Provider, fault.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Provider {Provider}: {Reason}")]
    private partial void LogSilent(ulong provider, string reason);
}
