using Flashback.Client;

namespace Flashback.Provider;

/// <summary>Makes work of windows that come, and closes that of windows that are over.</summary>
internal sealed class WindowSchedule(ProviderChain chain, WorkQueue queue)
{
    private const int Urgent = 1000; // before any sealing
    private const int KeptWindows = 8; // of each partition, to be looked at

    /// <summary>Slots before the challenge at which sectors are read: a window's length, for who declares a fault before it is challenged pays least.</summary>
    private ulong HealthLead => Math.Max(chain.WindowLength, 2);

    public void Follow(ulong head, IReadOnlyList<KnownDeadline> deadlines)
    {
        Dictionary<ulong, KnownDeadline> byPartition = deadlines.ToDictionary(deadline => deadline.Partition);
        foreach (KnownDeadline deadline in deadlines)
        {
            if (!deadline.IsProven && HasDuties(deadline) && head + HealthLead >= deadline.ChallengeSlot)
                queue.Add(Expected(deadline));
        }
        foreach (WorkItem item in queue.Of(WorkKind.Window))
        {
            if (byPartition.TryGetValue(item.Id.Subject, out KnownDeadline? deadline))
                Follow(item, deadline);
        }
        Forget();
    }

    /// <summary>Whether there is anything that could be proven: nothing is due, and nothing alarming, in a partition where all is gone or known to be faulty.</summary>
    public static bool HasDuties(KnownDeadline deadline) => deadline.LiveSectors > deadline.FaultySectors || deadline.RecoveringSectors > 0;

    private void Follow(WorkItem item, KnownDeadline deadline)
    {
        if (item.Id.Part < deadline.Window && item.State != WorkState.WindowClosed)
        {
            bool wasClaimed = item.State is WorkState.WindowClaimed or WorkState.WindowShown;
            queue.TryReplace(item, item with { State = WorkState.WindowClosed, Owner = null, Reason = wasClaimed ? null : item.Reason ?? "it was not proven in time", Details = item.Details with { Proof = null } });
        }
        else if (item.Id.Part == deadline.Window && item.State is WorkState.WindowClaimed or WorkState.WindowShown && !deadline.IsProven)
        {
            queue.TryReplace(item, item with { State = item.Details.Proof is null ? WorkState.WindowDue : WorkState.WindowProven, Owner = null, Reason = "the claim left the chain" });
        }
    }

    private static WorkItem Expected(KnownDeadline deadline) => new()
    {
        Id = WorkId.OfWindow(deadline.Partition, deadline.Window),
        State = WorkState.WindowExpected,
        Priority = Urgent,
        Details = new WorkDetails { Opens = deadline.Opens, Closes = deadline.Closes },
    };

    private void Forget() => queue.Forget(
    [
        .. queue.All.Where(item => item.State == WorkState.WindowClosed).GroupBy(item => item.Id.Subject)
            .SelectMany(closed => closed.OrderByDescending(item => item.Id.Part).Skip(KeptWindows)).Select(item => item.Id),
    ]);
}
