using Flashback.Client;
using Flashback.Gateway.Market;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Gateway.Market;

public class ProviderChoiceTests
{
    private static readonly StorageWish Wish = new(PaddedBytes: 1 << 20, Slots: 100, Region: 0, HighestPrice: null);

    [Fact]
    public void The_cheapest_for_what_is_really_had_comes_first_and_of_equals_the_quicker()
    {
        ScoredProvider cheapAndAway = Offer(1, price: 100) with { Score = new(Availability: 100_000, Asked: 50, Served: 8, MedianMs: 10, Timed: 8) };
        ScoredProvider dearAndThere = Offer(2, price: 200) with { Score = new(1_000_000, 50, 50, 90, 50) };
        ScoredProvider quicker = Offer(3, price: 200) with { Score = new(1_000_000, 50, 50, 20, 50) };
        ScoredProvider unknown = Offer(4, price: 150); // taken to answer every second time: as if it asked for 300
        Assert.Equal([3UL, 2UL, 4UL, 1UL], Order(Wish, cheapAndAway, dearAndThere, quicker, unknown));
    }

    [Fact]
    public void Those_of_the_region_come_before_others()
    {
        ScoredProvider near = Offer(1, price: 900, region: 756), far = Offer(2, price: 100, region: 840);
        Assert.Equal([1UL, 2UL], Order(Wish with { Region = 756 }, far, near));
        Assert.Equal([2UL, 1UL], Order(Wish, far, near));
    }

    [Fact]
    public void Who_does_not_offer_it_is_not_asked()
    {
        ScoredProvider fits = Offer(1, price: 100);
        KnownProvider provider = fits.Provider;
        foreach (KnownProvider other in (KnownProvider[])
        [
            provider with { IsActive = false }, WithAsk(provider, ask => ask with { FeePerGibDay = UInt256.Zero }), WithAsk(provider, ask => ask with { FeePerGibDay = 501UL }),
            WithAsk(provider, ask => ask with { SmallestPiece = 2 << 20 }), WithAsk(provider, ask => ask with { LargestPiece = 1 << 19 }), WithAsk(provider, ask => ask with { LongestDuration = 99 }),
            WithAsk(provider, ask => ask with { Endpoint = "ftp://storage.example" }), WithAsk(provider, ask => ask with { Endpoint = "http://user:secret@storage.example" }), WithAsk(provider, ask => ask with { Endpoint = "" }),
        ])
        {
            Assert.Empty(Order(Wish with { HighestPrice = 500UL }, fits with { Provider = other }));
        }
        Assert.Equal([1UL], Order(Wish with { HighestPrice = 500UL }, fits));
        Assert.Empty(ProviderChoice.Order([fits], Wish, new HashSet<ulong> { 1 }));
    }

    [Fact]
    public void A_cost_is_rounded_up()
    {
        Assert.Equal((UInt256)100UL, ProviderAsk.FeeOf(100UL, 1UL << 30, slots: 43_200, secondsPerSlot: 2));
        Assert.Equal((UInt256)1UL, ProviderAsk.FeeOf(1UL, 128, slots: 1, secondsPerSlot: 1));
        Assert.Equal(UInt256.Zero, ProviderAsk.FeeOf(UInt256.Zero, 128, 1, 1));
    }

    private static IEnumerable<ulong> Order(StorageWish wish, params ScoredProvider[] providers) => ProviderChoice.Order(providers, wish, new HashSet<ulong>()).Select(one => one.Provider.Id);

    private static KnownProvider WithAsk(KnownProvider provider, Func<ProviderAsk, ProviderAsk> change) => provider with { Ask = change(provider.Ask) };

    private static ScoredProvider Offer(ulong id, ulong price, ulong region = 0) => new(
        new KnownProvider(id, default, default, default, 0, IsActive: true, 0, 0, 0, UInt256.Zero, new ProviderAsk(price, 128, 1 << 23, 100_000, region, "http://127.0.0.1:8600")), default);
}
