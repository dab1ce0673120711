using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>Settlement and early deletion, to the wei.</summary>
public class DealEndTests
{
    private readonly DealWorld _deals = new();

    [Fact]
    public void The_quickest_earns_half_of_the_others_fees_too_they_share_a_quarter_and_the_rest_is_burnt()
    {
        Address deal = Run([1_001, 2_003, 3_000], (0, 5, 300), (1, 5, 200), (2, 5, 400));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByAnybody(deal, "settle()"));
        // F = 6004: 2003 + 4001 / 2 = 4003; P = 2001, half of it 1000: 500 each; 1001 burnt
        AssertPaid([500, 4_003, 500], burnt: 1_001);
    }

    [Fact]
    public void Rounding_dust_is_burnt()
    {
        _ = Run([10, 0, 1], (0, 3, 100), (1, 3, 200), (2, 3, 200));
        // F = 11: 10 + 0 = 10; P = 1, half of it 0
        AssertPaid([10, 0, 0], burnt: 1);
    }

    [Fact]
    public void Of_equals_the_cheapest_is_the_quickest_then_the_first_to_register()
    {
        _ = Run([700, 600, 600], (0, 3, 100), (1, 3, 100), (2, 3, 100));
        // F = 1900: 600 + 650 = 1250; P = 650: 325 / 2 = 162 each
        AssertPaid([162, 1_250, 162], burnt: 326);
    }

    [Fact]
    public void Without_requests_each_gets_its_own_fee()
    {
        _ = Run([700, 600, 500], []);
        AssertPaid([700, 600, 500], burnt: 0);
    }

    [Fact]
    public void Who_has_too_few_samples_is_not_the_quickest()
    {
        _ = Run([700, 600, 500], (0, 2, 1), (1, 3, 900), (2, 2, 1));
        // F = 1800: 600 + 600; P = 600: 150 each
        AssertPaid([150, 1_200, 150], burnt: 300);
    }

    [Fact]
    public void Where_nobody_has_enough_samples_each_gets_its_own_fee()
    {
        _ = Run([700, 600], (0, 2, 1), (1, 2, 900));
        AssertPaid([700, 600], burnt: 0);
    }

    [Fact]
    public void One_provider_alone_gets_its_fee_whatever_was_asked()
    {
        _ = Run([700], (0, 5, 50_000));
        AssertPaid([700], burnt: 0);
    }

    [Fact]
    public void Every_region_has_the_same_weight_and_all_of_them_count()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(3) with { Regions = [40, 756] }, 700, 600, 500);
        // 0: 100 and 900, many samples of the first; 1: 450 and 500; 2: only one of the regions
        _deals.Receive(0, deal, number, 50, 100, region: 0);
        _deals.Receive(0, deal, number, 3, 900, region: 1);
        _deals.Receive(1, deal, number, 3, 450, region: 0);
        _deals.Receive(1, deal, number, 3, 500, region: 1);
        _deals.Receive(2, deal, number, 64, 1, region: 0);
        Settle(number, deal, 0, 1, 2);
        // F = 1800: 600 + 600
        AssertPaid([150, 1_200, 150], burnt: 300);
    }

    [Fact]
    public void Requests_on_chain_count_by_the_slots_they_waited_and_time_outs_most()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(3), 700, 600, 500);
        for (ulong request = 1; request <= 3; request++)
        {
            SpacetimeWorld.AssertDone(_deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 0UL));
            _ = _deals.RunTo(_deals.Slot + 1, deal, number, 0, 1, 2);
            SpacetimeWorld.AssertDone(_deals.TryHot(1, number, request)); // two seconds
            _ = _deals.RunTo(_deals.Slot + 2, deal, number, 0, 1, 2);
            if (request < 3)
                SpacetimeWorld.AssertDone(_deals.TryHot(0, number, request)); // six seconds, and one time-out
            _ = _deals.RunTo(_deals.Slot + _deals.DisputeWindow, deal, number, 0, 1, 2);
        }
        Settle(number, deal, 0, 1, 2);
        AssertPaid([150, 1_200, 150], burnt: 300);
        long[] Counts(int provider)
        {
            byte[] score = _deals.World.Ask(GenesisContracts.Market, "scoreOf(uint64)", (ulong)provider);
            return [(long)Abi.WordAt(score, 1).Low, (long)Abi.WordAt(score, 2).Low];
        }
        Assert.Equal([3, 2, 3, 3, 3, 0], Enumerable.Range(0, 3).SelectMany(Counts));
    }

    [Fact]
    public void Time_outs_alone_make_nobody_the_quickest()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(2), 700, 600);
        for (int request = 0; request < 3; request++)
        {
            SpacetimeWorld.AssertDone(_deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 0UL));
            _ = _deals.RunTo(_deals.Slot + _deals.DisputeWindow + 1, deal, number, 0, 1);
        }
        Settle(number, deal, 0, 1);
        AssertPaid([700, 600], burnt: 0);
    }

    [Fact]
    public void A_slow_receipt_counts_with_the_time_outs_of_the_same_provider()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(2), 700, 600);
        _deals.Receive(0, deal, number, 3, 1);
        _deals.Receive(1, deal, number, 3, 5_000);
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 0UL));
        SpacetimeWorld.AssertDone(_deals.TryHot(1, number, 1)); // at once: no time at all
        Settle(number, deal, 0, 1);
        // 0: (3 + 60000) / 4; 1: 15000 / 4. F = 1300: 600 + 350 = 950; P = 350: 175
        AssertPaid([175, 950], burnt: 175);
    }

    [Fact]
    public void Who_misses_more_than_a_twentieth_of_its_windows_gets_nothing_and_the_rest_compete()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(3, periods: 21), 700, 600, 500);
        foreach (int provider in new[] { 0, 1, 2 })
            _deals.Receive(provider, deal, number, 3, 100 + (ulong)provider);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        RunMissing(number, deal, 1, 2, 3);
        ulong[] due = [.. new ulong[] { 0, 1, 2 }.Select(provider => Abi.WordAt(_deals.World.Ask(deal, "proofsOf(uint64)", provider), 0).Low)];
        Assert.All(due, windows => Assert.InRange(windows, 20UL, 22UL));
        Assert.Equal([due[0] - 1, due[1] - 2, due[2] - 3], _deals.SharesOf(deal).Select(share => share.Proven));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "settle()"));
        AssertPaid([700, 0, 0], burnt: 0, collateral: [100, 0, 0]);
        Assert.Equal(600 + 500 + 2 * 100, _deals.CreditOf(DealWorld.Client) - before);
    }

    [Fact]
    public void Settlement_waits_for_the_end_and_whoever_was_late_is_out_with_it()
    {
        _deals.Seal(0, 1, place: 3);
        Terms terms = _deals.Terms(2, periods: 2);
        (ulong number, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 700));
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 1, 600, collateral: 250));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 3));
        _ = _deals.RunTo(terms.End - 1, deal, number, 0);
        SpacetimeWorld.AssertRefused("TooEarly", _deals.ByAnybody(deal, "settle()"));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "prune()"));
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        Assert.Equal(0, _deals.CreditOf(1));
        Settle(number, deal, 0);
        AssertPaid([700, 0], burnt: 0, collateral: [100, 0]);
        Assert.Equal(before, _deals.CreditOf(DealWorld.Client));
    }

    [Fact]
    public void A_deal_in_which_nobody_is_left_pays_nobody()
    {
        Terms terms = _deals.Terms(1, periods: 1);
        (ulong number, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 700));
        _ = _deals.World.AdvanceTo(terms.End);
        Settle(number, deal);
        AssertPaid([0], burnt: 0, collateral: [0]);
        Assert.Equal((BigInteger)terms.Ceiling + 100, _deals.CreditOf(DealWorld.Client)); // all of it, and the collateral
    }

    [Fact]
    public void Early_deletion_pays_for_sealing_and_for_the_time_that_has_passed()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(2), 7_003, 600);
        (ulong start, ulong end) = (_deals.Number(deal, "activationEnd()"), _deals.Number(deal, "end()"));
        _ = _deals.RunTo(start + 77, deal, number, 0, 1);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertRefused("NotClient", _deals.ByAnybody(deal, "deleteEarly()"));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        long first = 700 + (7_003 - 700) * 77 / (long)(end - start), second = 60 + 540 * 77 / (long)(end - start);
        AssertPaid([first, second], burnt: 0);
        Assert.Equal(7_603 - first - second, _deals.CreditOf(DealWorld.Client) - before);
        Assert.Equal((Phase.Deleted, BigInteger.Zero), (_deals.PhaseOf(deal), _deals.BalanceOf(deal)));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByClient(deal, "deleteEarly()"));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByAnybody(deal, "settle()"));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.TryHot(0, number));
        Assert.Equal(0UL, _deals.Number(GenesisContracts.Sectors, "dealsIn(uint64,uint64)", 0UL, 1UL));
    }

    [Fact]
    public void Early_deletion_before_activation_pays_for_sealing_alone()
    {
        (_, Address deal) = _deals.Deploy(_deals.Terms());
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 7_003));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        AssertPaid([700], burnt: 0);
    }

    [Fact]
    public void Early_deletion_pays_nobody_that_did_not_prove_and_comes_too_late_at_the_end()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(1), 5);
        _ = _deals.RunTo(_deals.Number(deal, "end()"), deal, number, 0);
        SpacetimeWorld.AssertRefused("TooLate", _deals.ByClient(deal, "deleteEarly()"));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "settle()"));
        Assert.Equal(105, _deals.CreditOf(0));
        (number, deal) = _deals.Start(_deals.Terms(2), 7_003, 600);
        _ = _deals.RunTo(_deals.Number(deal, "end()") - 1, deal, number, 1);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        Assert.Equal(105, _deals.CreditOf(0));
        Assert.Equal(7_003 + 100 + 600 + 100, _deals.CreditOf(DealWorld.Client) - before + _deals.CreditOf(1));
    }

    /// <summary>A deal with receipts (provider, count, milliseconds each), proven throughout and settled.</summary>
    private Address Run(ulong[] fees, params (int Provider, ulong Count, ulong Ms)[] receipts)
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(fees.Length), fees);
        foreach ((int provider, ulong count, ulong ms) in receipts)
            _deals.Receive(provider, deal, number, count, ms);
        Settle(number, deal, [.. Enumerable.Range(0, fees.Length)]);
        return deal;
    }

    private void Settle(ulong number, Address deal, params int[] faithful)
    {
        _ = _deals.RunTo(_deals.Number(deal, "end()"), deal, number, faithful);
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "settle()"));
        Assert.Equal((Phase.Settled, BigInteger.Zero), (_deals.PhaseOf(deal), _deals.BalanceOf(deal)));
    }

    /// <summary>All slots up to the end pass; each provider misses so many of its first windows, then recovers.</summary>
    private void RunMissing(ulong number, Address deal, params ulong[] misses)
    {
        while (_deals.Slot < _deals.Number(deal, "end()"))
        {
            _ = _deals.World.AdvanceTo(_deals.Slot + 1);
            for (int provider = 0; provider < misses.Length; provider++)
            {
                Share share = _deals.ShareOf(deal, provider);
                ulong opens = _deals.World.Window(provider, 0)[2];
                if (opens >= share.FirstOpens && (opens - share.FirstOpens) / share.Step < misses[provider])
                    continue;
                byte[] sector = _deals.World.Ask("sectorOf(uint64,uint64)", (ulong)provider, 1UL);
                if (Abi.WordAt(sector, 12).Low == 1 && Abi.WordAt(sector, 13).IsZero)
                    SpacetimeWorld.AssertDone(_deals.World.Operate(provider, "declareRecoveries(uint64,uint64[])", (object)new object[] { 1UL }));
                _deals.ProveOpenWindow(provider, deal, number);
            }
        }
    }

    private void AssertPaid(long[] fees, long burnt, long[]? collateral = null)
    {
        for (int provider = 0; provider < fees.Length; provider++)
            Assert.Equal(fees[provider] + (collateral?[provider] ?? 100), _deals.CreditOf(provider));
        Assert.Equal(burnt, _deals.Burnt);
    }
}
