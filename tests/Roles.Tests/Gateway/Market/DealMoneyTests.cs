using System.Globalization;
using System.Numerics;
using Flashback.Client;
using Flashback.Gateway.Market;
using Flashback.Gateway.Objects;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Gateway.Market;

/// <summary>What deals cost, when they are expected to be proven, and how amounts are told.</summary>
public class DealMoneyTests
{
    private static readonly KeptDeal Deal = new(1, "0x00000000000000000000000000000000000000d1", 3, RegistrationEnd: 116, ActivationEnd: 200, End: 1_064);

    private static DealTerms Terms => new(default, 1_024, 3, 1, 116, 200, 1_064, 50UL, 50UL);

    [Fact]
    public void A_deal_costs_what_was_put_in_for_it_and_then_what_those_get_who_take_part()
    {
        // 864 slots of a second: a hundredth of a day
        Assert.Equal(((UInt256)150UL, (UInt256)15_000UL), DealCost.Of(Seen(DealPhase.Registration), Terms, secondsPerSlot: 1));
        SeenDeal running = Seen(DealPhase.Running, (ShareStanding.Active, 40), (ShareStanding.Selected, 30), (ShareStanding.Out, 50));
        Assert.Equal(((UInt256)70UL, (UInt256)7_000UL), DealCost.Of(running, Terms, secondsPerSlot: 1));
        Assert.Equal((UInt256)3_500UL, DealCost.Of(running, Terms, secondsPerSlot: 2).PerDay);
        Assert.Equal((UInt256.Zero, UInt256.Zero), DealCost.Of(Seen(DealPhase.Settled, (ShareStanding.Out, 50)), Terms, secondsPerSlot: 1));
    }

    [Fact]
    public void Proof_is_expected_as_it_went_lately_and_when_activation_ends_at_the_latest()
    {
        ProofPace pace = new();
        SeenDeal waiting = Seen(DealPhase.Running, (ShareStanding.Active, 1), (ShareStanding.Selected, 1)), proven = Seen(DealPhase.Running, (ShareStanding.Active, 1), (ShareStanding.Active, 1));
        Assert.Equal(200UL, pace.ExpectedOf(waiting, slot: 110)); // nothing is known yet
        Assert.Null(pace.ExpectedOf(proven, slot: 110));
        pace.Count([proven], [proven], slot: 300);
        Assert.Equal(200UL, pace.ExpectedOf(waiting, slot: 110));
        pace.Count([waiting], [proven], slot: 140); // made in slot 100
        Assert.Equal(140UL, pace.ExpectedOf(waiting, slot: 110));
        Assert.Equal(200UL, pace.ExpectedOf(waiting, slot: 141)); // it takes longer this time
        pace.Count([waiting], [proven], slot: 900);
        Assert.Equal(200UL, pace.ExpectedOf(waiting, slot: 110));
        Assert.Equal(200UL, pace.ExpectedOf(Seen(DealPhase.Registration), slot: 110));
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("1", "0.000000000000000001")]
    [InlineData("1000000000000000000", "1")]
    [InlineData("1230000000000000000000", "1230")]
    [InlineData("20000000000500000000", "20.0000000005")]
    public void Amounts_are_exact_to_the_wei(string wei, string flash) => Assert.Equal(flash, Flash.Of(BigInteger.Parse(wei, CultureInfo.InvariantCulture)));

    private static SeenDeal Seen(DealPhase phase, params (ShareStanding Standing, ulong Fee)[] shares) =>
        new(Deal, phase, Deal.End, [.. shares.Select((share, i) => new DealShare((ulong)i, 0, 0, share.Standing, share.Fee, UInt256.Zero, 0))]);
}
