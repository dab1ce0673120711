namespace Flashback.Chain;

/// <summary>A block that somebody will ask for: there is one at once, and a better one as long as transactions come. Safe to share between threads.</summary>
/// <remarks>
/// 1. An empty block is there before anybody can ask.
/// 2. The first round takes in transactions for as long as the budget allows; who asks waits for it.
/// 3. After each change of the pool there is another round, from the beginning: the dearest come first, so what came later may come before. The more valuable block stays.
/// </remarks>
public sealed class PayloadJob : IDisposable
{
    /// <summary>How soon after a change there is another round.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>When a block is no longer awaited: a slot.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(12);

    private readonly Func<TimeSpan, CancellationToken, BuiltBlock> _build;
    private readonly Func<long> _version;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _asked = new();
    private readonly Task _rounds;
    private volatile BuiltBlock _best;

    internal PayloadJob(Func<TimeSpan, CancellationToken, BuiltBlock> build, Func<long> version, TimeSpan budget, TimeProvider clock)
    {
        (_build, _version, _clock) = (build, version, clock);
        _best = build(TimeSpan.Zero, CancellationToken.None);
        _rounds = Task.Run(() => ImproveAsync(budget));
    }

    /// <summary>The best block so far.</summary>
    public BuiltBlock Best => _best;

    /// <summary>Ends the job and returns its block; the same one each time.</summary>
    public async Task<BuiltBlock> TakeAsync()
    {
        await _asked.CancelAsync().ConfigureAwait(false);
        await _rounds.ConfigureAwait(false);
        return _best;
    }

    /// <summary>Ends the job, whose block nobody wants.</summary>
    public void Dispose() => _asked.Cancel();

    private async Task ImproveAsync(TimeSpan budget)
    {
        long began = _clock.GetTimestamp();
        long seen = _version();
        Keep(_build(budget, CancellationToken.None));
        while (!_asked.IsCancellationRequested && _clock.GetElapsedTime(began) < Lifetime)
        {
            await Task.Delay(Pause, _clock, _asked.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_asked.IsCancellationRequested || _version() == seen)
                continue;
            seen = _version();
            Keep(_build(budget, _asked.Token));
        }
    }

    private void Keep(BuiltBlock built)
    {
        BuiltBlock best = _best;
        if ((built.Value, built.Block.Block.Transactions.Count).CompareTo((best.Value, best.Block.Block.Transactions.Count)) > 0)
            _best = built;
    }
}
