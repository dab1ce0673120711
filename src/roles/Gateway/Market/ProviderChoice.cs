using System.Numerics;
using Flashback.Client;
using Flashback.Primitives;

namespace Flashback.Gateway.Market;

/// <summary>A provider that may be asked, with its score.</summary>
public sealed record ScoredProvider(KnownProvider Provider, ProviderScore Score);

/// <summary>What is wanted of providers.</summary>
/// <param name="PaddedBytes">Of the piece.</param>
/// <param name="Slots">How long it is kept.</param>
/// <param name="Region">Where reading must be quick; 0 for anywhere.</param>
/// <param name="HighestPrice">Wei for a GiB and day; null for any.</param>
public sealed record StorageWish(ulong PaddedBytes, ulong Slots, ulong Region, UInt256? HighestPrice);

/// <summary>Whom a piece is offered to: pure.</summary>
/// <remarks>
/// Those of the region come first. Among the others the price of what is really had decides: the ask over the availability that the score vouches for. A provider that nobody has asked yet is
/// taken to answer every second time, so that new ones get their chance and bad ones do not keep it. Of equals the quicker comes first.
/// </remarks>
public static class ProviderChoice
{
    private const ulong Whole = 1_000_000; // availability is in millionths
    private const ulong Unknown = Whole / 2;
    private const ulong Least = Whole / 100;

    /// <summary>Those that may be asked, the best first.</summary>
    public static IReadOnlyList<ScoredProvider> Order(IEnumerable<ScoredProvider> providers, StorageWish wish, IReadOnlySet<ulong> excluded) =>
    [
        .. providers.Where(one => !excluded.Contains(one.Provider.Id) && Fits(one.Provider, wish))
            .OrderBy(one => wish.Region == 0 || one.Provider.Ask.Region == wish.Region ? 0 : 1)
            .ThenBy(PriceOfQuality).ThenBy(one => one.Score.Timed == 0 ? ulong.MaxValue : one.Score.MedianMs).ThenBy(one => one.Provider.Id),
    ];

    private static bool Fits(KnownProvider provider, StorageWish wish) =>
        provider.IsActive && ProviderHttp.TryEndpoint(provider.Endpoint, out _)
        && provider.Ask.FeePerGibDay > UInt256.Zero && (wish.HighestPrice is not { } highest || provider.Ask.FeePerGibDay <= highest)
        && wish.PaddedBytes >= provider.Ask.SmallestPiece && wish.PaddedBytes <= provider.Ask.LargestPiece && wish.Slots <= provider.Ask.LongestDuration;

    private static BigInteger PriceOfQuality(ScoredProvider one) =>
        (BigInteger)one.Provider.Ask.FeePerGibDay * Whole / (one.Score.Asked == 0 ? Unknown : Math.Max(one.Score.Availability, Least));
}
