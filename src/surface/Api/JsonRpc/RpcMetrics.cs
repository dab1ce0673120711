using System.Diagnostics.Metrics;

namespace Flashback.Api.JsonRpc;

/// <summary>How often methods are asked for and how long they take.</summary>
internal static class RpcMetrics
{
    public const string MeterName = "Flashback.Api";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("flashback.rpc.duration", "s", "Time from a request to its answer");

    public static void Count(string method, bool isDone, TimeSpan elapsed) => Duration.Record(
        elapsed.TotalSeconds, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("outcome", isDone ? "answer" : "error"));
}
