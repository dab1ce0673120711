using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>The steps of a deal's life but for its packing. The chain is asked first what is done already: nothing is sent twice.</summary>
internal sealed class DealSteps(ProviderChain chain, WorkQueue queue, DealDesk desk, ExtensionDesk extensions, PieceShelf pieces, PiecePulls pulls, DeliveryBook book)
{
    private const ulong ReorganisedBlocks = 64; // two epochs: so far back a deal's block may be another one
    private const ulong SlotsOfTurn = 4; // that a settlement takes to be on the chain

    public async Task<StepOutcome> RegisterAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        ulong slot = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        DealPhase phase = await DealContract.GetPhaseAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        if (phase != DealPhase.None && await ShareOfAsync(deal, stop).ConfigureAwait(false) is { Standing: not ShareStanding.None })
            return Done(item);
        if (slot >= deal.RegistrationEnd)
            return Over(item, "registration is over");
        if (phase is not (DealPhase.None or DealPhase.Registration))
            return Over(item, "others were first, or the client gave it up");
        ExecutionBlock head = await chain.Node.GetHeadAsync(stop).ConfigureAwait(false);
        ulong from = deal.Block - Math.Min(deal.Block, ReorganisedBlocks);
        DeployedDeal? deployed = await MarketContract.FindDealAsync(chain.Node, item.Id.Subject, from, head.Number, stop).ConfigureAwait(false);
        if (deployed is null || phase == DealPhase.None)
            return new StepOutcome(StepResult.NotYet, item.Details, "its deployment left the chain");
        KnownProvider? provider = await chain.Node.FindProviderAsync(chain.Provider, stop).ConfigureAwait(false);
        if (provider is not { IsActive: true })
            return Over(item, "the provider has ended");
        // After a reorganisation another deal may have the number: it is judged as it stands on the chain now.
        DealVerdict verdict = await desk.JudgeAsync(deployed, provider, slot, stop).ConfigureAwait(false);
        if (verdict.Refusal is { } refusal)
            return Over(item, refusal);
        WorkDetails details = item.Details with { Deal = DealDetails.Of(deployed, verdict.Fee) };
        string? failure = await chain.SendAsync(DealContract.Register(deployed.Contract, chain.Provider, verdict.Fee, deployed.Terms.MinimumFee), stop).ConfigureAwait(false);
        return failure is null ? new StepOutcome(StepResult.Done, details) : new StepOutcome(StepResult.Failed, details, failure);
    }

    public async Task<StepOutcome> AwaitStartAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        DealPhase phase = await DealContract.GetPhaseAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        if (phase is DealPhase.Cancelled or DealPhase.Settled or DealPhase.Deleted)
            return Over(item, $"the deal is {phase}");
        if (phase == DealPhase.None || await ShareOfAsync(deal, stop).ConfigureAwait(false) is not { } share)
            return new StepOutcome(StepResult.Stale, item.Details, "the registration is not on the chain any more");
        if (phase == DealPhase.Running)
            return share.Standing == ShareStanding.Out ? Over(item, "the share was dropped") : Done(item);
        if (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) < deal.ActivationEnd)
            return Later(item, "too few providers have registered");
        // Nobody else may give it up before, and until then the collateral is bound.
        string? failure = await chain.SendAsync(DealContract.Cancel(deal.Address), stop).ConfigureAwait(false);
        return failure is null ? Over(item, "it never ran") : new StepOutcome(StepResult.Failed, item.Details, failure);
    }

    public async Task<StepOutcome> AwaitPieceAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        if ((await LookAsync(item, stop).ConfigureAwait(false)).Other is { } other)
            return other;
        if (pieces.LengthOf(deal.Piece) is not null)
            return Done(item, deal with { StoredSlot = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) });
        if (deal.PullFrom is { } endpoint && pulls.Start(deal, endpoint, stop) is { } failure)
            return new StepOutcome(StepResult.Failed, item.Details, failure);
        return Later(item, "the piece has not come");
    }

    // late: the sector expired before it was claimed, or a piece beside it was lost → packed into another one
    public async Task<StepOutcome> ActivateAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        (DealShare? share, StepOutcome? other) = await LookAsync(item, stop).ConfigureAwait(false);
        if (other is not null)
            return other;
        if (share is { Standing: ShareStanding.Active })
            return Done(item, deal with { Sector = share.Sector, Partition = share.Partition });
        WorkItem? sealing = queue.Find(WorkId.OfSector(deal.Sector));
        KnownSector? sector = await chain.Node.FindSectorAsync(chain.Provider, deal.Sector, stop).ConfigureAwait(false);
        if (sealing is null or { State: WorkState.Ended or WorkState.Removed } || sector is { Status: ChainSectorStatus.Ended } || sealing.Details.Pieces.All(piece => piece.Deal != item.Id.Subject))
            return new StepOutcome(StepResult.Stale, item.Details with { Deal = deal with { Sector = 0 } }, $"sector {deal.Sector} has ended, or was left without the piece");
        if (sector is not { Status: ChainSectorStatus.Live } || sector.CommD.ToString() != sealing.Details.CommD)
            return Later(item, $"sector {deal.Sector} is being {(sealing.State < WorkState.Activated ? "sealed" : "updated")}");
        (ulong place, IReadOnlyList<Hash32> path) = PiecePlace.Of(item.Id.Subject, sealing.Details.Pieces, (long)chain.Network.SectorSize);
        string? failure = await chain.SendAsync(DealContract.Activate(deal.Address, chain.Provider, deal.Sector, place, path), stop).ConfigureAwait(false);
        return failure is null ? Done(item, deal with { Partition = sector.Partition }) : new StepOutcome(StepResult.Failed, item.Details, failure);
    }

    public async Task<StepOutcome> SettleAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        DealPhase phase = await DealContract.GetPhaseAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        if (phase is DealPhase.Settled or DealPhase.Deleted)
            return Done(item, deal with { PaidWei = await PaidAsync(deal, stop).ConfigureAwait(false) });
        IReadOnlyList<DealShare> shares = phase == DealPhase.Running ? await DealContract.GetSharesAsync(chain.Node, deal.Address, stop).ConfigureAwait(false) : [];
        int place = shares.ToList().FindIndex(one => one.Provider == chain.Provider);
        DealShare? share = place < 0 ? null : shares[place];
        if (share is not { Standing: ShareStanding.Active })
        {
            return share is { Standing: ShareStanding.Out } ? Over(item, "the share was dropped")
                : new StepOutcome(StepResult.Stale, item.Details, "the activation is not on the chain any more");
        }
        (ulong slot, ulong end) = (await chain.GetHeadSlotAsync(stop).ConfigureAwait(false), await DealContract.GetEndAsync(chain.Node, deal.Address, stop).ConfigureAwait(false));
        ulong turn = end + SlotsOfTurn * (ulong)place; // one after the other, so that not all pay for what one does
        if (slot < turn)
        {
            // It may be deleted early, or extended: it is looked at once a window.
            DealDetails running = deal with { End = end, FeeWei = DealDetails.Digits(share.Fee) };
            (string Reason, bool IsFailed)? extension = slot < end ? await extensions.ConsiderAsync(item.Id.Subject, running, shares, stop).ConfigureAwait(false) : null;
            return new StepOutcome(extension is { IsFailed: true } ? StepResult.Failed : StepResult.NotYet, item.Details with { Deal = running }, extension?.Reason ?? $"the deal runs until slot {end}")
            {
                NotBefore = chain.TimeOf(Math.Min(turn, slot + chain.WindowLength)),
            };
        }
        string? failure = await chain.SendAsync(DealContract.Settle(deal.Address), stop).ConfigureAwait(false);
        // Another one may have been first: that is seen when it is looked at again.
        return failure is null ? Later(item, "it is settled") : new StepOutcome(StepResult.Failed, item.Details, failure);
    }

    private async Task<string?> PaidAsync(DealDetails deal, CancellationToken stop)
    {
        ExecutionBlock head = await chain.Node.GetHeadAsync(stop).ConfigureAwait(false);
        return await DealContract.FindPaymentAsync(chain.Node, deal.Address, chain.Provider, deal.Block, head.Number, stop).ConfigureAwait(false) is { } paid ? DealDetails.Digits(paid) : null;
    }

    public Task<StepOutcome> ClearAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        bool isNeeded = queue.Of(WorkKind.Deal).Any(other => other.Id != item.Id && other.State < WorkState.DealOver && other.Details.Deal!.CommP == deal.CommP);
        if (!isNeeded)
            pieces.Remove(deal.Piece);
        book.Forget(item.Id.Subject);
        queue.Forget([.. queue.Of(WorkKind.Batch).Where(batch => batch.Id.Subject == item.Id.Subject).Select(batch => batch.Id)]);
        return Task.FromResult(Done(item));
    }

    /// <summary>The share of a deal that runs; else what became of the deal.</summary>
    private async Task<(DealShare? Share, StepOutcome? Other)> LookAsync(WorkItem item, CancellationToken stop)
    {
        DealDetails deal = DealOf(item);
        DealPhase phase = await DealContract.GetPhaseAsync(chain.Node, deal.Address, stop).ConfigureAwait(false);
        if (phase is DealPhase.Cancelled or DealPhase.Settled or DealPhase.Deleted)
            return (null, Over(item, $"the deal is {phase}"));
        DealShare? share = phase == DealPhase.Running ? await ShareOfAsync(deal, stop).ConfigureAwait(false) : null;
        if (share is null)
            return (null, new StepOutcome(StepResult.Stale, item.Details, "its start is not on the chain any more"));
        if (share.Standing == ShareStanding.Out)
            return (null, Over(item, "the share was dropped"));
        bool isLate = share.Standing == ShareStanding.Selected && await chain.GetHeadSlotAsync(stop).ConfigureAwait(false) >= deal.ActivationEnd;
        return (share, isLate ? Over(item, "the piece was not in a live sector in time") : null);
    }

    private Task<DealShare?> ShareOfAsync(DealDetails deal, CancellationToken stop) => DealContract.FindShareAsync(chain.Node, deal.Address, chain.Provider, stop);

    private static StepOutcome Later(WorkItem item, string reason) => new(StepResult.NotYet, item.Details, reason);

    private static DealDetails DealOf(WorkItem item) => item.Details.Deal ?? throw new InvalidDataException($"{item.Id} has no deal");

    private static StepOutcome Done(WorkItem item) => new(StepResult.Done, item.Details);

    private static StepOutcome Done(WorkItem item, DealDetails deal) => new(StepResult.Done, item.Details with { Deal = deal });

    private static StepOutcome Over(WorkItem item, string reason) => new(StepResult.Over, item.Details, reason);
}
