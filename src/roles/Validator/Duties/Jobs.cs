using Flashback.Client;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>Starts work that goes on by itself: none waits for another, and what one throws stops no other.</summary>
/// <remarks>
/// Work begins in a timer without delay: in real time on a thread of the pool, in virtual time in its turn, so that the same happens in the same order each time.
/// What waits for work goes on where the work ended. Safe to share between threads.
/// </remarks>
internal sealed partial class Jobs(TimeProvider time, ILogger log)
{
    private readonly ILogger _log = log;
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _running = [];

    /// <summary>Starts work.</summary>
    /// <param name="what">What it is, for the log.</param>
    /// <param name="work">The work.</param>
    /// <returns>Ends when the work ends, and never fails.</returns>
    public Task Start(string what, Func<Task> work)
    {
        TaskCompletionSource done = new();
        lock (_gate)
            _running.Add(done.Task);
        ITimer timer = time.CreateTimer(_ => _ = RunAsync(what, work, done), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        done.Task.GetAwaiter().OnCompleted(timer.Dispose);
        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        return done.Task;
    }

    /// <summary>Waits for all that was started.</summary>
    public Task WhenAllAsync()
    {
        lock (_gate)
            return Task.WhenAll([.. _running]);
    }

    private async Task RunAsync(string what, Func<Task> work, TaskCompletionSource done)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            LogGivenUp(what);
        }
        catch (NodeException fault)
        {
            LogNodeFailed(what, fault.Fault, fault.Message);
        }
#pragma warning disable CA1031 // whatever it is, the other duties go on
        catch (Exception fault)
        {
            LogFailed(what, fault);
        }
#pragma warning restore CA1031
        lock (_gate)
            _running.Remove(done.Task);
        done.SetResult();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Gave up: {What}")]
    private partial void LogGivenUp(string what);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Failed at the node: {What}: {Fault}: {Reason}")]
    private partial void LogNodeFailed(string what, NodeFault fault, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Failed: {What}")]
    private partial void LogFailed(string what, Exception fault);
}
