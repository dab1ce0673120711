using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What deals have in common: places of sectors, scores, and money that waits for its owner.</summary>
public class MarketTests
{
    private readonly DealWorld _deals = new(providers: 1);

    [Fact]
    public void A_place_serves_one_deal_and_serves_the_next_once_it_is_over()
    {
        _deals.Seal(0, 1, place: 5);
        Address[] deals = [.. Enumerable.Range(0, 2).Select(_ => _deals.Deploy(_deals.Terms()).Deal)];
        foreach (Address deal in deals)
            SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deals[0], 0, 1, 5));
        SpacetimeWorld.AssertRefused("PlaceNotFree", _deals.TryActivate(deals[1], 0, 1, 5));
        SpacetimeWorld.AssertDone(_deals.ByClient(deals[0], "deleteEarly()"));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deals[1], 0, 1, 5));
        Assert.Equal(1UL, _deals.Number(GenesisContracts.Sectors, "dealsIn(uint64,uint64)", 0UL, 1UL));
    }

    [Fact]
    public void Pieces_over_and_under_a_place_that_serves_are_refused_and_neighbours_are_not()
    {
        // A sector that is full of the piece: at each height the same node everywhere.
        Hash32[] nodes = new Hash32[19];
        nodes[6] = _deals.Piece.CommP;
        for (int row = 7; row < nodes.Length; row++)
            nodes[row] = DataTree.Parent(nodes[row - 1], nodes[row - 1]);
        _deals.Seal(0, 1, commD: nodes[18]);
        Random random = new(5);
        Dictionary<Address, (int Row, ulong Place)> taken = [];
        int done = 0, refused = 0;
        for (int i = 0; i < 120; i++)
        {
            if (taken.Count > 0 && random.Next(3) == 0)
            {
                Address over = taken.Keys.ElementAt(random.Next(taken.Count));
                SpacetimeWorld.AssertDone(_deals.ByClient(over, "deleteEarly()"));
                Assert.True(taken.Remove(over));
                continue;
            }
            int row = random.Next(6, 19);
            ulong place = (ulong)random.NextInt64(1L << Math.Min(18 - row, random.Next(1, 13)));
            (_, Address deal) = _deals.Deploy(_deals.Terms() with { CommP = nodes[row], PieceSize = 32UL << row });
            SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 1));
            bool isFree = taken.Values.All(other => other.Row >= row ? place >> (other.Row - row) != other.Place : other.Place >> (row - other.Row) != place);
            TransactionOutcome outcome = _deals.TryActivate(deal, 0, 1, place, nodes[row..18]);
            Assert.True(isFree == outcome.IsSuccess, $"{row} {place}: {SpacetimeWorld.Reason(outcome.Output)}");
            if (isFree)
                taken[deal] = (row, place);
            _ = isFree ? done++ : refused++;
            Assert.Equal((ulong)taken.Count, _deals.Number(GenesisContracts.Sectors, "dealsIn(uint64,uint64)", 0UL, 1UL));
        }
        Assert.True(done > 10 && refused > 10, $"{done} {refused}");
        foreach (Address deal in taken.Keys)
            SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        Assert.Equal(0UL, _deals.Number(GenesisContracts.Market, "isMarked(uint64,uint64,uint256)", 0UL, 1UL, 1UL)); // not a bit is left
    }

    [Fact]
    public void A_sector_that_serves_deals_ends_only_after_them()
    {
        (_, Address deal) = _deals.Start(_deals.Terms(), 400);
        object one = new object[] { 1UL };
        SpacetimeWorld.AssertRefused("SectorHasDeals", _deals.World.Operate(0, "terminate(uint64,uint64[])", one));
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "abandon(uint64)"));
        SpacetimeWorld.AssertDone(_deals.World.Operate(0, "terminate(uint64,uint64[])", one));
    }

    [Fact]
    public void An_expired_sector_waits_for_the_settlement_of_its_deal()
    {
        _deals.Seal(0, 1, place: 3, expiration: _deals.Slot + 7 + 4 * _deals.Period);
        (ulong number, Address deal) = _deals.Start(_deals.Terms(periods: 2), 400);
        ulong expiration = Abi.WordAt(_deals.World.Ask("sectorOf(uint64,uint64)", 0UL, 1UL), 6).Low;
        _ = _deals.RunTo(expiration, deal, number, 0);
        object one = new object[] { 1UL };
        SpacetimeWorld.AssertRefused("SectorHasDeals", _deals.World.Operate(0, "expire(uint64,uint64[])", one));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "settle()"));
        SpacetimeWorld.AssertDone(_deals.World.Operate(0, "expire(uint64,uint64[])", one));
    }

    [Fact]
    public void Only_deals_and_Sectors_are_listened_to()
    {
        (string Call, object[] Arguments)[] dealsAlone =
        [
            ("take(uint64,uint64,uint256)", [0UL, 1UL, 1UL]), ("release(uint64,uint64,uint256)", [0UL, 1UL, 1UL]), ("penalize(uint64,uint256)", [0UL, 1UL]),
            ("record(address,uint64,uint256,uint256,uint256,uint256)", [DealWorld.Client, 0UL, 1UL, 1UL, 1UL, 1UL]),
        ];
        foreach ((string call, object[] arguments) in dealsAlone)
            SpacetimeWorld.AssertRefused("NotDeal", _deals.World.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call(call, arguments)));
        SpacetimeWorld.AssertRefused("NotSectors", _deals.World.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call("claim(uint8,uint64,uint64)", 3UL, 0UL, 1UL)));
        SpacetimeWorld.AssertRefused("NotMarket", _deals.World.Operate(0, "hold(uint64,uint64,bool)", 1UL, true));
        SpacetimeWorld.AssertRefused("NotMarket", _deals.World.Operate(0, "chargeDeal(uint64,uint256)", 1UL));
        SpacetimeWorld.AssertRefused("UnknownKind", _deals.World.TryClaim(0, SpacetimeWorld.Claim(5, 0, 1)));
        SpacetimeWorld.AssertRefused("UnknownDeal", _deals.TryHot(0, deal: 7));
    }

    [Fact]
    public void Money_waits_for_its_owner_whoever_refuses_it()
    {
        // Refuses coins that come without a call, and hands its input on to Market.
        byte[] code = Hex.Decode("36600757" + "5f5ffd" + "5b" + "365f5f37" + "5f5f365f5f63f1a500045af1" + "601e575f5ffd5b00");
        GenesisAccount stubborn = new(ContractWorld.NewAddress(0x57b1), 1, UInt256.Zero, code, []);
        SpacetimeWorld world = new(more: [stubborn, ContractWorld.Rich(DealWorld.Client)]);
        SpacetimeWorld.AssertDone(world.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call("credit(address)", stubborn.Address), 500));
        SpacetimeWorld.AssertDone(world.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call("credit(address)", stubborn.Address), 50));
        TransactionOutcome Withdraw(Address to) => world.Contracts.Send(DealWorld.Client, stubborn.Address, Abi.Call("withdraw(address)", to));
        Assert.False(Withdraw(stubborn.Address).IsSuccess);
        Assert.Equal(550UL, Abi.WordAt(world.Ask(GenesisContracts.Market, "creditOf(address)", stubborn.Address), 0).Low);
        Address elsewhere = ContractWorld.NewAddress(0xe15e);
        SpacetimeWorld.AssertDone(Withdraw(elsewhere));
        Assert.Equal((550UL, 0UL), (world.Contracts.BalanceOf(elsewhere).Low, world.Contracts.BalanceOf(GenesisContracts.Market).Low));
        SpacetimeWorld.AssertDone(Withdraw(elsewhere)); // nothing is left
        Assert.Equal(550UL, world.Contracts.BalanceOf(elsewhere).Low);
    }

    [Fact]
    public void A_score_tells_what_the_counts_allow_and_a_median_that_forgets()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(periods: 10), 400);
        Assert.Equal([0, 0, 0, 0, 0], Score());
        long served = 0, asked = 0;
        double median = 0;
        foreach ((ulong count, ulong ms) in new (ulong, ulong)[] { (1, 80), (64, 100), (64, 100), (10, 20_000), (64, 10), (64, 10) })
        {
            _deals.Receive(0, deal, number, count, ms);
            median = asked == 0 ? ms : Math.Truncate(median + Math.Truncate(((double)ms - median) * count / 256));
            served = asked += (long)count;
            AssertScore(asked, served, (long)median);
        }
        // A request that nobody answers.
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 0UL));
        _ = _deals.World.AdvanceTo(_deals.Slot + 30);
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        AssertScore(asked + 1, served, (long)median);
    }

    [Fact]
    public void One_client_counts_only_so_much()
    {
        for (int i = 0; i < 5; i++)
        {
            (ulong number, Address deal) = _deals.Start(_deals.Terms(periods: 10), 400);
            for (ulong batch = 0; batch <= 16; batch++)
                SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1 + 64 * batch, 64, 640, 10));
            _ = _deals.World.AdvanceTo(_deals.Slot + 2);
            for (ulong batch = 1; batch <= 16; batch++)
                SpacetimeWorld.AssertDone(_deals.TryReceipt(0, number, batch));
            SpacetimeWorld.AssertRefused("TooManySamples", _deals.TryReceipt(0, number, 17));
            SpacetimeWorld.AssertDone(_deals.ByClient(deal, "deleteEarly()"));
        }
        Assert.Equal(4_096, Score()[1]);
    }

    /// <summary>Square roots are rounded down, so the bound may be a millionth higher.</summary>
    private void AssertScore(long asked, long served, long median)
    {
        long[] score = Score();
        Assert.InRange(score[0], LowerBound(served, asked), LowerBound(served, asked) + 1);
        Assert.Equal([asked, served, median, served], score[1..]);
    }

    private long[] Score()
    {
        byte[] score = _deals.World.Ask(GenesisContracts.Market, "scoreOf(uint64)", 0UL);
        return [.. Enumerable.Range(0, 5).Select(i => (long)Abi.WordAt(score, i).Low)];
    }

    /// <summary>Wilson's interval with z = 1.96, in millionths.</summary>
    private static long LowerBound(long served, long asked)
    {
        decimal n = asked, p = served / n, z2 = 3.8416m;
        decimal spread = (decimal)Math.Sqrt((double)(z2 * (p * (1 - p) / n) + z2 * z2 / (4 * n * n)));
        return (long)((p + z2 / (2 * n) - spread) / (1 + z2 / n) * 1_000_000);
    }
}
