using Microsoft.Extensions.Logging;

namespace Flashback.Provider;

/// <summary>Has the steps of a queue done, within what the machine has room for: the most urgent first. Started again and again by its owner, from one thread.</summary>
/// <param name="queue">The work.</param>
/// <param name="steps">Who does it.</param>
/// <param name="room">What there is of the machine.</param>
/// <param name="costOf">What a step takes of it.</param>
/// <param name="limitOf">How many runs of a step may go on at once.</param>
/// <param name="slot">How long is waited before something is tried again.</param>
/// <param name="time">The time.</param>
/// <param name="log">The log.</param>
public sealed partial class WorkRunner(
    WorkQueue queue, IWorkSteps steps, WorkCost room, Func<WorkStep, WorkCost> costOf, Func<WorkStep, int> limitOf, TimeSpan slot, TimeProvider time, ILogger log)
{
    private readonly List<(WorkStep Step, Task Task)> _running = [];

    /// <summary>Steps that go on now.</summary>
    public IReadOnlyList<WorkStep> Running => [.. _running.Where(one => !one.Task.IsCompleted).Select(one => one.Step)];

    /// <summary>Called after a step has ended, from the thread that it ended on.</summary>
    public event Action<WorkStep, StepResult, TimeSpan>? Ended;

    /// <summary>Starts every step that is due and has room. Nothing is waited for.</summary>
    public void Start(CancellationToken stop)
    {
        _running.RemoveAll(one => one.Task.IsCompleted);
        DateTimeOffset now = time.GetUtcNow();
        foreach (IGrouping<WorkStep, WorkItem> due in DueAt(now))
        {
            foreach (WorkItem[] batch in due.Chunk(steps.BatchOf(due.Key)))
            {
                if (!HasRoom(due.Key))
                    break;
                WorkItem[] taken = [.. batch.Select(queue.TryTake).OfType<WorkItem>()];
                if (taken.Length > 0)
                    _running.Add((due.Key, Task.Run(() => RunAsync(due.Key, taken, stop), CancellationToken.None)));
            }
        }
    }

    /// <summary>Ends when what goes on has ended.</summary>
    public Task WhenAllAsync() => Task.WhenAll(_running.Select(one => one.Task));

    /// <summary>What is due, by steps, the most urgent item first.</summary>
    private IEnumerable<IGrouping<WorkStep, WorkItem>> DueAt(DateTimeOffset now) => queue.All
        .Where(item => item.NotBefore <= now && !queue.IsTaken(item) && WorkTable.Of(item.State) is not null)
        .OrderByDescending(item => item.Priority)
        .GroupBy(item => WorkTable.Of(item.State)!.Value.Step);

    private bool HasRoom(WorkStep step)
    {
        WorkCost used = default;
        int same = 0;
        foreach ((WorkStep running, Task task) in _running)
        {
            if (task.IsCompleted)
                continue;
            used += costOf(running);
            same += running == step ? 1 : 0;
        }
        // What nothing runs beside is let through though it wants more than there is: else it would never run.
        return same < limitOf(step) && (used == default || (used + costOf(step)).FitsInto(room));
    }

    private async Task RunAsync(WorkStep step, WorkItem[] items, CancellationToken stop)
    {
        long started = time.GetTimestamp();
        IReadOnlyList<StepOutcome> outcomes;
        try
        {
            outcomes = await steps.RunAsync(step, items, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return; // the items stay this run's, and are free for the next
        }
        catch (Exception fault)
        {
            LogFailed(step, fault);
            outcomes = [.. items.Select(item => new StepOutcome(StepResult.Failed, item.Details, fault.Message))];
        }
        for (int i = 0; i < items.Length; i++)
            Conclude(step, items[i], outcomes[i]);
        Ended?.Invoke(step, outcomes.Max(outcome => outcome.Result), time.GetElapsedTime(started));
    }

    private void Conclude(WorkStep step, WorkItem item, StepOutcome outcome)
    {
        WorkTransition line = WorkTable.Of(item.State)!.Value;
        bool isFailed = outcome.Result == StepResult.Failed;
        WorkItem changed = item with
        {
            State = WorkTable.After(line, outcome.Result),
            Owner = null,
            Details = outcome.Details,
            Reason = outcome.Reason,
            Attempts = isFailed ? item.Attempts + 1 : 0,
            NotBefore = outcome.Result switch
            {
                StepResult.Failed => time.GetUtcNow() + slot * (1 << Math.Min(item.Attempts, LongestBackoffOf(item.Id.Kind))),
                StepResult.NotYet => Later(outcome.NotBefore, time.GetUtcNow() + slot / 4),
                _ => default,
            },
        };
        if (queue.TryReplace(item, changed) is null)
            return; // the chain has decided meanwhile
        if (outcome.Result is StepResult.Failed or StepResult.Stale || (outcome.Result == StepResult.Over && outcome.Reason is not null))
            LogNotDone(item.Id, step, outcome.Result, outcome.Reason);
        else if (outcome.Result == StepResult.Done)
            LogDone(item.Id, step, changed.State);
    }

    /// <summary>The logarithm of the slots that are waited at most: what closes soon has no time to lose.</summary>
    private static int LongestBackoffOf(WorkKind kind) => kind switch
    {
        WorkKind.Window or WorkKind.Request => 0,
        WorkKind.Deal or WorkKind.Batch => 3,
        _ => 8,
    };

    private static DateTimeOffset Later(DateTimeOffset? asked, DateTimeOffset least) => asked > least ? asked.Value : least;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Id}: {Step} is done, {State}")]
    private partial void LogDone(WorkId id, WorkStep step, WorkState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Id}: {Step} has ended with {Result}: {Reason}")]
    private partial void LogNotDone(WorkId id, WorkStep step, StepResult result, string? reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Step} has failed")]
    private partial void LogFailed(WorkStep step, Exception fault);
}
