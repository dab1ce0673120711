using System.Globalization;
using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What deals cost in gas. docs/BENCHMARKS.md has the table.</summary>
public class DealGasTests(ITestOutputHelper output)
{
    private readonly DealWorld _deals = new(providers: 16);

    [Fact]
    public void Each_step_of_a_deal_has_its_price()
    {
        Terms terms = _deals.Terms(16) with { Regions = [40, 756] };
        for (int provider = 0; provider < 16; provider++)
            SealSoon(provider);
        _ = _deals.World.AdvanceTo(_deals.Slot + _deals.World.Parameters.PrecommitDelay + 1);
        for (int provider = 0; provider < 16; provider++)
            SpacetimeWorld.AssertDone(_deals.World.TryClaim(provider, SpacetimeWorld.Claim(0, provider, 1)));
        terms = terms with { RegistrationEnd = _deals.Slot + 10, ActivationEnd = _deals.Slot + 60, End = _deals.Slot + 60 + _deals.Period };
        TransactionOutcome deployed = _deals.TryDeploy(terms);
        Report("Market.deploy", deployed);
        (ulong number, Address deal) = (Abi.WordAt(deployed.Output.Span, 0).Low, Abi.WordAt(deployed.Output.Span, 1).ToAddress());
        for (int provider = 0; provider < 16; provider++)
            Report(provider is 0 or 15 ? $"register, number {provider + 1} of 16" : "", _deals.TryRegister(deal, provider, 1_000));
        for (int provider = 0; provider < 16; provider++)
            Report(provider == 0 ? "activate" : "", _deals.TryActivate(deal, provider, 1, 3));
        Report("requestData", _deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 2UL));
        Report("claim HOT, of a request", _deals.TryHot(0, number, 1));
        Report("submitReceipts, 64 deliveries", _deals.TrySubmit(0, deal, 1, 64, 640, 10));
        _ = _deals.World.AdvanceTo(_deals.Slot + 2);
        Report("claim RECEIPT, 64 deliveries", _deals.TryReceipt(0, number, 1));
        Share share = _deals.ShareOf(deal, 0);
        _ = _deals.World.AdvanceTo(share.FirstOpens);
        Report("claim WINDOW", _deals.World.TryClaim(0, SpacetimeWorld.Claim((int)ClaimKind.Window, 0, share.Partition)));
        Report("claim HOT, of a window", _deals.TryHot(0, number));
        for (int provider = 0; provider < 16; provider++)
        {
            for (ulong region = 0; region < 2; region++)
                _deals.Receive(provider, deal, number, 3, 50 + (ulong)provider, region);
        }
        _ = _deals.World.AdvanceTo(terms.End);
        Report("settle, 16 providers of which most have missed a window", _deals.ByAnybody(deal, "settle()"));
        Report("Market.withdraw", _deals.World.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call("withdraw(address)", DealWorld.Client)));
    }

    /// <summary>Other deals and other providers cost a deal nothing.</summary>
    [Fact]
    public void Nothing_that_is_paid_for_grows_with_the_deals_and_providers_of_the_network()
    {
        DealWorld few = new(providers: 1);
        ulong[] alone = LifeOf(few), among = LifeAmongMany();
        Assert.Equal(alone.Length, among.Length);
        // A bit in a word that is not zero any more, or a counter: less than in an empty market, never more.
        Assert.All(alone.Zip(among), pair => Assert.InRange(pair.Second, 1UL, pair.First + 3_000));
    }

    private ulong[] LifeAmongMany()
    {
        for (int i = 0; i < 12; i++)
        {
            (_, Address deal) = _deals.Deploy(_deals.Terms());
            SpacetimeWorld.AssertDone(_deals.TryRegister(deal, 1 + i, 1_000));
        }
        return LifeOf(_deals);
    }

    private static ulong[] LifeOf(DealWorld deals)
    {
        deals.Seal(0, 1, place: 3);
        Terms terms = deals.Terms(periods: 1);
        TransactionOutcome deployed = deals.TryDeploy(terms);
        (ulong number, Address deal) = (Abi.WordAt(deployed.Output.Span, 0).Low, Abi.WordAt(deployed.Output.Span, 1).ToAddress());
        List<TransactionOutcome> all = [deployed, deals.TryRegister(deal, 0, 1_000), deals.TryActivate(deal, 0, 1, 3), deals.TrySubmit(0, deal, 1, 3, 30, 10)];
        _ = deals.World.AdvanceTo(deals.Slot + 2);
        all.Add(deals.TryReceipt(0, number, 1));
        _ = deals.World.AdvanceTo(terms.End);
        all.Add(deals.ByAnybody(deal, "settle()"));
        all.ForEach(SpacetimeWorld.AssertDone);
        return [.. all.Select(outcome => outcome.GasUsed)];
    }

    private void SealSoon(int provider) => SpacetimeWorld.AssertDone(
        _deals.World.TryPreCommit(provider, _deals.World.PreCommit(1, expiration: _deals.Slot + 60 * _deals.Period, commD: _deals.Piece.CommDAt(18, 3))));

    private void Report(string what, TransactionOutcome outcome)
    {
        if (what.Length > 0)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {outcome.GasUsed} gas"));
        SpacetimeWorld.AssertDone(outcome);
    }
}
