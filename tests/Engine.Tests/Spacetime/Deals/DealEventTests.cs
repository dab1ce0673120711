using Flashback.Chain.Spacetime;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>Whatever changes in a deal is said in an event.</summary>
public class DealEventTests
{
    private static readonly Dictionary<Hash32, string> Events = new[] { "Market", "QonOptimizer", "Sectors" }.SelectMany(EventTests.EventsOf).DistinctBy(pair => pair.Key).ToDictionary();

    private readonly DealWorld _deals = new();
    private readonly HashSet<string> _seen = [];

    [Fact]
    public void Each_change_of_a_deal_has_its_events_and_each_event_its_change()
    {
        _deals.Seal(0, 1, place: 3);
        _deals.Seal(1, 1, place: 3);
        Terms terms = _deals.Terms(3, periods: 3);
        TransactionOutcome deployed = Expect("DealDeployed", _deals.TryDeploy(terms));
        (ulong number, Address deal) = (Abi.WordAt(deployed.Output.Span, 0).Low, Abi.WordAt(deployed.Output.Span, 1).ToAddress());
        (_, Address cancelled) = _deals.Deploy(terms);
        (_, Address deleted) = _deals.Deploy(terms with { Providers = 1 });
        Expect("DealCancelled Credited", _deals.ByClient(cancelled, "cancel()"));
        Expect("ShareSelected", _deals.TryRegister(deal, 0, 400));
        Expect("ShareSelected", _deals.TryRegister(deal, 1, 500));
        Expect("ShareSelected DealStarted Credited", _deals.TryRegister(deal, 2, 600));
        Expect("ShareActivated PlaceTaken", _deals.TryActivate(deal, 0, 1, 3));
        Expect("ShareActivated PlaceTaken", _deals.TryActivate(deal, 1, 1, 3));
        Expect("ReaderChanged", _deals.ByClient(deal, "setReader(address)", DealWorld.Reader));
        Expect("DataRequested", _deals.ByClient(deal, "requestData(uint64,uint8)", 0UL, 0UL));
        Expect("RequestAnswered ProofClaimed", _deals.TryHot(0, number, 1));
        Expect("ReceiptsSubmitted", _deals.TrySubmit(0, deal, 1, 3, 30, 10));
        _ = _deals.World.AdvanceTo(_deals.Slot + 2);
        Expect("ReceiptsProven ScoreChanged ProofClaimed", _deals.TryReceipt(0, number, 1));
        _ = _deals.RunTo(terms.ActivationEnd, deal, number, 1);
        Expect("ShareDropped Credited", _deals.ByAnybody(deal, "prune()")); // the third was late
        ulong newEnd = terms.End + 100, wei = _deals.Number(deal, "extensionFee(uint40)", newEnd) + 1;
        TransactionOutcome Propose() => _deals.World.Contracts.Send(DealWorld.Client, deal, Abi.Call("proposeExtension(uint40)", newEnd), wei);
        Expect("ExtensionProposed", Propose());
        Expect("Credited ExtensionWithdrawn", _deals.ByClient(deal, "withdrawExtension()"));
        Expect("ExtensionProposed", Propose());
        Expect("ExtensionAccepted", _deals.ByOperator(0, deal, "acceptExtension(uint64)"));
        Expect("ExtensionAccepted Credited DealExtended", _deals.ByOperator(1, deal, "acceptExtension(uint64)"));
        ulong[] window = _deals.World.Window(1, 0);
        _ = _deals.RunTo(window[2] > _deals.Slot ? window[2] : window[2] + _deals.Period, deal, number);
        SpacetimeWorld.AssertDone(_deals.World.TryClaim(1, SpacetimeWorld.Claim((int)ClaimKind.Window, 1, 0)));
        Expect("WindowShown ProofClaimed", _deals.TryHot(1, number));
        Expect("PlaceReleased ShareDropped Credited", _deals.ByOperator(0, deal, "abandon(uint64)"));
        _ = _deals.RunTo(newEnd, deal, number, 1);
        Expect("ScoreChanged PlaceReleased SharePaid Credited DealSettled", _deals.ByAnybody(deal, "settle()"));
        Expect("Withdrawn", _deals.World.Contracts.Send(DealWorld.Client, GenesisContracts.Market, Abi.Call("withdraw(address)", DealWorld.Client)));
        SpacetimeWorld.AssertDone(_deals.ByAnybody(deleted, "cancel()"));
        (_, deleted) = _deals.Deploy(_deals.Terms());
        SpacetimeWorld.AssertDone(_deals.TryRegister(deleted, 0, 400));
        Expect("SharePaid Credited DealDeleted Credited", _deals.ByClient(deleted, "deleteEarly()"));
        string[] ours = [.. new[] { "Market", "QonOptimizer" }.SelectMany(EventTests.EventsOf).Select(pair => pair.Value).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(ours, _seen.Where(ours.Contains).Order(StringComparer.Ordinal));
    }

    private TransactionOutcome Expect(string events, TransactionOutcome outcome)
    {
        SpacetimeWorld.AssertDone(outcome);
        string[] names = [.. outcome.Logs.Select(log => Events[log.Topics[0]])];
        Assert.Equal(events.Split(' '), names);
        _seen.UnionWith(names);
        return outcome;
    }
}
