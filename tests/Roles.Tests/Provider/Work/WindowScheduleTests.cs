using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Provider;
using Flashback.Roles.Tests.Client.Execution;
using Flashback.State.Store.Sqlite;

namespace Flashback.Roles.Tests.Provider.Work;

/// <summary>Windows become work in time and are closed when they are over, as the chain tells it; and what is alarming is told.</summary>
public sealed class WindowScheduleTests : IDisposable
{
    private const ulong Opens = 100, Closes = 110, Challenge = 95;

    private readonly SqliteStore _store = SqliteStore.OpenTemporary(WorkQueue.Columns);
    private readonly Secp256k1SecretKey _key = Secp256k1SecretKey.Generate();
    private readonly ExecutionClient _node = new(new Uri("http://node.test"), TimeSpan.FromSeconds(1), TimeProvider.System, new ScriptedRpc());
    private readonly WorkQueue _queue;
    private readonly WindowSchedule _schedule;

    public WindowScheduleTests()
    {
        _queue = new WorkQueue(_store, "run");
        ChainConfig chain = new(1, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague));
        TransactionSender sender = new(_node, _key, new KeptJournal(), chain, TimeSpan.FromSeconds(1), TimeProvider.System);
        _schedule = new WindowSchedule(new ProviderChain(_node, sender, 3, default, Network, TimeProvider.System), _queue);
    }

    private static KnownStorageNetwork Network { get; } = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);

    public void Dispose()
    {
        _node.Dispose();
        _key.Dispose();
        _store.Dispose();
    }

    [Fact]
    public void A_window_is_work_a_windows_length_before_its_challenge()
    {
        _schedule.Follow(Challenge - 11, [Deadline()]);
        Assert.Empty(_queue.All);
        _schedule.Follow(Challenge - 10, [Deadline()]);
        WorkItem item = Assert.Single(_queue.All);
        Assert.Equal((WorkId.OfWindow(0, 4), WorkState.WindowExpected, Opens, Closes), (item.Id, item.State, item.Details.Opens, item.Details.Closes));
        _schedule.Follow(Challenge, [Deadline()]);
        Assert.Single(_queue.All);
    }

    [Fact]
    public void Where_all_is_faulty_or_nothing_is_left_there_is_nothing_to_do_and_nothing_to_alarm()
    {
        foreach (KnownDeadline idle in (KnownDeadline[])[Deadline() with { LiveSectors = 0 }, Deadline() with { IsProven = true }])
        {
            _schedule.Follow(Opens + 8, [idle]);
            Assert.Empty(_queue.All);
            Assert.Empty(StatusAt(Opens + 8, idle).Alerts);
        }
        KnownDeadline faulty = Deadline() with { FaultySectors = 2 };
        _schedule.Follow(Opens, [faulty]);
        Assert.Empty(_queue.All);
        Assert.Equal("partition 0 has 2 faulty sectors", Assert.Single(StatusAt(Opens + 8, faulty).Alerts));
        _schedule.Follow(Opens, [faulty with { RecoveringSectors = 1 }]);
        Assert.Single(_queue.All);
    }

    [Fact]
    public void A_claim_that_left_the_chain_is_sent_again_and_one_that_stays_is_closed()
    {
        WorkItem claimed = Taken(WorkState.WindowClaimed) with { Details = new WorkDetails { Proof = "0x01" } };
        _queue.Add(claimed);
        _schedule.Follow(Opens + 1, [Deadline() with { IsProven = true }]);
        Assert.Equal(WorkState.WindowClaimed, _queue.Find(claimed.Id)!.State);
        _schedule.Follow(Opens + 1, [Deadline()]);
        Assert.Equal((WorkState.WindowProven, "0x01"), (_queue.Find(claimed.Id)!.State, _queue.Find(claimed.Id)!.Details.Proof));
        WorkItem again = _queue.Find(claimed.Id)!;
        Assert.NotNull(_queue.TryReplace(again, again with { State = WorkState.WindowClaimed, Reason = null }));
        _schedule.Follow(Closes, [Deadline() with { Window = 5 }]);
        Assert.Equal((WorkState.WindowClosed, null), (_queue.Find(claimed.Id)!.State, _queue.Find(claimed.Id)!.Reason));
        Assert.Equal(0, StatusAt(Closes, Deadline() with { Window = 5 }).MissedWindows);
    }

    [Fact]
    public void A_window_that_was_not_proven_is_counted_and_told_before_it_closes()
    {
        _queue.Add(Taken(WorkState.WindowDue) with { Attempts = 3, Reason = "the disk is slow" });
        ProviderStatus open = StatusAt(Opens + 5, Deadline());
        Assert.Equal(["window 4 of partition 0 closes at slot 110 and is not proven", "window 4 of partition 0 failed 3 times: the disk is slow"], open.Alerts);
        Assert.Equal("due", Assert.Single(open.Windows).State);
        _schedule.Follow(Closes, [Deadline() with { Window = 5 }]);
        Assert.Equal(1, StatusAt(Closes, Deadline() with { Window = 5, Opens = Opens + 60, Closes = Closes + 60 }).MissedWindows);
    }

    [Fact]
    public void A_window_in_which_the_chain_asked_for_nothing_alarms_nobody()
    {
        _queue.Add(Taken(WorkState.WindowClosed)); // its sectors came after the challenge
        ProviderStatus open = StatusAt(Opens + 5, Deadline());
        Assert.Empty(open.Alerts);
        Assert.Equal(("nothing due", 0), (Assert.Single(open.Windows).State, open.MissedWindows));
    }

    [Fact]
    public void Few_of_the_windows_that_are_over_are_kept()
    {
        for (ulong window = 0; window < 20; window++)
            _queue.Add(new WorkItem { Id = WorkId.OfWindow(0, window), State = WorkState.WindowClosed });
        _schedule.Follow(0, []);
        Assert.Equal([12, 13, 14, 15, 16, 17, 18, 19], _queue.All.Select(item => (int)item.Id.Part));
    }

    [Fact]
    public void Status_tells_what_is_at_risk_and_what_the_stake_covers()
    {
        ProviderStatus status = StatusAt(0, Deadline());
        const ulong Fee = 1_000_000; // Gwei: FAULT_FEE of 2**19 million, for 2 KiB of 2**30
        Assert.Equal((2 * 3 * Fee, 2 * 14 * Fee), (status.AtRiskNextWindowsGwei, status.AtRiskTerminationGwei));
        Assert.Equal(10_000UL * (1UL << 40) / 50 / 2048, status.CoveredSectors);
        Assert.Equal("expected", Assert.Single(status.Windows).State);
        Assert.Empty(StatusAt(0, Deadline(), new DiskLine("/disk", Answers: true, 1, 0, 0, 0, null)).Alerts);
        Assert.Equal(["/disk does not answer"], StatusAt(0, Deadline(), new DiskLine("/disk", Answers: false, 1, 0, 0, 0, null)).Alerts);
    }

    private ProviderStatus StatusAt(ulong slot, KnownDeadline deadline, params DiskLine[] disks) => StatusReport.Of(
        new ProviderMoment(
            slot, new KnownProvider(3, default, default, default, 10_000_000_000_000, true, 2, 2, 1, UInt256.Zero, new ProviderAsk(UInt256.Zero, 0, 0, 0, 0, "")), UInt256.MaxValue, UInt256.Zero, [deadline], _queue.All, [], disks),
        Network);

    private static WorkItem Taken(WorkState state) => new() { Id = WorkId.OfWindow(0, 4), State = state };

    private static KnownDeadline Deadline() => new(0, 1, 2, 0, 0, 4, Challenge, Opens, Closes, false);
}
