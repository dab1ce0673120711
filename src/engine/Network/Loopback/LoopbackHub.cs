using System.Diagnostics;

namespace Flashback.Network.Loopback;

/// <summary>Connects nodes within a process: frames take some milliseconds, and go wrong as they are told to. Safe to share between threads.</summary>
/// <remarks>With the same seed, faults and virtual time everything happens again as it did. Delays end on whole <see cref="Tick"/>s, so what is sent together arrives together.</remarks>
public sealed class LoopbackHub
{
    /// <summary>Deliveries are at multiples of this.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private const int LeastDelayTicks = 1;
    private const int MostDelayTicks = 4;

    private readonly TimeProvider _clock;
    private readonly IReadOnlyList<NetworkFault> _faults;
    private readonly DateTimeOffset _began;
    private readonly Lock _gate = new();
    private readonly Random _random; // guarded by _gate

    /// <summary>Begins without nodes.</summary>
    /// <param name="clock">The time; faults count from now.</param>
    /// <param name="seed">Decides delays and losses.</param>
    /// <param name="faults">What goes wrong.</param>
    public LoopbackHub(TimeProvider clock, int seed, IReadOnlyList<NetworkFault> faults)
    {
        (_clock, _faults, _began) = (clock, faults, clock.GetUtcNow());
        _random = new Random(seed);
    }

    /// <summary>Connects two nodes.</summary>
    public void Connect((PeerId Name, PeerNetwork Network) one, (PeerId Name, PeerNetwork Network) other)
    {
        Side there = new(this, one.Name.Name, other.Name.Name), back = new(this, other.Name.Name, one.Name.Name);
        there.Back = back;
        back.Back = there;
        // What one side sends, the end on the other side hears.
        back.Hears(one.Network.Open(there, isDialled: true));
        there.Hears(other.Network.Open(back, isDialled: false));
    }

    /// <summary>When a frame that is sent now arrives; null where it is lost.</summary>
    private DateTimeOffset? ArrivalOf(string from, string to)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        TimeSpan delay = TimeSpan.Zero;
        double loss = 0;
        foreach (NetworkFault fault in _faults)
        {
            if (!fault.Concerns(from, to, now - _began))
                continue;
            if (fault.Kind is FaultKind.Offline or FaultKind.Partition)
                return null;
            if (fault.Kind == FaultKind.Delay)
                delay += TimeSpan.FromSeconds(fault.Amount);
            else
                loss = Math.Max(loss, fault.Amount);
        }
        lock (_gate)
        {
            if (loss > 0 && _random.NextDouble() < loss)
                return null;
            delay += Tick * _random.Next(LeastDelayTicks, MostDelayTicks + 1);
        }
        long ticks = (now + delay - _began).Ticks;
        return _began + TimeSpan.FromTicks((ticks + Tick.Ticks - 1) / Tick.Ticks * Tick.Ticks);
    }

    /// <summary>One direction of a link.</summary>
    private sealed class Side(LoopbackHub hub, string from, string to) : ILink
    {
        private readonly Lock _gate = new();
        private readonly Queue<(DateTimeOffset Arrival, ReadOnlyMemory<byte> Frame)> _way = [];
        private DateTimeOffset _last;
        private ITimer? _timer;
        private ILinkEnd? _end;
        private bool _isClosed;

        public Side? Back { get; set; }

        public void Hears(ILinkEnd end)
        {
            lock (_gate)
                _end = end;
        }

        public void Send(ReadOnlyMemory<byte> frame)
        {
            if (hub.ArrivalOf(from, to) is not { } arrival)
                return;
            lock (_gate)
            {
                if (_isClosed)
                    return;
                _last = arrival > _last ? arrival : _last; // in order
                _way.Enqueue((_last, frame));
                if (_way.Count == 1)
                    Wake();
            }
        }

        public void Close()
        {
            ILinkEnd?[] ends = [CloseOne(), Back!.CloseOne()];
            foreach (ILinkEnd? end in ends)
                end?.Closed();
        }

        private ILinkEnd? CloseOne()
        {
            lock (_gate)
            {
                ILinkEnd? end = _isClosed ? null : _end;
                _isClosed = true;
                _way.Clear();
                return end;
            }
        }

        /// <summary>Sets the timer for the first frame on its way; under the gate.</summary>
        private void Wake()
        {
            TimeSpan wait = _way.Peek().Arrival - hub._clock.GetUtcNow();
            wait = wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
            if (_timer is null)
                _timer = hub._clock.CreateTimer(_ => Deliver(), null, wait, Timeout.InfiniteTimeSpan);
            else
                _ = _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }

        /// <summary>Hands over what has arrived. The timer is set again only then: one delivery at a time.</summary>
        private void Deliver()
        {
            List<ReadOnlyMemory<byte>> arrived = [];
            ILinkEnd? end;
            lock (_gate)
            {
                DateTimeOffset now = hub._clock.GetUtcNow();
                foreach ((DateTimeOffset arrival, ReadOnlyMemory<byte> frame) in _way)
                {
                    if (arrival > now)
                        break;
                    arrived.Add(frame);
                }
                end = _end ?? throw new UnreachableException("a link is connected before time goes on");
            }
            if (arrived.Count > 0)
                end.Receive(arrived);
            lock (_gate)
            {
                for (int i = 0; i < arrived.Count && _way.Count > 0; i++)
                    _ = _way.Dequeue();
                if (_way.Count > 0)
                    Wake();
            }
        }
    }
}
