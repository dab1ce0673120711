using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>What a gateway buys for each piece.</summary>
public sealed record MarketOptions
{
    /// <summary>By how many providers each piece is kept.</summary>
    public int Copies { get; init; } = 3;

    /// <summary>How long a piece is paid for at once.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromDays(180);

    /// <summary>How long before its end a piece is paid for anew.</summary>
    public TimeSpan Runway { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long providers have from their selection until the piece is in a live sector; null for a proving period.</summary>
    public TimeSpan? SealingTime { get; init; }

    /// <summary>Where reading must be quick: an ISO 3166-1 numeric code; 0 for anywhere.</summary>
    public ulong Region { get; init; }

    /// <summary>The most that one copy may cost, in wei for a GiB and day; null for any price.</summary>
    public UInt256? HighestPrice { get; init; }
}
