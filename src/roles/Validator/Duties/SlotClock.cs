using Flashback.Consensus;

namespace Flashback.Validator;

/// <summary>When validators have something to do within a slot. spec: cs/phase0/validator#beacon-chain-responsibilities</summary>
public enum SlotMoment
{
    /// <summary>The slot begins: its block is due.</summary>
    Start,

    /// <summary>A third of the slot has passed, or its block is there: votes are due. spec: cs/phase0/validator#attesting</summary>
    Vote,

    /// <summary>Two thirds have passed: aggregates and contributions are due. spec: cs/phase0/validator#broadcast-aggregate</summary>
    Aggregate,
}

/// <summary>Tells the moments of slots as they come, each at most once and in order, on a network's clock.</summary>
/// <remarks>
/// All waiting is done by the <see cref="TimeProvider"/>'s timers, one after the other. A clock that is started within a slot, or that slept, tells the moments
/// of the slot that is now as far as they have passed; slots that went by are left out. Safe to share between threads.
/// </remarks>
public sealed class SlotClock : IDisposable
{
    private const int Moments = 3;

    private readonly TimeProvider _time;
    private readonly DateTimeOffset _genesis;
    private readonly long _slotTicks;
    private readonly Action<Slot, SlotMoment> _tell;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    // Guarded by _gate.
    private Slot _nextSlot;
    private SlotMoment _nextMoment;
    private bool _isVoteDue;
    private bool _isStopped = true;

    /// <summary>A clock that does not go yet.</summary>
    /// <param name="config">The network.</param>
    /// <param name="genesisTime">When slot 0 begins, in seconds since 1970.</param>
    /// <param name="time">The time.</param>
    /// <param name="tell">Called at each moment, from a timer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The genesis is beyond the calendar.</exception>
    public SlotClock(ConsensusConfig config, ulong genesisTime, TimeProvider time, Action<Slot, SlotMoment> tell)
    {
        _time = time;
        _tell = tell;
        _genesis = DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(genesisTime, long.MaxValue));
        _slotTicks = (long)config.SecondsPerSlot * TimeSpan.TicksPerSecond;
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The slot that is now; null before genesis.</summary>
    public Slot? Now => SlotAt(_time.GetUtcNow());

    /// <summary>How long ago a slot began; negative where it is to come.</summary>
    public TimeSpan SinceStartOf(Slot slot) => _time.GetUtcNow() - TimeOf(slot, SlotMoment.Start);

    /// <summary>When a moment of a slot is.</summary>
    public DateTimeOffset TimeOf(Slot slot, SlotMoment moment) =>
        _genesis.AddTicks(checked(((long)slot.Value * _slotTicks) + ((long)moment * _slotTicks / Moments)));

    /// <summary>Whether a moment of a slot is now or was.</summary>
    public bool HasPassed(Slot slot, SlotMoment moment) => _time.GetUtcNow() >= TimeOf(slot, moment);

    /// <summary>Begins with the slot that is now, or with slot 0 before genesis.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _nextSlot = Now ?? Slot.Genesis;
            _nextMoment = SlotMoment.Start;
            _isStopped = false;
            Arm();
        }
    }

    /// <summary>The slot's block has become the head: its votes need not wait any longer.</summary>
    public void BringVoteForward(Slot slot)
    {
        lock (_gate)
        {
            if (_isStopped || slot != _nextSlot || _nextMoment != SlotMoment.Vote || _isVoteDue)
                return;
            _isVoteDue = true;
            Arm();
        }
    }

    /// <summary>Tells nothing more.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isStopped = true;
        _timer.Dispose();
    }

    private Slot? SlotAt(DateTimeOffset time) => time < _genesis ? null : new((ulong)((time - _genesis).Ticks / _slotTicks));

    private void OnTimer()
    {
        Slot slot;
        SlotMoment moment;
        lock (_gate)
        {
            if (_isStopped)
                return;
            Slot now = Now ?? Slot.Genesis;
            if (now > _nextSlot) // slept
                (_nextSlot, _nextMoment, _isVoteDue) = (now, SlotMoment.Start, false);
            (slot, moment) = (_nextSlot, _nextMoment);
            bool isDue = Wait() == TimeSpan.Zero;
            if (isDue)
                Advance();
            Arm(); // before telling: whoever is told may take long
            if (!isDue)
                return;
        }
        _tell(slot, moment);
    }

    private void Advance()
    {
        _isVoteDue = false;
        if (_nextMoment == SlotMoment.Aggregate)
            (_nextSlot, _nextMoment) = (_nextSlot + 1, SlotMoment.Start);
        else
            _nextMoment++;
    }

    private void Arm() => _timer.Change(Wait(), Timeout.InfiniteTimeSpan);

    /// <summary>Up to the next moment: in whole milliseconds, as timers have them, rounded up so that none fires early.</summary>
    private TimeSpan Wait()
    {
        TimeSpan wait = TimeOf(_nextSlot, _nextMoment) - _time.GetUtcNow();
        if (_isVoteDue || wait <= TimeSpan.Zero)
            return TimeSpan.Zero;
        // Timers wait for some weeks at most; a genesis further away is waited for in parts.
        return TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue));
    }
}
