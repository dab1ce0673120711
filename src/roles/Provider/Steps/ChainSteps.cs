using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>The steps that are sent: pre-commits, and claims of seals and windows, many in a transaction. The chain is asked first what is there already.</summary>
internal sealed class ChainSteps(ProviderChain chain, HotClaims hot)
{
    private const ulong TicketMaxAge = 7_200; // slots, as the contract has it
    private const ulong TicketMargin = 100; // slots until the pre-commit is on the chain
    private const ulong LifetimeMargin = 32; // slots, likewise
    private const ulong MostPeriods = 1_824; // the contract takes 1,825 from the slot of the pre-commit on

    private readonly ClaimSender _sender = new(chain);

    public async Task<IReadOnlyList<StepOutcome>> AnnounceAsync(IReadOnlyList<WorkItem> items, CancellationToken stop)
    {
        ulong head = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        StepOutcome?[] outcomes = new StepOutcome?[items.Count];
        List<SectorPreCommit> preCommits = [];
        for (int i = 0; i < items.Count; i++)
        {
            outcomes[i] = await AnnouncedAlreadyAsync(items[i], head, stop).ConfigureAwait(false);
            if (outcomes[i] is null)
                preCommits.Add(PreCommitOf(items[i], head));
        }
        string? refusal = preCommits.Count == 0 ? null : await chain.SendAsync(SectorsContract.PreCommit(chain.Provider, preCommits), stop).ConfigureAwait(false);
        return [.. items.Select((item, i) => outcomes[i] ?? (refusal is null ? Done(item) : new StepOutcome(StepResult.Failed, item.Details, refusal)))];
    }

    public async Task<IReadOnlyList<StepOutcome>> ClaimAsync(IReadOnlyList<WorkItem> items, CancellationToken stop)
    {
        ulong head = await chain.GetHeadSlotAsync(stop).ConfigureAwait(false);
        IReadOnlyList<KnownDeadline> deadlines = items.Any(item => item.Id.Kind == WorkKind.Window) ? await chain.Node.GetDeadlinesAsync(chain.Provider, stop).ConfigureAwait(false) : [];
        StepOutcome?[] outcomes = new StepOutcome?[items.Count];
        for (int i = 0; i < items.Count; i++)
        {
            outcomes[i] = items[i].Id.Kind == WorkKind.Window
                ? await WindowClaimedAlreadyAsync(items[i], head, deadlines, stop).ConfigureAwait(false)
                : await SealClaimedAlreadyAsync(items[i], stop).ConfigureAwait(false);
        }
        int[] due = [.. Enumerable.Range(0, items.Count).Where(i => outcomes[i] is null)];
        if (due.Length > 0)
            await SendClaimsAsync(items, due, outcomes, await HotOfAsync([.. due.Select(i => items[i])], stop).ConfigureAwait(false), stop).ConfigureAwait(false);
        return outcomes!;
    }

    private async Task<StepOutcome?> AnnouncedAlreadyAsync(WorkItem item, ulong head, CancellationToken stop)
    {
        WorkDetails details = item.Details;
        if (await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false) is { } sector)
        {
            return sector.Status == ChainSectorStatus.Ended ? new StepOutcome(StepResult.Over, details, "the chain has ended the sector")
                : sector.CommR.ToString() == details.CommR ? Done(item)
                : new StepOutcome(StepResult.Failed, details, $"the chain has another sector of this number, with the replica {sector.CommR}");
        }
        if (head - details.TicketSlot > TicketMaxAge - TicketMargin)
            return new StepOutcome(StepResult.Stale, details, $"the ticket of slot {details.TicketSlot} is too old");
        Hash32 ticket = await SectorsContract.GetTicketAsync(chain.Node, details.TicketSlot, chain.ProverId, stop).ConfigureAwait(false);
        return ticket.ToString() == details.Ticket ? null : new StepOutcome(StepResult.Stale, details, "after a reorganisation the ticket is another");
    }

    private SectorPreCommit PreCommitOf(WorkItem item, ulong head)
    {
        WorkDetails details = item.Details;
        ulong least = (chain.Network.MinLifetime + chain.Network.ProvingPeriod - 1) / chain.Network.ProvingPeriod;
        ulong periods = Math.Min(Math.Max(details.Periods, least), MostPeriods);
        ulong expiration = head + chain.Network.PrecommitDelay + LifetimeMargin + periods * chain.Network.ProvingPeriod;
        if (details.Expiration > 0)
            expiration = Math.Min(Math.Max(expiration, details.Expiration), chain.LatestExpiration(head));
        return new SectorPreCommit(
            item.Id.Subject, FixedBytes.Parse<Hash32>(details.CommR), FixedBytes.Parse<Hash32>(details.CommD), details.TicketSlot, expiration, Math.Max(details.Cadence, 1));
    }

    private async Task<StepOutcome?> SealClaimedAlreadyAsync(WorkItem item, CancellationToken stop)
    {
        WorkDetails details = item.Details;
        if (await chain.Node.FindSectorAsync(chain.Provider, item.Id.Subject, stop).ConfigureAwait(false) is not { } sector)
            return new StepOutcome(StepResult.Stale, details, "the pre-commit is not on the chain any more");
        if (sector.Status == ChainSectorStatus.Ended)
            return new StepOutcome(StepResult.Over, details, "the chain has ended the sector");
        if (sector.Status == ChainSectorStatus.Live)
            return Done(item);
        SealInputs inputs = await SectorsContract.GetSealInputsAsync(chain.Node, chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        return inputs.Seed.ToString() == details.Seed ? null : new StepOutcome(StepResult.Stale, details, "after a reorganisation the seed is another");
    }

    private async Task<StepOutcome?> WindowClaimedAlreadyAsync(WorkItem item, ulong head, IReadOnlyList<KnownDeadline> deadlines, CancellationToken stop)
    {
        WorkDetails details = item.Details;
        if (deadlines.FirstOrDefault(deadline => deadline.Partition == item.Id.Subject) is not { } deadline || deadline.Window > item.Id.Part)
            return new StepOutcome(StepResult.Over, details, "the window is closed");
        if (deadline.IsProven)
            return Done(item);
        if (head < deadline.Opens)
            return new StepOutcome(StepResult.NotYet, details, $"the proof is ready and waits for slot {deadline.Opens}") { NotBefore = chain.TimeOf(deadline.Opens) };
        WindowInputs inputs = await SectorsContract.GetWindowInputsAsync(chain.Node, chain.Provider, item.Id.Subject, stop).ConfigureAwait(false);
        return inputs.Challenge.ToString() == details.Challenge && inputs.Sectors.SequenceEqual(details.Sectors) && WindowSteps.ReplicasOf(inputs) == details.Replicas
            ? null
            : new StepOutcome(StepResult.Stale, details, "other sectors or replicas are to be proven than were, or at another challenge");
    }

    /// <summary>Sends claims of seals and windows, and behind them what shows deals in these windows. That keeps no window from the chain: what is refused with it is claimed without.</summary>
    private async Task SendClaimsAsync(IReadOnlyList<WorkItem> items, int[] due, StepOutcome?[] outcomes, IReadOnlyList<ReadyClaim> shown, CancellationToken stop)
    {
        ReadyClaim[] claims = [.. due.Select(i => ClaimOf(items[i]))];
        IReadOnlyList<string?> refusals = shown.Count > 0 && await _sender.TryAsync([.. claims, .. shown], stop).ConfigureAwait(false) is null
            ? new string?[claims.Length]
            : await _sender.SendAsync(claims, stop).ConfigureAwait(false);
        for (int i = 0; i < due.Length; i++)
            outcomes[due[i]] = refusals[i] is { } refusal ? new StepOutcome(StepResult.Failed, items[due[i]].Details, refusal) : Done(items[due[i]]);
    }

    private ReadyClaim ClaimOf(WorkItem item) => new(
        new SectorClaim(item.Id.Kind == WorkKind.Window ? SectorClaimKind.Window : SectorClaimKind.Seal, chain.Provider, item.Id.Subject), Hex.Decode(item.Details.Proof.AsSpan(2)));

    /// <summary>As many HOT claims as go along; those of lost copies, and others, follow by a step of their own.</summary>
    private async Task<IReadOnlyList<ReadyClaim>> HotOfAsync(IReadOnlyList<WorkItem> items, CancellationToken stop)
    {
        List<ReadyClaim> ready = [];
        try
        {
            foreach (WorkItem item in items.Where(item => item.Id.Kind == WorkKind.Window))
            {
                Task<HotWindow> opening = hot.OfWindowAsync(item.Id.Subject, item.Details.Opens, item.Details.Closes, HotClaims.MostAtOnce - ready.Count, stop);
                ready.AddRange((await opening.WaitAsync(chain.Slot, stop).ConfigureAwait(false)).Ready);
            }
        }
        catch (Exception fault) when (fault is NodeException or IOException or TimeoutException)
        {
            return []; // the windows go out without them: a disk that hangs must not keep them
        }
        return ready;
    }

    private static StepOutcome Done(WorkItem item) => new(StepResult.Done, item.Details);
}
