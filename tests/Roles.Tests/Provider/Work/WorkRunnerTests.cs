using System.Collections.Concurrent;
using Flashback.Provider;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Provider.Work;

/// <summary>Which steps are started, in which order, and what becomes of those that fail.</summary>
public sealed class WorkRunnerTests : IDisposable
{
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(12);

    private readonly SqliteStore _store = SqliteStore.OpenTemporary(WorkQueue.Columns);
    private readonly MovedClock _time = new();
    private readonly ScriptedSteps _steps = new();
    private readonly WorkQueue _queue;

    public WorkRunnerTests() => _queue = new WorkQueue(_store, "run");

    public void Dispose()
    {
        _steps.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task The_most_urgent_is_done_first_and_no_more_at_once_than_there_is_room_for()
    {
        _queue.Add(Sector(1, WorkState.Ticketed), Sector(2, WorkState.Ticketed), Sector(3, WorkState.Ticketed) with { Priority = 5 }, Window(0));
        WorkRunner runner = Runner(new WorkCost(2, 100, 100), _ => new WorkCost(1, 50, 0), _ => 9);
        runner.Start(CancellationToken.None);
        await _steps.UntilStartedAsync(2);
        Assert.Equal([WorkId.OfWindow(0, 1), WorkId.OfSector(3)], _steps.Started.Order(Comparer<WorkId>.Create((a, b) => b.Kind.CompareTo(a.Kind))));
        runner.Start(CancellationToken.None);
        Assert.Equal(2, _steps.Started.Count);
        _steps.Release();
        await runner.WhenAllAsync();
        _steps.Release(100);
        for (int round = 0; round < 10; round++)
        {
            runner.Start(CancellationToken.None);
            await runner.WhenAllAsync();
        }
        Assert.All(_queue.All.Where(item => item.Id.Kind == WorkKind.Sector), item => Assert.True(item.State >= WorkState.Sealed, $"{item}"));
    }

    [Fact]
    public async Task A_step_that_wants_more_than_there_is_runs_alone_and_a_limit_holds_for_each_step()
    {
        _queue.Add(Sector(1, WorkState.Ticketed), Sector(2, WorkState.Ticketed));
        WorkRunner large = Runner(new WorkCost(2, 100, 100), _ => new WorkCost(64, 1, 1), _ => 9);
        large.Start(CancellationToken.None);
        await _steps.UntilStartedAsync(1);
        large.Start(CancellationToken.None);
        Assert.Single(_steps.Started);
        _steps.Release();
        await large.WhenAllAsync();
        WorkRunner limited = Runner(new WorkCost(9, 100, 100), _ => default, _ => 0);
        limited.Start(CancellationToken.None);
        Assert.Single(_steps.Started);
    }

    [Fact]
    public async Task Items_that_share_a_transaction_are_done_in_one_run()
    {
        _queue.Add([.. Enumerable.Range(1, 5).Select(number => Sector((ulong)number, WorkState.Sealed))]);
        _steps.Release(5);
        WorkRunner runner = Runner(new WorkCost(2, 100, 100), _ => default, _ => 1);
        runner.Start(CancellationToken.None);
        await runner.WhenAllAsync();
        Assert.Equal(5, Assert.Single(_steps.Runs));
        Assert.All(_queue.All, item => Assert.Equal(WorkState.Announced, item.State));
    }

    [Fact]
    public async Task What_fails_keeps_its_reason_and_is_tried_again_later_and_later()
    {
        _queue.Add(Sector(1, WorkState.Ticketed));
        _steps.Answer = item => throw new IOException("the disk is full");
        _steps.Release(100);
        WorkRunner runner = Runner(new WorkCost(2, 100, 100), _ => default, _ => 1);
        TimeSpan last = TimeSpan.Zero;
        for (int attempt = 1; attempt <= 4; attempt++)
        {
            runner.Start(CancellationToken.None);
            await runner.WhenAllAsync();
            WorkItem item = _queue.Find(WorkId.OfSector(1))!;
            Assert.Equal((WorkState.Ticketed, attempt, "the disk is full"), (item.State, item.Attempts, item.Reason));
            Assert.Null(item.Owner);
            TimeSpan wait = item.NotBefore - _time.GetUtcNow();
            Assert.True(wait > last, $"{wait} after {last}");
            runner.Start(CancellationToken.None);
            await runner.WhenAllAsync();
            Assert.Equal(attempt, _queue.Find(WorkId.OfSector(1))!.Attempts);
            _time.Move(wait);
            last = wait;
        }
        _steps.Answer = item => new StepOutcome(StepResult.Done, item.Details);
        runner.Start(CancellationToken.None);
        await runner.WhenAllAsync();
        WorkItem done = _queue.Find(WorkId.OfSector(1))!;
        Assert.Equal((WorkState.Sealed, 0, null), (done.State, done.Attempts, done.Reason));
    }

    [Fact]
    public async Task What_the_chain_has_decided_meanwhile_stays_decided()
    {
        _queue.Add(Sector(1, WorkState.Ticketed));
        WorkRunner runner = Runner(new WorkCost(2, 100, 100), _ => default, _ => 1);
        runner.Start(CancellationToken.None);
        await _steps.UntilStartedAsync(1);
        WorkItem now = _queue.Find(WorkId.OfSector(1))!;
        Assert.NotNull(_queue.TryReplace(now, now with { State = WorkState.Ended, Owner = null }));
        _steps.Release();
        await runner.WhenAllAsync();
        Assert.Equal(WorkState.Ended, _queue.Find(WorkId.OfSector(1))!.State);
    }

    private WorkRunner Runner(WorkCost room, Func<WorkStep, WorkCost> cost, Func<WorkStep, int> limit) => new(_queue, _steps, room, cost, limit, Slot, _time, NullLogger.Instance);

    private static WorkItem Sector(ulong number, WorkState state) => WorkQueueTests.Sector(number) with { State = state };

    private static WorkItem Window(ulong partition) => WorkQueueTests.Window(partition, 1);

    private sealed class MovedClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => _now;

        public void Move(TimeSpan by) => _now += by;
    }

    /// <summary>Steps that end when the test lets them.</summary>
    private sealed class ScriptedSteps : IWorkSteps, IDisposable
    {
        private readonly SemaphoreSlim _gate = new(0);
        private readonly SemaphoreSlim _began = new(0);
        private int _waitedFor;

        public ConcurrentQueue<WorkId> Started { get; } = [];

        public ConcurrentQueue<int> Runs { get; } = [];

        public Func<WorkItem, StepOutcome> Answer { get; set; } = item => new StepOutcome(StepResult.Done, item.Details);

        public int BatchOf(WorkStep step) => step is WorkStep.Announce or WorkStep.Claim ? 32 : 1;

        public async Task<IReadOnlyList<StepOutcome>> RunAsync(WorkStep step, IReadOnlyList<WorkItem> items, CancellationToken stop)
        {
            Runs.Enqueue(items.Count);
            foreach (WorkItem item in items)
                Started.Enqueue(item.Id);
            _began.Release();
            await _gate.WaitAsync(stop);
            return [.. items.Select(Answer)];
        }

        public async Task UntilStartedAsync(int runs)
        {
            for (; _waitedFor < runs; _waitedFor++)
                await _began.WaitAsync(TestContext.Current.CancellationToken);
        }

        public void Release(int runs = 8) => _gate.Release(runs);

        public void Dispose()
        {
            _gate.Dispose();
            _began.Dispose();
        }
    }
}
