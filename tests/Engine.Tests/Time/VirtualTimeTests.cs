using Flashback.Chain;

namespace Flashback.Engine.Tests.Time;

public sealed class VirtualTimeTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly VirtualTime _clock = new(Start);
    private readonly List<string> _told = [];

    [Fact]
    public void Fires_timers_in_the_order_of_their_times_and_at_one_time_in_the_order_they_were_set()
    {
        using ITimer late = Set("late", 5), first = Set("first", 2), second = Set("second", 2), soon = Set("soon", 1);
        _clock.RunUntil(Start + TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(["soon@1", "first@2", "second@2", "late@5"], _told);
        Assert.Equal(Start + TimeSpan.FromSeconds(10), _clock.GetUtcNow());
    }

    [Fact]
    public void Fires_what_a_timer_sets_on_the_way()
    {
        ITimer? inner = null;
        using ITimer outer = _clock.CreateTimer(_ => inner = Set("inner", 1), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using ITimer last = Set("last", 3);
        _clock.RunUntil(Start + TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(["inner@2", "last@3"], _told);
        inner?.Dispose();
    }

    [Fact]
    public void Fires_periods_again_and_again_until_the_timer_is_disposed()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ =>
            {
                Tell("tick");
                if (_told.Count == 3)
                    timer!.Dispose();
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _clock.RunUntil(Start + TimeSpan.FromSeconds(100), TestContext.Current.CancellationToken);
        Assert.Equal(["tick@1", "tick@3", "tick@5"], _told);
    }

    [Fact]
    public void A_timer_that_is_set_anew_fires_once_at_its_new_time()
    {
        using ITimer timer = Set("timer", 1);
        timer.Change(TimeSpan.FromSeconds(4), Timeout.InfiniteTimeSpan);
        _clock.RunUntil(Start + TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(["timer@4"], _told);
    }

    [Fact]
    public void Stands_still_where_it_is_told_to_stop()
    {
        using CancellationTokenSource stop = new();
        using ITimer stopper = _clock.CreateTimer(_ => stop.Cancel(), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer never = Set("never", 3);
        _clock.RunUntil(Start + TimeSpan.FromSeconds(10), stop.Token);
        Assert.Empty(_told);
        Assert.Equal(Start + TimeSpan.FromSeconds(2), _clock.GetUtcNow());
    }

    private ITimer Set(string name, double seconds) => _clock.CreateTimer(_ => Tell(name), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private void Tell(string name) => _told.Add($"{name}@{(_clock.GetUtcNow() - Start).TotalSeconds}");
}
