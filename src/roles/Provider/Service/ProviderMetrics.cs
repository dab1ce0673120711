using System.Diagnostics.Metrics;

namespace Flashback.Provider;

/// <summary>What is counted and measured of a provider, for whoever listens to the meter <c>Flashback.Provider</c>.</summary>
internal sealed class ProviderMetrics : IDisposable
{
    public const string Name = "Flashback.Provider";

    private readonly Meter _meter = new(Name);
    private readonly Histogram<double> _steps;

    public ProviderMetrics(Func<ProviderStatus?> status)
    {
        _steps = _meter.CreateHistogram<double>("flashback.provider.step.duration", "s", "How long a step of work took.");
        Observe("flashback.provider.sectors.live", "Sectors that are to be proven.", s => s.Sectors.Live);
        Observe("flashback.provider.sectors.faulty", "Of these, faulty ones.", s => s.Sectors.Faulty);
        Observe("flashback.provider.windows.missed", "Windows among the last ones that were not proven.", s => s.MissedWindows);
        Observe("flashback.provider.deals.active", "Deals whose piece is kept in a live sector.", s => s.Deals.Count(deal => deal.State == "active"));
        Observe("flashback.provider.deals.waiting", "Deals on the way there.", s => s.Deals.Count(deal => deal.PaidWei is null && deal.State is not ("active" or "over")));
        Observe("flashback.provider.deals.expected", "Fees of deals that are not settled, in Gwei.", s => GweiOf(s.Income.Expected));
        Observe("flashback.provider.deals.credit", "What the owner can withdraw from Market, in Gwei.", s => GweiOf(s.Income.Credit));
        Observe("flashback.provider.alerts", "Alerts that are raised.", s => s.Alerts.Count);
        Observe("flashback.provider.debt", "What is owed that no block has carried yet, in Gwei.", s => (long)Math.Min(s.DebtGwei, long.MaxValue));
        Observe("flashback.provider.head.slot", "The slot of the node's head.", s => (long)s.Slot);
        void Observe(string name, string description, Func<ProviderStatus, long> read) =>
            _meter.CreateObservableGauge(name, () => status() is { } now ? [new Measurement<long>(read(now))] : Array.Empty<Measurement<long>>(), description: description);
    }

    private static long GweiOf(string wei) => (long)System.Numerics.BigInteger.Min(System.Numerics.BigInteger.Parse(wei, System.Globalization.CultureInfo.InvariantCulture) / 1_000_000_000, long.MaxValue);

    public void Count(WorkStep step, StepResult result, TimeSpan duration) =>
        _steps.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("step", step.ToString()), new KeyValuePair<string, object?>("result", result.ToString()));

    public void Dispose() => _meter.Dispose();
}
