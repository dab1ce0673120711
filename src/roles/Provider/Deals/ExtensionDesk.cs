using System.Collections.Concurrent;
using Flashback.Client;
using Flashback.Primitives;
using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Agrees to extensions that clients propose and the policy takes: the sector is committed for longer first, then it is said. The chain is asked what is done already: nothing is sent twice.</summary>
internal sealed partial class ExtensionDesk(DealPolicy policy, ProviderChain chain, ILogger log)
{
    private readonly ConcurrentDictionary<ulong, ulong> _told = []; // the end that was refused last, by deal

    /// <summary>Sees to the extension that is proposed for an active share.</summary>
    /// <param name="number">The deal's number.</param>
    /// <param name="deal">The deal, with its end as the chain has it.</param>
    /// <param name="shares">Everybody's.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Null where nothing is proposed or left to do here; else what the deal waits for, and whether that is a failure.</returns>
    public async Task<(string Reason, bool IsFailed)?> ConsiderAsync(ulong number, DealDetails deal, IReadOnlyList<DealShare> shares, CancellationToken stop)
    {
        ExecutionBlock head = await chain.Node.GetHeadAsync(stop).ConfigureAwait(false);
        if (await DealContract.FindExtensionAsync(chain.Node, deal.Address, deal.Block, head.Number, stop).ConfigureAwait(false) is not { } proposed)
            return null;
        DealShare[] active = [.. shares.Where(share => share.Standing == ShareStanding.Active)];
        // Who has agreed says so again only where all have and it is still pending: another one was taken out meanwhile.
        if (proposed.Agreed.Contains(chain.Provider) && !active.All(share => proposed.Agreed.Contains(share.Provider)))
            return ($"others have not agreed yet to its extension to slot {proposed.End}", IsFailed: false);
        DealShare own = active.First(share => share.Provider == chain.Provider);
        if (await RefusalAsync(number, deal, own, proposed.End, chain.Network.SlotAt(head.Timestamp), stop).ConfigureAwait(false) is { } refusal)
            return ($"its extension to slot {proposed.End} is not agreed to: {refusal}", IsFailed: false);
        string? failure = await CommitAsync(own.Sector, proposed.End, chain.Network.SlotAt(head.Timestamp), stop).ConfigureAwait(false)
            ?? await chain.SendAsync(DealContract.AcceptExtension(deal.Address, chain.Provider), stop).ConfigureAwait(false);
        if (failure is null)
            LogAgreed(number, proposed.End);
        return failure is null ? null : (failure, IsFailed: true);
    }

    private async Task<string?> RefusalAsync(ulong number, DealDetails deal, DealShare own, ulong end, ulong slot, CancellationToken stop)
    {
        KnownProvider? provider = await chain.Node.FindProviderAsync(chain.Provider, stop).ConfigureAwait(false);
        KnownSector? sector = await chain.Node.FindSectorAsync(chain.Provider, own.Sector, stop).ConfigureAwait(false);
        ExtensionTerms terms = new(FixedBytes.Parse<Address>(deal.Client), (ulong)deal.PieceSize, own.Fee, deal.ActivationEnd, deal.End, end);
        string? refusal = provider is not { IsActive: true } ? "the provider has ended"
            : sector is not { Status: ChainSectorStatus.Live, IsFaulty: false } ? $"sector {own.Sector} is not proven at present"
            : end > chain.LatestExpiration(slot) ? $"no sector is committed beyond slot {chain.LatestExpiration(slot)}"
            : policy.JudgeExtension(terms, provider.Ask, slot, chain.Network.SecondsPerSlot);
        if (refusal is not null && _told.GetValueOrDefault(number) != end)
        {
            _told[number] = end;
            LogRefused(number, end, refusal);
        }
        return refusal;
    }

    /// <summary>Commits the sector until a window after the new end, as for a new deal.</summary>
    private async Task<string?> CommitAsync(ulong sector, ulong end, ulong slot, CancellationToken stop)
    {
        KnownSector? known = await chain.Node.FindSectorAsync(chain.Provider, sector, stop).ConfigureAwait(false);
        ulong needed = Math.Min(end + chain.WindowLength, chain.LatestExpiration(slot));
        return known is { } live && live.Expiration >= end ? null : await chain.SendAsync(SectorsContract.Extend(chain.Provider, [sector], needed), stop).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deal {Number}: its extension to slot {End} is agreed to")]
    private partial void LogAgreed(ulong number, ulong end);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deal {Number}: its extension to slot {End} is not agreed to: {Reason}")]
    private partial void LogRefused(ulong number, ulong end, string reason);
}
