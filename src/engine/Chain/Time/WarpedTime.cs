namespace Flashback.Chain;

/// <summary>Another clock, ahead by as much as it is told to be. Timers and timestamps go on at the other's pace. Safe to share between threads.</summary>
public sealed class WarpedTime(TimeProvider inner) : TimeProvider
{
    private long _offset;

    /// <summary>How far it is ahead.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Volatile.Read(ref _offset));

    public override TimeZoneInfo LocalTimeZone => inner.LocalTimeZone;

    public override long TimestampFrequency => inner.TimestampFrequency;

    /// <summary>Moves it forward.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative: a chain's time never goes back; or it leaves the calendar.</exception>
    public void Advance(TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, DateTimeOffset.MaxValue - GetUtcNow());
        Interlocked.Add(ref _offset, step.Ticks);
    }

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Offset;

    public override long GetTimestamp() => inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
}
