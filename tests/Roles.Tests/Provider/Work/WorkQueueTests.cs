using Flashback.Provider;
using Flashback.State.Store.Sqlite;

namespace Flashback.Roles.Tests.Provider.Work;

public sealed class WorkQueueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-work-").FullName;
    private SqliteStore _store;
    private WorkQueue _queue;

    public WorkQueueTests()
    {
        _store = SqliteStore.Open(_folder, WorkQueue.Columns);
        _queue = new WorkQueue(_store, "first");
    }

    public void Dispose()
    {
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Of_two_who_saw_the_same_one_changes_it()
    {
        _queue.Add(Sector(1));
        WorkItem seen = _queue.Find(WorkId.OfSector(1))!;
        WorkItem? taken = _queue.TryTake(seen);
        Assert.True(taken is not null && _queue.IsTaken(taken));
        Assert.Null(_queue.TryTake(seen));
        Assert.Null(_queue.TryTake(taken));
        Assert.Null(_queue.TryReplace(seen, seen with { State = WorkState.Ended }));
        Assert.NotNull(_queue.TryReplace(taken, taken with { State = WorkState.Ticketed, Owner = null }));
        Assert.Equal(WorkState.Ticketed, _queue.Find(seen.Id)!.State);
    }

    [Fact]
    public void Of_many_threads_one_takes_an_item()
    {
        _queue.Add([.. Enumerable.Range(1, 20).Select(number => Sector((ulong)number))]);
        int taken = 0;
        Parallel.For(0, 200, i =>
        {
            if (_queue.TryTake(_queue.All[i % 20]) is not null)
                Interlocked.Increment(ref taken);
        });
        Assert.Equal(20, taken);
    }

    [Fact]
    public void What_a_dead_run_had_taken_is_free_and_everything_else_is_as_it_was()
    {
        _queue.Add(Sector(1) with { Details = new WorkDetails { Ticket = "0x01", Periods = 7, Sectors = [3, 4] } }, Window(2, 9));
        _queue.TryTake(_queue.Find(WorkId.OfSector(1))!);
        Reopen("second");
        WorkItem sector = _queue.Find(WorkId.OfSector(1))!;
        Assert.Equal(("0x01", 7UL), (sector.Details.Ticket, sector.Details.Periods));
        Assert.Equal([3, 4], sector.Details.Sectors);
        Assert.False(_queue.IsTaken(sector));
        Assert.NotNull(_queue.TryTake(sector));
        Assert.Equal([WorkId.OfSector(1), WorkId.OfWindow(2, 9)], _queue.All.Select(item => item.Id));
    }

    [Fact]
    public void An_order_is_taken_once_also_after_a_restart()
    {
        Assert.True(_queue.AddOnce("order", [Sector(1)]));
        Assert.False(_queue.AddOnce("order", [Sector(2)]));
        Reopen("second");
        Assert.False(_queue.AddOnce("order", [Sector(2)]));
        Assert.Equal(WorkId.OfSector(1), Assert.Single(_queue.All).Id);
    }

    [Fact]
    public void What_is_there_is_not_added_again_and_what_is_forgotten_is_gone()
    {
        _queue.Add(Sector(1) with { State = WorkState.Sealed });
        _queue.Add(Sector(1));
        Assert.Equal(WorkState.Sealed, Assert.Single(_queue.All).State);
        _queue.Forget([WorkId.OfSector(1)]);
        Reopen("second");
        Assert.Empty(_queue.All);
    }

    private void Reopen(string run)
    {
        _store.Dispose();
        _store = SqliteStore.Open(_folder, WorkQueue.Columns);
        _queue = new WorkQueue(_store, run);
    }

    internal static WorkItem Sector(ulong number) => new() { Id = WorkId.OfSector(number), State = WorkState.Accepted };

    internal static WorkItem Window(ulong partition, ulong window) => new() { Id = WorkId.OfWindow(partition, window), State = WorkState.WindowDue, Priority = 1000 };
}
