using System.Numerics;
using Flashback.Client;
using Flashback.Primitives;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Provider.Deals;

/// <summary>Each line of the policy, from both sides.</summary>
public class DealPolicyTests
{
    private const ulong Gib = 1UL << 30;

    private static readonly Address Client = FixedBytes.Parse<Address>("0x0000000000000000000000000000000000000001");
    private static readonly Address Other = FixedBytes.Parse<Address>("0x0000000000000000000000000000000000000002");
    private static readonly DealPolicy Policy = new() { Takes = true };
    private static readonly ProviderAsk Ask = new(1_000, 128, 64 * Gib, 1_000_000, 0, "");
    private static readonly DealRoom Room = new(7, Slot: 100, SecondsPerSlot: 12, SealingSlots: 50, WaitingBytes: 0, FreeSectors: 5, Balance: 1_000_000);
    private static readonly DealTerms Terms = new(default, Gib, 2, 1, RegistrationEnd: 120, ActivationEnd: 200, End: 200 + 7_200, Ceiling: 1_000_000, MinimumFee: 100);

    /// <summary>Half as long again, of which 6,000 slots are still to come at slot 5,000.</summary>
    private static readonly ExtensionTerms Extension = new(Client, Gib, Fee: 1_000, ActivationEnd: 200, End: 7_400, NewEnd: 11_000);

    [Fact]
    public void A_deal_that_fits_is_taken_for_the_asks_price_or_the_policys()
    {
        Assert.Equal(new DealVerdict(1_000, null), Judge(Policy, Terms));
        Assert.Equal(new DealVerdict(2_500, null), Judge(Policy with { Price = 2_500 }, Terms));
    }

    [Fact]
    public void The_fee_is_for_size_and_time_and_is_rounded_up()
    {
        Assert.Equal((UInt256)2_000UL, Judge(Policy, Terms with { PieceSize = 2 * Gib }).Fee);
        Assert.Equal((UInt256)501UL, Judge(Policy, Terms with { End = 200 + 3_601 }).Fee);
        Assert.Equal(UInt256.One, Judge(Policy, Terms with { PieceSize = 128, End = 201 }).Fee);
        UInt256 dear = UInt256.One << 127;
        Assert.Equal((UInt256)((BigInteger)dear * 64 * 1_825), Judge(Policy with { Price = dear }, Terms with { PieceSize = 64 * Gib, End = 200 + 1_825UL * 7_200 }).Fee);
    }

    [Fact]
    public void Nothing_is_taken_unless_deals_are_wanted() => Assert.Equal("no deals are taken", Judge(new DealPolicy(), Terms).Refusal);

    [Fact]
    public void Clients_are_allowed_or_refused_by_name()
    {
        Assert.Equal($"deals of {Client} are not taken", Judge(Policy with { Refused = new HashSet<Address> { Client } }, Terms).Refusal);
        Assert.Null(Judge(Policy with { Refused = new HashSet<Address> { Other } }, Terms).Refusal);
        Assert.Equal($"{Client} is not among those whose deals are taken", Judge(Policy with { Allowed = new HashSet<Address> { Other } }, Terms).Refusal);
        Assert.Null(Judge(Policy with { Allowed = new HashSet<Address> { Client } }, Terms).Refusal);
    }

    [Fact]
    public void Of_a_deal_with_a_list_only_the_invited_take_part()
    {
        Assert.Equal("others are invited", Judge(Policy, Terms with { Invited = [6, 8] }).Refusal);
        Assert.Null(Judge(Policy, Terms with { Invited = [6, 7] }).Refusal);
    }

    [Theory]
    [InlineData(256UL, ulong.MaxValue, 128UL, "the piece has 128 bytes, and the smallest taken 256")]
    [InlineData(0UL, ulong.MaxValue, 64UL, "the piece has 64 bytes, and the smallest taken 128")]
    [InlineData(0UL, 256UL, 512UL, "the piece has 512 bytes, and the largest taken 256")]
    [InlineData(0UL, ulong.MaxValue, 128 * Gib, "the piece has 137438953472 bytes, and the largest taken 68719476736")]
    [InlineData(128UL, 256UL, 256UL, null)]
    public void A_piece_is_as_large_as_policy_and_ask_allow(ulong smallest, ulong largest, ulong size, string? refusal) =>
        Assert.Equal(refusal, Judge(Policy with { SmallestPiece = smallest, LargestPiece = largest }, Terms with { PieceSize = size }).Refusal);

    [Fact]
    public void A_deal_lasts_as_long_as_policy_and_ask_allow()
    {
        Assert.Equal("it lasts 7200 slots, and the longest taken 7199", Judge(Policy with { LongestDuration = TimeSpan.FromSeconds(7_199 * 12) }, Terms).Refusal);
        Assert.Null(Judge(Policy with { LongestDuration = TimeSpan.FromDays(1) }, Terms).Refusal);
        Assert.Equal("it lasts 7200 slots, and the longest taken 10", Policy.Judge(Deal(Terms), Ask with { LongestDuration = 10 }, Room).Refusal);
    }

    [Fact]
    public void Nobody_stores_for_nothing_unless_the_policy_says_so_nor_for_less_than_is_asked()
    {
        Assert.Equal("neither the ask nor the policy names a price", Policy.Judge(Deal(Terms), Ask with { FeePerGibDay = UInt256.Zero }, Room).Refusal);
        Assert.Null((Policy with { Price = UInt256.Zero }).Judge(Deal(Terms), Ask, Room).Refusal);
        Assert.Equal("it pays 999 wei at most, and 1000 are asked", Judge(Policy, Terms with { Ceiling = 999 }).Refusal);
        Assert.Null(Judge(Policy, Terms with { Ceiling = 1_000 }).Refusal);
    }

    [Fact]
    public void Collateral_is_what_the_policy_allows_and_the_operator_has()
    {
        Assert.Equal("it asks 100 wei as collateral, and 99 are put in at most", Judge(Policy with { MostCollateral = 99 }, Terms).Refusal);
        Assert.Equal("it asks 1000000 wei as collateral, and the operator has 1000000", Judge(Policy, Terms with { MinimumFee = 1_000_000 }).Refusal);
        Assert.Null(Judge(Policy with { MostCollateral = 100 }, Terms).Refusal);
    }

    [Fact]
    public void There_must_be_time_to_register_and_to_seal()
    {
        Assert.Equal("registration ended with slot 100", Judge(Policy, Terms with { RegistrationEnd = 100 }).Refusal);
        Assert.Equal("sealing takes 50 slots, and the piece must be in a live sector before slot 150", Judge(Policy, Terms with { ActivationEnd = 150 }).Refusal);
        Assert.Null(Judge(Policy, Terms with { ActivationEnd = 151 }).Refusal);
    }

    [Fact]
    public void There_must_be_room_for_what_waits_and_stake_for_a_sector()
    {
        DealPolicy little = Policy with { MostWaitingBytes = 2 * (long)Gib };
        Assert.Null(little.Judge(Deal(Terms), Ask, Room with { WaitingBytes = (long)Gib }).Refusal);
        Assert.Equal("1073741825 bytes wait already, and 2147483648 may", little.Judge(Deal(Terms), Ask, Room with { WaitingBytes = (long)Gib + 1 }).Refusal);
        Assert.Equal("the stake covers no more sectors, and none is empty", Policy.Judge(Deal(Terms), Ask, Room with { FreeSectors = 0 }).Refusal);
    }

    [Fact]
    public void Readable_copies_take_no_more_than_they_may()
    {
        const long Copy = (long)Gib / 128 * 127;
        DealPolicy little = Policy with { MostHotBytes = 2 * Copy };
        Assert.Null(little.Judge(Deal(Terms), Ask, Room with { HotBytes = Copy }).Refusal);
        Assert.Equal(
            $"readable copies take {Copy + 1} bytes already, this one up to {Copy}, and {2 * Copy} may be taken in all", little.Judge(Deal(Terms), Ask, Room with { HotBytes = Copy + 1 }).Refusal);
        Assert.Equal($"readable copies take 0 bytes already, this one up to {Copy}, and 0 may be taken in all", Judge(Policy with { MostHotBytes = 0 }, Terms).Refusal);
        Assert.Null(Judge(Policy, Terms).Refusal);
    }

    [Fact]
    public void An_extension_is_agreed_to_at_the_price_in_force_for_the_time_that_is_added()
    {
        Assert.Equal((UInt256)500UL, Extension.AddedFee);
        Assert.Null(Extend(Policy, Extension));
        Assert.Equal("it adds 500 wei, and 550 are asked", Policy.JudgeExtension(Extension, Ask with { FeePerGibDay = 1_100 }, 5_000, 12));
        Assert.Equal("it adds 500 wei, and 1000 are asked", Extend(Policy with { Price = 2_000 }, Extension));
        Assert.Null((Policy with { Price = 900 }).JudgeExtension(Extension, Ask with { FeePerGibDay = 1_100 }, 5_000, 12));
        Assert.Equal("neither the ask nor the policy names a price", Policy.JudgeExtension(Extension, Ask with { FeePerGibDay = UInt256.Zero }, 5_000, 12));
    }

    [Fact]
    public void An_extension_at_a_deals_own_price_is_not_refused_for_what_the_contract_rounds_down() => Seeds.Check(random =>
    {
        ulong size = 128UL << random.Next(30), end = 200 + (ulong)random.Next(1, 1_000_000);
        ProviderAsk ask = Ask with { FeePerGibDay = (UInt256)(ulong)random.NextInt64(1, long.MaxValue), LongestDuration = ulong.MaxValue };
        DealTerms terms = Terms with { PieceSize = size, End = end, Ceiling = UInt256.One << 200 };
        ExtensionTerms extension = new(Client, size, Policy.Judge(Deal(terms), ask with { LargestPiece = size }, Room).Fee, terms.ActivationEnd, end, end + (ulong)random.Next(1, 1_000_000));
        Assert.Null(Policy.JudgeExtension(extension, ask, 100, 12));
        Assert.NotNull(Policy.JudgeExtension(extension, ask with { FeePerGibDay = ask.FeePerGibDay * 2UL + (UInt256.One << 64) }, 100, 12));
    });

    [Fact]
    public void An_extension_is_agreed_to_with_those_whose_deals_are_taken_while_any_are()
    {
        Assert.Equal("no deals are taken", Extend(new DealPolicy(), Extension));
        Assert.Equal($"deals of {Client} are not taken", Extend(Policy with { Refused = new HashSet<Address> { Client } }, Extension));
        Assert.Equal($"{Client} is not among those whose deals are taken", Extend(Policy with { Allowed = new HashSet<Address> { Other } }, Extension));
    }

    [Fact]
    public void What_is_to_come_of_an_extended_deal_is_as_long_as_policy_and_ask_allow()
    {
        Assert.Equal("6000 slots are to come, and the longest taken 5999", Extend(Policy with { LongestDuration = TimeSpan.FromSeconds(5_999 * 12) }, Extension));
        Assert.Null(Extend(Policy with { LongestDuration = TimeSpan.FromSeconds(6_000 * 12) }, Extension));
        Assert.Equal("6000 slots are to come, and the longest taken 10", Policy.JudgeExtension(Extension, Ask with { LongestDuration = 10 }, 5_000, 12));
    }

    private static string? Extend(DealPolicy policy, ExtensionTerms extension) => policy.JudgeExtension(extension, Ask, slot: 5_000, secondsPerSlot: 12);

    private static DealVerdict Judge(DealPolicy policy, DealTerms terms) => policy.Judge(Deal(terms), Ask, Room);

    private static DeployedDeal Deal(DealTerms terms) => new(1, default, Client, terms, 1);
}
