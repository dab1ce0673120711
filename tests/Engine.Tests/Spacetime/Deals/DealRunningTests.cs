using System.Numerics;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What happens while a deal runs: windows, requests, receipts, extensions, and leaving.</summary>
public class DealRunningTests
{
    private readonly DealWorld _deals = new();

    [Fact]
    public void A_window_counts_once_when_replica_and_copy_are_proven_in_it()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(), 400);
        Share share = _deals.ShareOf(deal, 0);
        _ = _deals.World.AdvanceTo(share.FirstOpens - 1);
        SpacetimeWorld.AssertRefused("TooEarly", _deals.TryHot(0, number));
        _ = _deals.World.AdvanceTo(share.FirstOpens);
        SpacetimeWorld.AssertRefused("WindowNotProven", _deals.TryHot(0, number));
        SpacetimeWorld.AssertRefused("NotInDeal", _deals.TryHot(1, number));
        ValueTuple<object[]> window = SpacetimeWorld.Claim((int)ClaimKind.Window, 0, 0), hot = SpacetimeWorld.Claim((int)ClaimKind.Hot, 0, DealWorld.Subject(number));
        SpacetimeWorld.AssertRefused("WindowNotProven", _deals.World.TryClaim(0, hot, window));
        TransactionOutcome outcome = _deals.World.TryClaim(0, window, hot); // side by side, in one transaction
        SpacetimeWorld.AssertDone(outcome);
        StorageClaim claim = DealWorld.ClaimsOf(outcome)[^1];
        Assert.Equal((ClaimKind.Hot, 0UL, number, (uint)(16 * 32 * 7)), (claim.Kind, claim.Provider, claim.Subject, claim.Length));
        SpacetimeWorld.AssertRefused("WindowAlreadyShown", _deals.TryHot(0, number));
        byte[] proofs = _deals.World.Ask(deal, "proofsOf(uint64)", 0UL);
        Assert.Equal([0, 1, 1], Enumerable.Range(0, 3).Select(i => (int)Abi.WordAt(proofs, i).Low));
    }

    [Fact]
    public void A_window_does_not_count_with_a_faulty_sector_before_the_first_or_after_the_end()
    {
        _deals.Seal(0, 1, place: 3);
        ulong[] window = _deals.World.Window(0, 0);
        ulong opens = window[1] > _deals.Slot ? window[2] : window[2] + _deals.Period;
        _ = _deals.World.AdvanceTo(opens - 3); // its challenge is known: too late to be due in it
        Terms terms = _deals.Terms() with { RegistrationEnd = _deals.Slot + 10, ActivationEnd = _deals.Slot + 20, End = _deals.Slot + 20 + _deals.Period };
        (ulong number, Address deal) = _deals.Deploy(terms);
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 3));
        Share share = _deals.ShareOf(deal, 0);
        Assert.Equal(opens + _deals.Period, share.FirstOpens);
        _ = _deals.World.AdvanceTo(opens);
        SpacetimeWorld.AssertDone(_deals.World.TryClaim(0, SpacetimeWorld.Claim((int)ClaimKind.Window, 0, 0)));
        SpacetimeWorld.AssertRefused("WindowNotDue", _deals.TryHot(0, number));
        _ = _deals.World.AdvanceTo(share.FirstOpens); // it closes 20 slots later; the deal ends before
        Assert.True(terms.End < share.FirstOpens + 20);
        SpacetimeWorld.AssertDone(_deals.World.TryClaim(0, SpacetimeWorld.Claim((int)ClaimKind.Window, 0, 0)));
        SpacetimeWorld.AssertRefused("WindowNotDue", _deals.TryHot(0, number));
    }

    [Fact]
    public void A_faulty_sector_shows_no_window()
    {
        _deals.Seal(0, 2, place: 1); // keeps the partition proven
        (ulong number, Address deal) = _deals.Start(_deals.Terms(), 400);
        Share share = _deals.ShareOf(deal, 0);
        _ = _deals.World.AdvanceTo(share.FirstOpens - 10);
        SpacetimeWorld.AssertDone(_deals.World.Operate(0, "declareFaults(uint64,uint64[])", (object)new object[] { 1UL }));
        _ = _deals.World.AdvanceTo(share.FirstOpens);
        SpacetimeWorld.AssertDone(_deals.World.TryClaim(0, SpacetimeWorld.Claim((int)ClaimKind.Window, 0, share.Partition)));
        SpacetimeWorld.AssertRefused("SectorFaulty", _deals.TryHot(0, number));
    }

    [Fact]
    public void A_request_on_chain_is_answered_in_time_or_is_a_time_out()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(providers: 2), 400, 500);
        SpacetimeWorld.AssertRefused("NotReader", Request(deal, 0, 0, SpacetimeWorld.Sender));
        SpacetimeWorld.AssertRefused("InvalidRequest", Request(deal, 0, 7)); // a piece of 64 nodes
        SpacetimeWorld.AssertRefused("InvalidRequest", Request(deal, 4, 4));
        ulong asked = _deals.Slot;
        SpacetimeWorld.AssertDone(Request(deal, 3, 4));
        SpacetimeWorld.AssertRefused("TooEarly", Request(deal, 0, 0));
        _ = _deals.World.AdvanceTo(asked + _deals.DisputeWindow);
        TransactionOutcome outcome = _deals.TryHot(0, number, item: 1);
        SpacetimeWorld.AssertDone(outcome);
        StorageClaim claim = Assert.Single(DealWorld.ClaimsOf(outcome));
        Assert.Equal((DealWorld.Subject(number, 1), 32U * (16 + 2)), (claim.Subject, claim.Length));
        SpacetimeWorld.AssertRefused("AlreadyAnswered", _deals.TryHot(0, number, item: 1));
        SpacetimeWorld.AssertRefused("UnknownRequest", _deals.TryHot(0, number, item: 2));
        SpacetimeWorld.AssertRefused("TooEarly", Request(deal, 0, 0));
        _ = _deals.World.AdvanceTo(_deals.Slot + 1);
        SpacetimeWorld.AssertRefused("TooLate", _deals.TryHot(1, number, item: 1));
        SpacetimeWorld.AssertDone(Request(deal, 63, 0));
        byte[] inputs = _deals.World.Ask(GenesisContracts.Market, "hotInputs(uint64,uint64)", 0UL, DealWorld.Subject(number, 1));
        Assert.Equal([6UL, 4UL, 128UL, 1UL, 3UL], Enumerable.Range(1, 5).Select(i => Abi.WordAt(inputs, i).Low));
    }

    [Fact]
    public void Requests_on_chain_end_with_the_deal_and_are_so_many_and_the_reader_makes_them_too()
    {
        (_, Address deal) = _deals.Start(_deals.Terms(periods: 12), 400);
        SpacetimeWorld.AssertRefused("NotClient", _deals.World.Contracts.Send(DealWorld.Reader, deal, Abi.Call("setReader(address)", DealWorld.Reader)));
        SpacetimeWorld.AssertRefused("NotReader", Request(deal, 0, 0, DealWorld.Reader));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "setReader(address)", DealWorld.Reader));
        for (int i = 0; i < 64; i++)
        {
            SpacetimeWorld.AssertDone(Request(deal, 0, 0, DealWorld.Reader));
            _ = _deals.World.AdvanceTo(_deals.Slot + _deals.DisputeWindow + 1);
        }
        SpacetimeWorld.AssertRefused("TooManyRequests", Request(deal, 0, 0));
        _ = _deals.World.AdvanceTo(_deals.Number(deal, "end()") - _deals.DisputeWindow);
        SpacetimeWorld.AssertRefused("TooLate", Request(deal, 0, 0));
    }

    [Fact]
    public void Who_became_active_after_a_request_is_not_asked()
    {
        _deals.Seal(0, 1, place: 3);
        (ulong number, Address deal) = _deals.Deploy(_deals.Terms());
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        SpacetimeWorld.AssertDone(Request(deal, 0, 0));
        SpacetimeWorld.AssertRefused("WrongStanding", _deals.TryHot(0, number, item: 1));
        SpacetimeWorld.AssertDone(_deals.TryActivate(deal, 0, 1, 3));
        SpacetimeWorld.AssertRefused("UnknownRequest", _deals.TryHot(0, number, item: 1));
    }

    [Fact]
    public void Receipts_are_fixed_first_then_claimed_once_and_in_order()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms() with { Regions = [40, 756] }, 400);
        SpacetimeWorld.AssertRefused("NotParty", _deals.TrySubmit(0, deal, 1, 3, 30, 10, by: SpacetimeWorld.Sender));
        SpacetimeWorld.AssertRefused("NotInDeal", _deals.TrySubmit(1, deal, 1, 3, 30, 10));
        foreach ((ulong count, ulong region) in new (ulong, ulong)[] { (0, 0), (65, 0), (1, 2) })
            SpacetimeWorld.AssertRefused("InvalidBatch", _deals.TrySubmit(0, deal, 1, count, 30, 10, region));
        ulong slot = _deals.Slot;
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1, 3, 30, 10));
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 2, 1, 11, 11, by: SpacetimeWorld.OperatorOf(0)));
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 4, 64, 640, 10, by: SpacetimeWorld.OperatorOf(0)));
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1, 1, 9, 9, region: 1));
        _ = _deals.World.AdvanceTo(slot + 1);
        SpacetimeWorld.AssertRefused("TooEarly", _deals.TryReceipt(0, number, 1));
        _ = _deals.World.AdvanceTo(slot + 2);
        SpacetimeWorld.AssertRefused("NotNext", _deals.TryReceipt(0, number, 3));
        TransactionOutcome outcome = _deals.TryReceipt(0, number, 1); // by anybody
        SpacetimeWorld.AssertDone(outcome);
        StorageClaim claim = Assert.Single(DealWorld.ClaimsOf(outcome));
        Assert.Equal((ClaimKind.Receipt, DealWorld.Subject(number, 1), 3U * (185 + 6 * 32)), (claim.Kind, claim.Subject, claim.Length));
        SpacetimeWorld.AssertRefused("AlreadyProven", _deals.TryReceipt(0, number, 1));
        SpacetimeWorld.AssertRefused("NotNext", _deals.TryReceipt(0, number, 2)); // deliveries count once
        SpacetimeWorld.AssertRefused("UnknownBatch", _deals.TryReceipt(0, number, 5));
        SpacetimeWorld.AssertDone(_deals.TryReceipt(0, number, 3));
        SpacetimeWorld.AssertDone(_deals.TryReceipt(0, number, 4));
        Assert.Equal([670, 67, 9, 1], new[] { 0UL, 1UL }.SelectMany(region => Tally(deal, 0, region)));
    }

    [Fact]
    public void A_batch_says_what_must_be_shown_and_by_whom_it_must_be_signed()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms() with { Regions = [40, 756] }, 400);
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "setReader(address)", DealWorld.Reader));
        ulong slot = _deals.Slot;
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1, 3, 31, 10, region: 1, by: DealWorld.Reader));
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1, 3, 31, 10, region: 0, by: SpacetimeWorld.OperatorOf(0)));
        _ = _deals.World.AdvanceTo(slot + 2);
        Hash32 domain = Delivery.DomainOf(ContractWorld.ChainId, deal), root = Keccak.Hash256([1]);
        Hash32 seed = Keccak.Hash256([.. "flashback/receipt"u8, .. new byte[15], .. SpacetimeWorld.RandaoOf(slot + 1).AsSpan(), .. root.AsSpan()]);
        Hash32[] Words(params object[] words) => [.. words.Select(word => Hash32.Read(Abi.Encode(word)))];
        Assert.Equal(Words(domain, root, SpacetimeWorld.OperatorOf(0), 0UL, 756UL, _deals.Piece.CommP, 6UL, 1UL, 3UL, 31UL, 10UL, seed), Inputs(1));
        Assert.Equal(Words(domain, root, DealWorld.Reader, 0UL, 40UL, _deals.Piece.CommP, 6UL, 1UL, 3UL, 31UL, 10UL, seed), Inputs(2));
        Hash32[] Inputs(ulong batch)
        {
            byte[] inputs = _deals.World.Ask(GenesisContracts.Market, "receiptInputs(uint64,uint64)", 0UL, DealWorld.Subject(number, batch));
            return [.. Enumerable.Range(0, 12).Select(i => Hash32.Read(inputs.AsSpan(32 * i, 32)))];
        }
        byte[] stored = _deals.World.Ask(deal, "batchOf(uint256)", 2UL);
        Assert.Equal(slot, Abi.WordAt(stored, 2).Low);
    }

    [Fact]
    public void Receipts_end_with_the_deal_and_with_the_share()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(providers: 2), 400, 500);
        SpacetimeWorld.AssertDone(_deals.TrySubmit(0, deal, 1, 3, 30, 10));
        SpacetimeWorld.AssertDone(_deals.TrySubmit(1, deal, 1, 3, 30, 10));
        _ = _deals.World.AdvanceTo(_deals.Slot + 2);
        SpacetimeWorld.AssertRefused("UnknownBatch", _deals.TryReceipt(1, number, 1)); // of another provider
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "abandon(uint64)"));
        SpacetimeWorld.AssertRefused("WrongStanding", _deals.TryReceipt(0, number, 1));
        SpacetimeWorld.AssertRefused("WrongStanding", _deals.TrySubmit(0, deal, 1, 3, 30, 10));
        _ = _deals.RunTo(_deals.Number(deal, "end()"), deal, number, 1);
        SpacetimeWorld.AssertRefused("TooLate", _deals.TryReceipt(1, number, 2));
        SpacetimeWorld.AssertRefused("TooLate", _deals.TrySubmit(1, deal, 1, 3, 30, 10));
    }

    [Fact]
    public void Who_abandons_a_deal_loses_fee_and_collateral_and_pays_the_fee_once_more()
    {
        (_, Address deal) = _deals.Start(_deals.Terms(providers: 2), 7_000_000_123, 500);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertRefused("NotOperator", _deals.ByClient(deal, "abandon(uint64)", 0UL));
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "abandon(uint64)"));
        SpacetimeWorld.AssertRefused("WrongStanding", _deals.ByOperator(0, deal, "abandon(uint64)"));
        Assert.Equal(7_000_000_123 + 100, _deals.CreditOf(DealWorld.Client) - before);
        Penalty penalty = Assert.Single(_deals.World.End());
        Assert.Equal((_deals.World.Beacon[0].PublicKey, 7UL, (byte)0), (penalty.PublicKey, penalty.Gwei, penalty.Kind)); // whole Gwei
        Assert.Equal(600, _deals.BalanceOf(deal));
    }

    [Fact]
    public void A_selected_provider_that_abandons_before_it_is_active_is_as_one_that_is_late()
    {
        (_, Address deal) = _deals.Deploy(_deals.Terms());
        SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 0, 400));
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "abandon(uint64)"));
        Assert.Equal(500, _deals.CreditOf(DealWorld.Client) - before);
        Assert.Empty(_deals.World.End());
    }

    [Fact]
    public void A_sector_that_was_faulty_too_long_ends_its_share_of_the_deal()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(providers: 2, periods: 10), 5_000_000_000, 500);
        ulong charged = 0;
        while (Abi.WordAt(_deals.World.Ask("sectorOf(uint64,uint64)", 0UL, 1UL), 11).Low == 1)
            charged += (ulong)_deals.RunTo(_deals.Slot + 1, deal, number, 1).Sum(penalty => (long)penalty.Gwei);
        Assert.Equal(Standing.Active, _deals.ShareOf(deal, 0).Standing);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "prune()"));
        Assert.Equal([Standing.Out, Standing.Active], _deals.SharesOf(deal).Select(share => share.Standing));
        Assert.Equal(5_000_000_100, _deals.CreditOf(DealWorld.Client) - before);
        Assert.Equal(5UL, Assert.Single(_deals.World.End()).Gwei); // beside the termination fee, which the window's close has charged
        Assert.Equal((3 + 5 + 14) * 3_906UL, charged);
    }

    [Fact]
    public void A_provider_whose_validator_leaves_is_out_of_its_deals()
    {
        (_, Address deal) = _deals.Start(_deals.Terms(), 5_000_000_000);
        _deals.World.Beacon.Change(0, validator => validator with { Slashed = true });
        _ = _deals.World.AdvanceTo(_deals.Slot + 1);
        SpacetimeWorld.AssertDone(_deals.World.TryRefresh(_deals.World.Beacon.Prove(0, _deals.World.Timestamp)));
        SpacetimeWorld.AssertRefused("ProviderNotActive", _deals.ByOperator(0, deal, "abandon(uint64)"));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "prune()"));
        Penalty penalty = Assert.Single(_deals.World.End());
        Assert.Equal((14 * 3_906UL + 5, (byte)1), (penalty.Gwei, penalty.Kind));
        Assert.Equal(BigInteger.Zero, _deals.BalanceOf(deal));
    }

    [Fact]
    public void An_extension_is_paid_in_proportion_and_needs_all_that_are_left()
    {
        (ulong number, Address deal) = _deals.Start(_deals.Terms(providers: 3), 401, 500, 600);
        (ulong start, ulong end) = (_deals.Number(deal, "activationEnd()"), _deals.Number(deal, "end()"));
        ulong newEnd = end + 101;
        TransactionOutcome Propose(ulong at, ulong wei, Address? by = null) => _deals.World.Contracts.Send(by ?? DealWorld.Client, deal, Abi.Call("proposeExtension(uint40)", at), wei);
        SpacetimeWorld.AssertRefused("TooEarly", Propose(newEnd, 10_000));
        _ = _deals.RunTo(start, deal, number, 0, 1, 2);
        ulong[] added = [.. new ulong[] { 401, 500, 600 }.Select(fee => fee * 101 / (end - start))];
        Assert.Equal(added[0] + added[1] + added[2], _deals.Number(deal, "extensionFee(uint40)", newEnd));
        SpacetimeWorld.AssertRefused("NotClient", Propose(newEnd, 10_000, SpacetimeWorld.Sender));
        SpacetimeWorld.AssertRefused("InvalidEnd", Propose(end, 10_000));
        SpacetimeWorld.AssertRefused("InvalidPayment", Propose(newEnd, added[0] + added[1] + added[2] - 1));
        SpacetimeWorld.AssertRefused("NoExtension", _deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertRefused("NoExtension", _deals.ByClient(deal, "withdrawExtension()"));
        SpacetimeWorld.AssertDone(Propose(newEnd, 10_000));
        SpacetimeWorld.AssertRefused("ExtensionPending", Propose(newEnd, 10_000));
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertRefused("NotClient", _deals.ByAnybody(deal, "withdrawExtension()"));
        SpacetimeWorld.AssertDone(_deals.ByClient(deal, "withdrawExtension()"));
        Assert.Equal(10_000, _deals.CreditOf(DealWorld.Client) - before);
        SpacetimeWorld.AssertDone(Propose(newEnd, 10_000));
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertDone(_deals.ByOperator(1, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertDone(_deals.ByOperator(2, deal, "abandon(uint64)")); // does not agree
        Assert.Equal(end, _deals.Number(deal, "end()"));
        before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertDone(_deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        Assert.Equal(newEnd, _deals.Number(deal, "end()"));
        Assert.Equal([401 + added[0], 500 + added[1]], _deals.SharesOf(deal).Take(2).Select(share => (ulong)share.Fee));
        Assert.Equal(10_000 - added[0] - added[1], _deals.CreditOf(DealWorld.Client) - before);
        Assert.Equal(0UL, _deals.Number(deal, "proposedEnd()"));
    }

    [Fact]
    public void An_extension_beyond_a_sectors_life_is_not_agreed_to_and_what_was_paid_for_one_comes_back_at_the_end()
    {
        _deals.Seal(0, 1, place: 3, expiration: _deals.Slot + 2 + 6 * _deals.Period);
        (ulong number, Address deal) = _deals.Start(_deals.Terms(), 400);
        _ = _deals.RunTo(_deals.Number(deal, "activationEnd()"), deal, number, 0);
        ulong newEnd = _deals.Number(deal, "end()") + 4 * _deals.Period;
        SpacetimeWorld.AssertDone(_deals.World.Contracts.Send(DealWorld.Client, deal, Abi.Call("proposeExtension(uint40)", newEnd), 10_000));
        SpacetimeWorld.AssertRefused("SectorEndsBefore", _deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertRefused("NotOperator", _deals.ByClient(deal, "acceptExtension(uint64)", 0UL));
        _ = _deals.RunTo(_deals.Number(deal, "end()"), deal, number, 0);
        BigInteger before = _deals.CreditOf(DealWorld.Client);
        SpacetimeWorld.AssertRefused("TooLate", _deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deal, "settle()"));
        Assert.Equal(10_000, _deals.CreditOf(DealWorld.Client) - before);
        Assert.Equal(500, _deals.CreditOf(0));
    }

    private TransactionOutcome Request(Address deal, ulong place, ulong height, Address? by = null) =>
        _deals.World.Contracts.Send(by ?? DealWorld.Client, deal, Abi.Call("requestData(uint64,uint8)", place, height));

    private ulong[] Tally(Address deal, int provider, ulong region)
    {
        byte[] tally = _deals.World.Ask(deal, "tallyOf(uint64,uint256)", (ulong)provider, region);
        return [Abi.WordAt(tally, 0).Low, Abi.WordAt(tally, 1).Low];
    }
}
