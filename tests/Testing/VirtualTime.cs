namespace Flashback.Testing;

/// <summary>Time that passes when it is told to, on the thread that tells it: timers fire one after the other, in the order of their times and, at one time, in the order in which they were set.</summary>
public sealed class VirtualTime(DateTimeOffset start) : TimeProvider
{
    private readonly PriorityQueue<(VirtualTimer Timer, long Setting), (DateTimeOffset Due, long Setting)> _timers = new();
    private DateTimeOffset _now = start;
    private long _settings;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass up to a moment, timers and all.</summary>
    public void AdvanceTo(DateTimeOffset moment)
    {
        while (_timers.TryPeek(out (VirtualTimer Timer, long Setting) next, out (DateTimeOffset Due, long Setting) key) && key.Due <= moment)
        {
            _timers.Dequeue();
            if (key.Due > _now)
                _now = key.Due;
            next.Timer.Fire(next.Setting);
        }
        if (moment > _now) // a timer may have let more time pass
            _now = moment;
    }

    /// <summary>As a machine that slept: it is later, and no timer has fired on the way.</summary>
    public void SleepUntil(DateTimeOffset moment) => _now = moment;

    private sealed class VirtualTimer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private long _setting;
        private TimeSpan _period;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_setting, _period) = (++time._settings, period);
            if (dueTime != Timeout.InfiniteTimeSpan)
                time._timers.Enqueue((this, _setting), (time._now + dueTime, _setting));
            return true;
        }

        public void Fire(long setting)
        {
            if (setting != _setting) // set anew, or gone
                return;
            if (_period > TimeSpan.Zero)
                Change(_period, _period);
            callback(state);
        }

        public void Dispose() => _setting = ++time._settings;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
