using System.Collections.Concurrent;
using Flashback.Client;

namespace Flashback.Gateway.Market;

/// <summary>The providers that there are, with their scores, read anew after a while; and how quickly each answers here. Safe for any number of threads.</summary>
/// <param name="node">The node.</param>
/// <param name="time">The time.</param>
internal sealed class ProviderBook(ExecutionClient node, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<ulong, Pace> _paces = [];
    private IReadOnlyList<ScoredProvider> _providers = [];
    private DateTimeOffset _read = DateTimeOffset.MinValue;

    /// <summary>All that are active.</summary>
    public async Task<IReadOnlyList<ScoredProvider>> GetAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (time.GetUtcNow() - _read < Age)
                return _providers;
            List<ScoredProvider> providers = [];
            foreach (KnownProvider provider in (await node.GetProvidersAsync(cancellation).ConfigureAwait(false)).Where(provider => provider.IsActive))
                providers.Add(new ScoredProvider(provider, await MarketContract.GetScoreAsync(node, provider.Id, cancellation).ConfigureAwait(false)));
            (_providers, _read) = (providers, time.GetUtcNow());
            return _providers;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A provider; null where it is not active any more.</summary>
    public async Task<KnownProvider?> FindAsync(ulong provider, CancellationToken cancellation) => (await GetAsync(cancellation).ConfigureAwait(false)).FirstOrDefault(one => one.Provider.Id == provider)?.Provider;

    /// <summary>Where a provider answers; null where it does not any more.</summary>
    public async Task<Uri?> FindEndpointAsync(ulong provider, CancellationToken cancellation) =>
        await FindAsync(provider, cancellation).ConfigureAwait(false) is { } known && ProviderHttp.TryEndpoint(known.Endpoint, out Uri? endpoint) ? endpoint : null;

    /// <summary>How quickly a provider answers.</summary>
    public Pace PaceOf(ulong provider) => _paces.GetOrAdd(provider, _ => new Pace());

    public void Dispose() => _turn.Dispose();
}

/// <summary>How long answers of one provider take: mean and deviation, as TCP reckons its time-outs. Safe for any number of threads. spec: RFC 6298</summary>
internal sealed class Pace
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(300), Least = TimeSpan.FromMilliseconds(20), Most = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private double _mean = First.TotalMilliseconds, _deviation = First.TotalMilliseconds / 2;
    private bool _isKnown;

    /// <summary>What is to be expected.</summary>
    public TimeSpan Expected
    {
        get
        {
            lock (_gate)
                return TimeSpan.FromMilliseconds(_mean);
        }
    }

    /// <summary>After so long another one is asked, too.</summary>
    public TimeSpan Patience
    {
        get
        {
            lock (_gate)
                return TimeSpan.FromMilliseconds(Math.Clamp(_mean + (4 * _deviation), Least.TotalMilliseconds, Most.TotalMilliseconds));
        }
    }

    /// <summary>An answer came.</summary>
    public void Count(TimeSpan taken)
    {
        lock (_gate)
        {
            double ms = taken.TotalMilliseconds;
            if (!_isKnown)
            {
                (_mean, _deviation, _isKnown) = (ms, ms / 2, true);
                return;
            }
            _deviation += (Math.Abs(ms - _mean) - _deviation) / 4;
            _mean += (ms - _mean) / 8;
        }
    }

    /// <summary>No answer came, or a wrong one: for a while the others are asked first.</summary>
    public void CountFailure() => Count(Most);
}
