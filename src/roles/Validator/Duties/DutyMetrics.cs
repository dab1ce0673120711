using System.Diagnostics.Metrics;

namespace Flashback.Validator;

/// <summary>What is counted of duties, for whoever listens to the meter <c>Flashback.Validator</c>.</summary>
internal sealed class DutyMetrics : IDisposable
{
    private readonly Meter _meter = new("Flashback.Validator");
    private readonly Counter<long> _published;
    private readonly Counter<long> _missed;
    private readonly Histogram<double> _delay;

    public DutyMetrics()
    {
        _published = _meter.CreateCounter<long>("flashback.validator.duties.published", "{message}", "Messages that the node took.");
        _missed = _meter.CreateCounter<long>("flashback.validator.duties.missed", "{message}", "Messages that were due and did not leave.");
        _delay = _meter.CreateHistogram<double>("flashback.validator.duties.delay", "s", "From the start of the slot until the node has taken a message.");
    }

    /// <summary>Counts what came of messages of a kind that were due.</summary>
    /// <param name="kind">The kind: one of <see cref="DutyKind"/>.</param>
    /// <param name="due">How many were due.</param>
    /// <param name="published">How many the node took.</param>
    /// <param name="delay">Time since the slot began.</param>
    public void Count(string kind, int due, int published, TimeSpan delay)
    {
        KeyValuePair<string, object?> tag = new("duty", kind);
        if (published > 0)
        {
            _published.Add(published, tag);
            _delay.Record(delay.TotalSeconds, tag);
        }
        if (due > published)
            _missed.Add(due - published, tag);
    }

    public void Dispose() => _meter.Dispose();
}

/// <summary>The kinds of messages, as metrics and logs name them.</summary>
internal static class DutyKind
{
    public const string Block = "block";
    public const string Attestation = "attestation";
    public const string Aggregate = "aggregate";
    public const string SyncMessage = "sync_message";
    public const string Contribution = "contribution";
}
