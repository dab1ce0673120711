using System.Diagnostics.Metrics;

namespace Flashback.Chain.Beacon;

/// <summary>What the beacon chain counts and measures.</summary>
internal static class BeaconMetrics
{
    private static readonly Meter Meter = new("Flashback.Beacon");
    private static readonly Histogram<double> Imports = Meter.CreateHistogram<double>("flashback.beacon.import", "s", "Time to take a block in: verify, execute, hash, store.");
    private static readonly Counter<long> Messages = Meter.CreateCounter<long>("flashback.beacon.messages", "{message}", "Messages that came from peers, by what became of them.");

    /// <summary>A block was taken in.</summary>
    public static void BlockImported(TimeSpan took) => Imports.Record(took.TotalSeconds);

    /// <summary>A message came.</summary>
    public static void MessageCame(Network.TopicKind topic, Network.GossipVerdict verdict) => Messages.Add(1, new("topic", topic.ToString()), new("verdict", verdict.ToString()));
}
