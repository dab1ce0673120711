using System.Threading.Channels;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Execution;

namespace Flashback.Node;

/// <summary>Lets the slots of a local chain come: at a pace, or whenever there is a transaction, and when it is asked. Safe to share between threads.</summary>
/// <remarks>
/// A slot comes whole: its block is proposed, taken in and voted for, and then the clock stands before the next one. The chain's time follows this machine's:
/// where it is an epoch late, because nobody had anything to do, the slots between are skipped as if all validators had slept.
/// </remarks>
internal sealed class SlotDriver
{
    private static readonly TimeSpan BeforeNext = TimeSpan.FromMilliseconds(1);

    private const int MostWithoutBlock = 8; // on end: then something is wrong, and the log says what

    private readonly VirtualTime _clock;
    private readonly TimeProvider _wall;
    private readonly DateTimeOffset _genesis;
    private readonly TimeSpan _slot;
    private readonly TimeSpan _epoch;
    private readonly Lock _turn = new(); // time is let go on by one thread at a time
    private TimeSpan _ahead; // guarded by _turn

    /// <summary>A driver that does nothing yet.</summary>
    /// <param name="clock">The chain's clock.</param>
    /// <param name="genesis">The chain's beginning.</param>
    /// <param name="wall">This machine's clock.</param>
    /// <param name="ahead">How far the chain's time is to be ahead of it.</param>
    public SlotDriver(VirtualTime clock, NetworkGenesis genesis, TimeProvider wall, TimeSpan ahead)
    {
        (_clock, _wall, _ahead) = (clock, wall, ahead);
        _genesis = DateTimeOffset.FromUnixTimeSeconds((long)genesis.Time);
        _slot = TimeSpan.FromSeconds(genesis.Config.SecondsPerSlot);
        _epoch = _slot * genesis.Config.Preset.SlotsPerEpoch;
    }

    /// <summary>The next slot comes, with a block.</summary>
    public void Next()
    {
        lock (_turn)
        {
            DateTimeOffset next = SlotAfter(_clock.GetUtcNow()), wanted = SlotAfter(_wall.GetUtcNow() + _ahead);
            if (wanted - next >= _epoch)
                next = wanted;
            _clock.SleepUntil(next);
            _clock.RunUntil(next + _slot - BeforeNext);
        }
    }

    /// <summary>Skips time: the next slot is later by so much.</summary>
    /// <returns>How far the chain's time is to be ahead of this machine's.</returns>
    public TimeSpan Skip(TimeSpan time)
    {
        lock (_turn)
        {
            _clock.SleepUntil(_clock.GetUtcNow() + time);
            return _ahead += time;
        }
    }

    /// <summary>Lets a slot come at each tick, until it is told to stop.</summary>
    public async Task RunAtPaceAsync(TimeSpan pace, CancellationToken stop)
    {
        using PeriodicTimer timer = new(pace, _wall);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            Next();
    }

    /// <summary>Lets slots come while there are transactions that fit a block, until it is told to stop.</summary>
    public async Task RunOnDemandAsync(TransactionPool pool, ChainService chain, CancellationToken stop)
    {
        // Of many wake-ups that come while a block is made one is enough.
        Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake(PooledTransaction transaction) => wake.Writer.TryWrite(true);
        wake.Writer.TryWrite(true); // for what was in the pool before
        pool.Added += Wake;
        try
        {
            while (true)
            {
                await wake.Reader.ReadAsync(stop).ConfigureAwait(false);
                int withoutBlock = 0;
                while (!stop.IsCancellationRequested && HasWork(pool, chain))
                {
                    ChainSnapshot before = chain.Snapshot;
                    Next();
                    // A slot may stay empty where the program was killed in it: what was signed then is not signed again.
                    withoutBlock = chain.Snapshot.Number > before.Number ? 0 : withoutBlock + 1;
                    bool isOfNoUse = withoutBlock == 0 && chain.Snapshot.Head.Receipts.Count == 0; // what is left fits no block as it is
                    if (isOfNoUse || withoutBlock == MostWithoutBlock)
                        break;
                }
            }
        }
        finally
        {
            pool.Added -= Wake;
        }
    }

    /// <summary>Whether there is a transaction that pays what the next block asks.</summary>
    private static bool HasWork(TransactionPool pool, ChainService chain)
    {
        if (pool.Count.Pending == 0)
            return false;
        BlockHeader head = chain.Snapshot.Head.Header;
        ForkRules rules = chain.Config.RulesAt(head.Timestamp);
        return pool.Best(FeeMarket.BaseFeeAfter(head), rules.Blobs.BaseFee(FeeMarket.ExcessBlobGasAfter(head, rules))).TryTake(out _);
    }

    private DateTimeOffset SlotAfter(DateTimeOffset time) => time < _genesis ? _genesis : _genesis + (_slot * (((time - _genesis).Ticks / _slot.Ticks) + 1));
}
