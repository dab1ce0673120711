using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>A deal from its terms to the sectors that hold the piece.</summary>
public class DealRegistrationTests
{
    private readonly DealWorld _deals = new();

    [Fact]
    public void A_deal_is_a_contract_of_its_own_with_its_terms_and_its_escrow()
    {
        Terms terms = _deals.Terms(providers: 2) with { Regions = [40, 756], Ceiling = 5_000 };
        (ulong number, Address deal) = _deals.Deploy(terms);
        (ulong next, Address other) = _deals.Deploy(terms);
        Assert.Equal((1UL, 2UL), (number, next));
        Assert.NotEqual(deal, other);
        Assert.Equal(deal, Abi.WordAt(_deals.World.Ask(GenesisContracts.Market, "dealOf(uint64)", number), 0).ToAddress());
        Assert.Equal(number, _deals.Number(GenesisContracts.Market, "numberOf(address)", deal));
        Assert.Equal(10_000, _deals.BalanceOf(deal));
        Assert.Equal(DealWorld.Client, Abi.WordAt(_deals.World.Ask(deal, "client()"), 0).ToAddress());
        Assert.Equal(DealWorld.Client, Abi.WordAt(_deals.World.Ask(deal, "reader()"), 0).ToAddress());
        Assert.Equal(_deals.Piece.CommP, Hash32.Read(_deals.World.Ask(deal, "commP()")));
        ulong[] found = [.. new[] { "levels()", "cadence()", "wanted()", "registrationEnd()", "activationEnd()", "end()", "ceiling()", "minimumFee()", "number()" }.Select(view => _deals.Number(deal, view))];
        Assert.Equal([6, 1, 2, terms.RegistrationEnd, terms.ActivationEnd, terms.End, 5_000, 100, number], found);
        byte[] regions = _deals.World.Ask(deal, "regions()");
        Assert.Equal([2UL, 40, 756], Enumerable.Range(1, 3).Select(i => Abi.WordAt(regions, i).Low));
        Assert.Equal(Phase.Registration, _deals.PhaseOf(deal));
    }

    [Fact]
    public void Terms_that_cannot_be_kept_are_refused()
    {
        Terms good = _deals.Terms(providers: 2);
        void Refused(string error, Terms terms) => SpacetimeWorld.AssertRefused(error, _deals.TryDeploy(terms));
        Refused("InvalidPiece", good with { CommP = default(Hash32) });
        foreach (ulong size in new ulong[] { 0, 64, 2_049, 3_072, 1UL << 24 })
            Refused("InvalidPiece", good with { PieceSize = size });
        Refused("InvalidProviders", good with { Providers = 0 });
        Refused("InvalidProviders", good with { Providers = 17 });
        Refused("InvalidProviders", good with { Invited = [1] });
        Refused("InvalidProviders", good with { Invited = [.. Enumerable.Range(0, 33).Select(i => (ulong)i)] });
        Refused("InvalidTimes", good with { RegistrationEnd = _deals.Slot });
        Refused("InvalidTimes", good with { ActivationEnd = good.RegistrationEnd });
        Refused("InvalidTimes", good with { End = good.ActivationEnd + _deals.Period - 1 });
        Refused("InvalidTimes", good with { End = _deals.Slot + 1_825 * _deals.Period + 1 });
        foreach (int cadence in new[] { 0, 4, 6, 7 })
            Refused("InvalidCadence", good with { Cadence = cadence });
        foreach (ulong[] regions in new ulong[][] { [], [1, 2, 3, 4, 5], [2, 1], [3, 3] })
            Refused("InvalidRegions", good with { Regions = regions });
        SpacetimeWorld.AssertRefused("InvalidPayment", _deals.TryDeploy(good, good.Escrow - 1UL));
        SpacetimeWorld.AssertRefused("InvalidPayment", _deals.TryDeploy(good, good.Escrow + 1UL));
        foreach (Terms edge in new[]
        {
            good with { PieceSize = 1UL << 23 }, good with { PieceSize = 128 }, good with { Providers = 16, Ceiling = 0 }, good with { Regions = [0, 1, 2, 65_535] }, good with { Cadence = 3 },
            good with { End = good.ActivationEnd + _deals.Period }, good with { End = _deals.Slot + 1_825 * _deals.Period }, good with { Invited = [1, 2] },
        })
            SpacetimeWorld.AssertDone(_deals.TryDeploy(edge));
        Assert.Equal(8UL, _deals.Number(GenesisContracts.Market, "count()"));
    }

    [Fact]
    public void Nobody_but_Market_makes_a_deal_and_the_code_of_deals_is_none()
    {
        (_, Address deal) = _deals.Deploy(_deals.Terms());
        byte[] call = Abi.Call("initialize(uint64,address,(bytes32,uint64,uint8,uint8,uint40,uint40,uint40,uint128,uint128,uint16[],uint64[]))", 9UL, DealWorld.Client, _deals.Terms().Encoded);
        foreach (Address contract in new[] { deal, GenesisContracts.QonOptimizer })
        {
            SpacetimeWorld.AssertRefused("NotMarket", _deals.World.Contracts.Send(DealWorld.Client, contract, call, _deals.Terms().Escrow));
            SpacetimeWorld.AssertRefused("NotMarket", _deals.ByClient(contract, "claim(uint8,uint64,uint256)", 3UL, 0UL, 0UL));
        }
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByAnybody(GenesisContracts.QonOptimizer, "settle()"));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.TryRegister(GenesisContracts.QonOptimizer, 0, 1));
    }

    [Fact]
    public void The_first_that_may_take_part_do_and_what_they_do_not_ask_for_comes_back()
    {
        Terms terms = _deals.Terms(providers: 2) with { Ceiling = 1_000, Invited = [0, 2] };
        (_, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertRefused("NotInvited", _deals.TryRegister(deal, 1, 5));
        SpacetimeWorld.AssertRefused("FeeAboveCeiling", _deals.TryRegister(deal, 0, 1_001));
        SpacetimeWorld.AssertRefused("InvalidPayment", _deals.TryRegister(deal, 0, 5, collateral: 99));
        SpacetimeWorld.AssertRefused("NotOperator", _deals.World.Contracts.Send(DealWorld.Client, deal, Abi.Call("register(uint64,uint128)", 0UL, 5UL), 100));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _deals.World.Contracts.Send(DealWorld.Client, deal, Abi.Call("register(uint64,uint128)", 77UL, 5UL), 100));
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 2, 1_000, collateral: 300));
        SpacetimeWorld.AssertRefused("AlreadyRegistered", _deals.TryRegister(deal, 2, 5));
        Assert.Equal(Phase.Registration, _deals.PhaseOf(deal));
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 0));
        Assert.Equal(Phase.Running, _deals.PhaseOf(deal));
        Assert.Equal(1_000, _deals.CreditOf(DealWorld.Client));
        Assert.Equal(1_000 + 300 + 100, _deals.BalanceOf(deal));
        Assert.Equal([(2UL, Standing.Selected), (0UL, Standing.Selected)], _deals.SharesOf(deal).Select(share => (share.Provider, share.Standing)));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.TryRegister(deal, 1, 5));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByClient(deal, "cancel()"));
    }

    [Fact]
    public void Who_registers_too_late_is_refused_and_the_client_may_take_fewer()
    {
        Terms terms = _deals.Terms(providers: 3) with { Ceiling = 1_000 };
        (_, Address deal) = _deals.Deploy(terms);
        (_, Address lonely) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        SpacetimeWorld.AssertRefused("TooEarly", _deals.ByClient(deal, "takeFewer()"));
        _ = _deals.World.AdvanceTo(terms.RegistrationEnd);
        SpacetimeWorld.AssertRefused("TooLate", _deals.TryRegister(deal, 1, 400));
        SpacetimeWorld.AssertRefused("NotClient", _deals.ByAnybody(deal, "takeFewer()"));
        SpacetimeWorld.AssertRefused("NobodyRegistered", _deals.ByClient(lonely, "takeFewer()"));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "takeFewer()"));
        Assert.Equal(2_600, _deals.CreditOf(DealWorld.Client));
        Assert.Equal(Phase.Running, _deals.PhaseOf(deal));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByClient(deal, "takeFewer()"));
        _ = _deals.World.AdvanceTo(terms.ActivationEnd);
        SpacetimeWorld.AssertRefused("TooLate", _deals.ByClient(lonely, "takeFewer()"));
    }

    [Fact]
    public void A_deal_that_does_not_run_is_cancelled_by_the_client_at_once_and_by_anybody_when_it_no_longer_can()
    {
        Terms terms = _deals.Terms(providers: 2) with { Ceiling = 1_000 };
        (_, Address deal) = _deals.Deploy(terms);
        (_, Address forgotten) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400, collateral: 150));
        SpacetimeWorld.AssertDone(_deals.TryRegister(forgotten, 1, 400, collateral: 170));
        SpacetimeWorld.AssertRefused("TooEarly", _deals.ByAnybody(deal, "cancel()"));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "cancel()"));
        Assert.Equal((2_000, 150, Phase.Cancelled), (_deals.CreditOf(DealWorld.Client), _deals.CreditOf(0), _deals.PhaseOf(deal)));
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.ByClient(deal, "cancel()"));
        _ = _deals.World.AdvanceTo(terms.ActivationEnd);
        SpacetimeWorld.AssertDone(_deals.ByAnybody(forgotten, "cancel()"));
        Assert.Equal((4_000, 170), (_deals.CreditOf(DealWorld.Client), _deals.CreditOf(1)));
        Assert.Equal((BigInteger.Zero, BigInteger.Zero), (_deals.BalanceOf(deal), _deals.BalanceOf(forgotten)));
    }

    [Fact]
    public void A_share_is_active_once_a_sector_is_shown_to_hold_the_piece()
    {
        _deals.Seal(0, 1, place: 5, cadence: 2);
        (_, Address deal) = _deals.Deploy(_deals.Terms());
        SpacetimeWorld.AssertRefused("WrongPhase", _deals.TryActivate(deal, 0, 1, 5));
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        SpacetimeWorld.AssertRefused("NotInDeal", _deals.TryActivate(deal, 1, 1, 5));
        ulong slot = _deals.Slot;
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 5));
        Share share = _deals.ShareOf(deal, 0);
        Assert.Equal((1UL, slot, Standing.Active, _deals.Period / 2, (1UL << 12) + 5), (share.Sector, share.Activation, share.Standing, share.Step, share.Node));
        ulong[] window = _deals.World.Window(0, 0);
        Assert.Equal(window[1] > slot ? window[2] : window[2] + share.Step, share.FirstOpens);
        Assert.Equal(1UL, _deals.Number(GenesisContracts.Sectors, "dealsIn(uint64,uint64)", 0UL, 1UL));
        SpacetimeWorld.AssertRefused("WrongStanding", _deals.TryActivate(deal, 0, 1, 5));
    }

    [Fact]
    public void Sectors_that_do_not_hold_the_piece_or_not_as_asked_are_refused()
    {
        Terms terms = _deals.Terms() with { ActivationEnd = _deals.Slot + 100, End = _deals.Slot + 100 + 20 * _deals.Period, Cadence = 2 };
        (_, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        Hash32 commD = _deals.Piece.CommDAt(18, 5);
        _deals.Seal(0, 1, place: 5, cadence: 2);
        _deals.Seal(0, 2, place: 5, cadence: 1);
        _deals.Seal(0, 3, place: 5, cadence: 2, expiration: terms.End - 1);
        _deals.Seal(0, 4, cadence: 2, commD: _deals.World.EmptyCommD);
        _deals.Seal(0, 5, place: 5, cadence: 2);
        SpacetimeWorld.AssertDone(_deals.World.TryPreCommit(0, _deals.World.PreCommit(6, 2, commD: commD)));
        void Refused(string error, ulong sector, ulong place = 5, Hash32[]? path = null) => SpacetimeWorld.AssertRefused(error, _deals.TryActivate(deal, 0, sector, place, path));
        Hash32[] way = TestPiece.PathIn(18, 6);
        Refused("SectorNotLive", 6);
        Refused("SectorNotLive", 99);
        Refused("SectorTooSlow", 2);
        Refused("SectorEndsBefore", 3);
        Refused("SectorEmpty", 4);
        Refused("NotInSector", 1, place: 4);
        Refused("NotInSector", 1, place: 5 + (1 << 12)); // another way to write the same turns
        Refused("NotInSector", 1, path: way[1..]);
        Refused("NotInSector", 1, path: [.. way, way[0]]);
        Refused("NotInSector", 1, path: [Keccak.Hash256([1]), .. way[1..]]);
        SpacetimeWorld.AssertDone(_deals.World.Operate(0, "declareFaults(uint64,uint64[])", (object)new object[] { 5UL }));
        Refused("SectorFaulty", 5);
        SpacetimeWorld.AssertRefused("NotOperator", _deals.ByClient(deal, "activate(uint64,uint64,uint256,bytes32[])", 0UL, 1UL, 5UL, way.Cast<object>().ToArray()));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 5));
    }

    [Fact]
    public void Who_is_late_is_out_and_its_fee_and_collateral_are_the_clients()
    {
        Terms terms = _deals.Terms(providers: 2) with { Ceiling = 1_000 };
        _deals.Seal(0, 1, place: 5);
        terms = terms with { RegistrationEnd = _deals.Slot + 10, ActivationEnd = _deals.Slot + 60 };
        (_, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400, collateral: 110));
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 1, 700, collateral: 120));
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 5));
        _ = _deals.World.AdvanceTo(terms.ActivationEnd - 1);
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "prune()"));
        Assert.Equal(Standing.Selected, _deals.ShareOf(deal, 1).Standing);
        _ = _deals.World.AdvanceTo(terms.ActivationEnd);
        SpacetimeWorld.AssertRefused("TooLate", _deals.TryActivate(deal, 1, 1, 5));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "prune()"));
        Assert.Equal([Standing.Active, Standing.Out], _deals.SharesOf(deal).Select(share => share.Standing));
        Assert.Equal(820, _deals.CreditOf(DealWorld.Client) - before);
        Assert.Equal(510, _deals.BalanceOf(deal));
        Assert.Empty(_deals.World.End()); // nothing falls on the stake
    }
}
