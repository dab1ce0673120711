using Flashback.Client;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Goes through all sectors that the chain has: what has ended goes off the disk, what has expired is said to, what was lost and is back is declared recovered, and readable copies that are gone are made again.</summary>
internal sealed partial class SectorSurvey(ProviderChain chain, WorkQueue queue, WindowSteps windows, HotClaims hot, PieceShelf pieces, Earnings earnings, ILogger log)
{
    public async Task RunAsync(ulong head, IReadOnlyList<KnownDeadline> deadlines, CancellationToken stop)
    {
        List<KnownSector> all = [];
        foreach (KnownDeadline deadline in deadlines)
        {
            IReadOnlyList<KnownSector> sectors = await chain.Node.GetSectorsAsync(chain.Provider, deadline.Partition, stop).ConfigureAwait(false);
            all.AddRange(sectors);
            if (head < deadline.ChallengeSlot || deadline.IsProven)
                await RecoverAsync(sectors, stop).ConfigureAwait(false);
        }
        foreach (KnownSector sector in all.Where(sector => sector.Status == ChainSectorStatus.Ended))
            End(sector.Number);
        await ExpireAsync(head, all, stop).ConfigureAwait(false);
        foreach (WorkItem deal in queue.Of(WorkKind.Deal).Where(item => item.State == WorkState.DealActive && head < item.Details.Deal!.End && pieces.LengthOf(item.Details.Deal.Piece) is null))
            hot.Recall(deal.Id.Subject);
        await earnings.WithdrawAsync(stop).ConfigureAwait(false);
    }

    /// <summary>While a window is to be proven nothing is declared: it would change what its proof must show.</summary>
    private async Task RecoverAsync(IReadOnlyList<KnownSector> sectors, CancellationToken stop)
    {
        List<ulong> back = [];
        foreach (KnownSector sector in sectors.Where(sector => sector is { Status: ChainSectorStatus.Live, IsFaulty: true, IsRecovering: false }))
        {
            if (await windows.IsReadableAsync(sector, stop).ConfigureAwait(false))
                back.Add(sector.Number);
        }
        if (back.Count > 0)
            Tell(await chain.SendAsync(SectorsContract.DeclareRecoveries(chain.Provider, back), stop).ConfigureAwait(false), "recovered", back.Count);
    }

    private async Task ExpireAsync(ulong head, IReadOnlyList<KnownSector> sectors, CancellationToken stop)
    {
        // While a deal holds a place of it no sector expires: it is settled first.
        HashSet<ulong> held = [.. queue.Of(WorkKind.Deal).Where(item => item.State is WorkState.DealCold or WorkState.DealActive).Select(item => item.Details.Deal!.Sector)];
        ulong[] expired = [.. sectors.Where(sector => sector.Status == ChainSectorStatus.Live && head >= sector.Expiration && !held.Contains(sector.Number)).Select(sector => sector.Number)];
        if (expired.Length > 0)
            Tell(await chain.SendAsync(SectorsContract.Expire(chain.Provider, expired), stop).ConfigureAwait(false), "expired", expired.Length);
    }

    private void End(ulong number)
    {
        if (queue.Find(WorkId.OfSector(number)) is { State: not (WorkState.Ended or WorkState.Removed) } item)
            queue.TryReplace(item, item with { State = WorkState.Ended, Owner = null, Reason = "the chain has ended it", NotBefore = default });
    }

    private void Tell(string? refusal, string what, int count)
    {
        if (refusal is null)
            LogDeclared(count, what);
        else
            LogRefused(refusal);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} sectors are declared {What}")]
    private partial void LogDeclared(int count, string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void LogRefused(string reason);
}
