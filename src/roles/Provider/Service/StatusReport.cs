using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Provider;

/// <summary>What is known at one moment, out of which the status is made.</summary>
/// <param name="Slot">The head's.</param>
/// <param name="Provider">The provider on the chain.</param>
/// <param name="Balance">The operator's, in wei.</param>
/// <param name="Credit">What the owner can withdraw from Market, in wei.</param>
/// <param name="Deadlines">All partitions.</param>
/// <param name="Work">The queue.</param>
/// <param name="Running">Steps that go on.</param>
/// <param name="Disks">The disks with sectors.</param>
internal sealed record ProviderMoment(
    ulong Slot, KnownProvider Provider, UInt256 Balance, UInt256 Credit, IReadOnlyList<KnownDeadline> Deadlines, IReadOnlyList<WorkItem> Work, IReadOnlyList<WorkStep> Running, IReadOnlyList<DiskLine> Disks);

/// <summary>Makes the status, and finds what is alarming in it: computed from the chain's state, so that nothing rests on what was noticed when it happened.</summary>
internal static class StatusReport
{
    private const ulong FoundFaultFees = 3; // spec: ours#5
    private const ulong TerminationFees = 14; // likewise
    private const int AlarmingAttempts = 3;
    private static readonly UInt256 LeastBalance = 10_000_000_000_000_000UL; // 0.01 FLASH: hundreds of claims

    public static ProviderStatus Of(ProviderMoment moment, KnownStorageNetwork network)
    {
        ulong faulty = Sum(moment.Deadlines, one => one.FaultySectors), live = Sum(moment.Deadlines, one => one.LiveSectors);
        WorkItem[] closed = [.. moment.Work.Where(item => item.State == WorkState.WindowClosed && item.Reason is not null)];
        return new ProviderStatus
        {
            Provider = moment.Provider.Id,
            Operator = moment.Provider.Operator.ToString(),
            OperatorBalanceWei = ((System.Numerics.BigInteger)moment.Balance).ToString(System.Globalization.CultureInfo.InvariantCulture),
            Slot = moment.Slot,
            IsActive = moment.Provider.IsActive,
            Sectors = new SectorCounts(
                (long)moment.Provider.CommittedSectors, (long)live, (long)faulty, (long)Sum(moment.Deadlines, one => one.RecoveringSectors),
                moment.Work.Count(item => item.Id.Kind == WorkKind.Sector && item.State < WorkState.Activated)),
            StakeGwei = moment.Provider.EffectiveBalance,
            CoveredSectors = Covered(moment.Provider.EffectiveBalance, network),
            DebtGwei = moment.Provider.Debt.FitsUInt64 ? moment.Provider.Debt.Low : ulong.MaxValue,
            AtRiskNextWindowsGwei = moment.Deadlines.Aggregate(0UL, (sum, one) => sum + (one.LiveSectors - one.FaultySectors) * FoundFaultFees * network.SectorFee / Math.Max(one.Cadence, 1)),
            AtRiskTerminationGwei = live * TerminationFees * network.SectorFee,
            Windows = [.. moment.Deadlines.Select(deadline => LineOf(deadline, moment))],
            MissedWindows = closed.Length,
            Deals = DealReport.LinesOf(moment.Work),
            Income = DealReport.IncomeOf(moment.Work, moment.Credit),
            Queue = [.. moment.Work.Where(item => item.Id.Kind != WorkKind.Deal && WorkTable.Of(item.State) is not null).Select(item => new WorkLine(item.Id.ToString(), item.State.ToString(), item.Attempts, item.Reason))],
            Running = [.. moment.Running.Select(step => step.ToString())],
            Disks = moment.Disks,
            Alerts = [.. AlertsOf(moment)],
        };
    }

    /// <summary>How many sectors a stake covers. spec: ours#3</summary>
    public static ulong Covered(ulong stakeGwei, KnownStorageNetwork network) =>
        network.CollateralPerTib == 0 ? ulong.MaxValue : (ulong)(((UInt128)stakeGwei << 40) / ((UInt128)network.SectorSize * network.CollateralPerTib));

    private static IEnumerable<string> AlertsOf(ProviderMoment moment)
    {
        if (!moment.Provider.IsActive)
            yield return "the provider has ended: its validator leaves or was slashed";
        if (moment.Balance < LeastBalance)
            yield return "the operator's account is nearly empty: claims cannot be paid for soon";
        foreach (KnownDeadline deadline in moment.Deadlines)
        {
            ulong length = deadline.Closes - deadline.Opens;
            if (!deadline.IsProven && !IsEmpty(deadline, WindowOf(deadline, moment)) && moment.Slot >= deadline.Opens + length / 2)
                yield return $"window {deadline.Window} of partition {deadline.Partition} closes at slot {deadline.Closes} and is not proven";
            if (deadline.FaultySectors > 0)
                yield return $"partition {deadline.Partition} has {deadline.FaultySectors} faulty sectors";
        }
        foreach (DiskLine disk in moment.Disks.Where(disk => !disk.Answers))
            yield return $"{disk.Folder} does not answer";
        foreach (WorkItem item in moment.Work.Where(item => item.Attempts >= AlarmingAttempts))
            yield return $"{item.Id} failed {item.Attempts} times: {item.Reason}";
    }

    private static WindowLine LineOf(KnownDeadline deadline, ProviderMoment moment)
    {
        WorkItem? item = WindowOf(deadline, moment);
        string state = deadline.IsProven ? "proven" : IsEmpty(deadline, item) ? "nothing due" : item?.State switch
        {
            WorkState.WindowProven => "proof ready, waiting for head",
            WorkState.WindowDue => "due",
            WorkState.WindowClaimed => "claimed",
            _ => "expected",
        };
        return new WindowLine(deadline.Partition, deadline.Window, deadline.ChallengeSlot, deadline.Opens, deadline.Closes, state, deadline.LiveSectors, deadline.FaultySectors);
    }

    private static WorkItem? WindowOf(KnownDeadline deadline, ProviderMoment moment) => moment.Work.FirstOrDefault(item => item.Id == WorkId.OfWindow(deadline.Partition, deadline.Window));

    /// <summary>Whether nothing is due in a window, by what is in its partition or by what the chain said when it was to be proven: sectors may have come after its challenge.</summary>
    private static bool IsEmpty(KnownDeadline deadline, WorkItem? window) => !WindowSchedule.HasDuties(deadline) || window is { State: WorkState.WindowClosed, Reason: null };

    private static ulong Sum(IReadOnlyList<KnownDeadline> deadlines, Func<KnownDeadline, ulong> of) => deadlines.Aggregate(0UL, (sum, one) => sum + of(one));
}
