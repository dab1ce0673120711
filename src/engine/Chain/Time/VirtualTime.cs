namespace Flashback.Chain;

/// <summary>A clock that stands still but when it is told to go on, and whose timers fire one at a time, in order, in the thread that lets it go on.</summary>
/// <remarks>
/// What runs on it happens again in the same order, as fast as the machine allows; or at the pace of the real clock (<see cref="RunAtPaceAsync"/>), where what takes
/// too long makes the clock late and not the work. Safe to share between threads.
/// </remarks>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Timer, (long Due, long Order)> _timers = new(); // guarded by _gate
    private long _order; // guarded by _gate
    private long _now;
    private volatile TaskCompletionSource _earlier = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A clock that stands at a time.</summary>
    public VirtualTime(DateTimeOffset now) => _now = now.UtcTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _now), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        _ = timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass up to a moment: all timers that are due by then fire, and those that they set.</summary>
    public void RunUntil(DateTimeOffset end, CancellationToken stop = default)
    {
        while (!stop.IsCancellationRequested && TryTake(end.UtcTicks, out Timer? timer))
            timer.Fire();
        if (!stop.IsCancellationRequested)
            MoveTo(end.UtcTicks);
    }

    /// <summary>Time jumps, as when a machine has slept: what was due meanwhile is late, and fires when time goes on.</summary>
    public void SleepUntil(DateTimeOffset moment) => MoveTo(moment.UtcTicks);

    /// <summary>Lets time pass at the pace of another clock until it is told to stop.</summary>
    public async Task RunAtPaceAsync(TimeProvider pace, CancellationToken stop)
    {
        long began = pace.GetTimestamp(), from = Volatile.Read(ref _now);
        while (!stop.IsCancellationRequested)
        {
            TaskCompletionSource earlier = _earlier = new(TaskCreationOptions.RunContinuationsAsynchronously);
            long reached = from + pace.GetElapsedTime(began).Ticks;
            RunUntil(new DateTimeOffset(Math.Max(reached, Volatile.Read(ref _now)), TimeSpan.Zero), stop);
            long wait = (NextDue() ?? long.MaxValue) - from - pace.GetElapsedTime(began).Ticks;
            if (wait > 0)
                await earlier.Task.WaitAsync(TimeSpan.FromTicks(Math.Min(wait, TimeSpan.TicksPerSecond)), pace, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool TryTake(long end, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Timer? timer)
    {
        lock (_gate)
        {
            while (_timers.TryPeek(out timer, out (long Due, long Order) at) && at.Due <= end)
            {
                _ = _timers.Dequeue();
                if (!timer.IsSetFor(at.Order))
                    continue; // it was set anew, or stopped
                MoveTo(at.Due);
                return true;
            }
            timer = null;
            return false;
        }
    }

    private long? NextDue()
    {
        lock (_gate)
            return _timers.TryPeek(out _, out (long Due, long Order) at) ? at.Due : null;
    }

    private void MoveTo(long time)
    {
        if (time > Volatile.Read(ref _now))
            Volatile.Write(ref _now, time);
    }

    private long Enqueue(Timer timer, TimeSpan dueTime)
    {
        long order = ++_order;
        _timers.Enqueue(timer, (Volatile.Read(ref _now) + dueTime.Ticks, order));
        _ = _earlier.TrySetResult();
        return order;
    }

    private sealed class Timer(VirtualTime time, Action callback) : ITimer
    {
        private const long Stopped = 0;
        private long _order; // guarded by the clock's gate
        private TimeSpan _period;

        public bool IsSetFor(long order) => _order == order;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                _period = period;
                _order = dueTime == Timeout.InfiniteTimeSpan ? Stopped : time.Enqueue(this, dueTime);
                return true;
            }
        }

        public void Fire()
        {
            lock (time._gate)
                _order = _period > TimeSpan.Zero ? time.Enqueue(this, _period) : Stopped;
            callback();
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
