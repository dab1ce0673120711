using Flashback.Client;
using Flashback.Consensus;
using Microsoft.Extensions.Logging;

namespace Flashback.Validator;

/// <summary>What all duties work with.</summary>
/// <param name="Node">The node.</param>
/// <param name="Config">The network.</param>
/// <param name="Clock">Its clock.</param>
/// <param name="Roster">The keys.</param>
/// <param name="Book">The duties that are known.</param>
/// <param name="Signer">Where signatures come from.</param>
/// <param name="Metrics">What is counted.</param>
/// <param name="Log">The log.</param>
/// <param name="Stop">Gives up.</param>
internal sealed record DutyContext(
    INodeClient Node,
    ConsensusConfig Config,
    SlotClock Clock,
    Roster Roster,
    DutyBook Book,
    DutySigner Signer,
    DutyMetrics Metrics,
    ILogger Log,
    CancellationToken Stop)
{
    /// <summary>The network's sizes.</summary>
    public Preset Preset => Config.Preset;

    /// <summary>Counts and logs what came of messages of a kind that were due at a slot.</summary>
    public void Report(string kind, Slot slot, int due, int published)
    {
        TimeSpan delay = Clock.SinceStartOf(slot);
        Metrics.Count(kind, due, published, delay);
        if (published > 0)
            DutyLog.Published(Log, kind, slot, published, (long)delay.TotalMilliseconds);
        if (due > published)
            DutyLog.Missed(Log, kind, slot, due - published);
    }

    /// <summary>Throws unless what the node answered is what was asked for.</summary>
    /// <exception cref="NodeException">It is not.</exception>
    public static void Demand(bool isRight, string wrong)
    {
        if (!isRight)
            throw new NodeException(NodeFault.Failed, wrong);
    }
}

/// <summary>What duties write into the log.</summary>
internal static partial class DutyLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Published {Kind} of {Slot}: {Count}, {Delay} ms into the slot")]
    public static partial void Published(ILogger log, string kind, Slot slot, int count, long delay);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Missed {Kind} of {Slot}: {Count}")]
    public static partial void Missed(ILogger log, string kind, Slot slot, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No block for {Slot}: it began {Late} ms ago, which is too late to be voted for")]
    public static partial void TooLate(ILogger log, Slot slot, long late);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The block of {Slot} pays its fees to {Actual}, not to {Wanted}")]
    public static partial void OtherFeeRecipient(ILogger log, Slot slot, Primitives.Address actual, Primitives.Address wanted);
}
