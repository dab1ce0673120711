using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Chain.Spacetime;
using Flashback.Client;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Spacetime.Deals;

/// <summary>What Client says to Market and to deals, and reads of them, with the contracts themselves on the other side.</summary>
public sealed class DealBindingTests
{
    private readonly DealWorld _world = new(providers: 2);
    private readonly List<Log> _logs = [];

    public static TheoryData<string, IReadOnlyList<string>> Told => new()
    {
        { "Market", MarketContract.Errors },
        { "QonOptimizer", DealContract.Errors },
        { "Sectors", SectorsContract.Errors },
        { "Providers", ProvidersContract.Errors },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deal_is_led_from_its_terms_to_the_last_coin()
    {
        using ExecutionClient node = new(new Uri("http://world"), TimeSpan.FromSeconds(10), TimeProvider.System, new ContractNode(_world, _logs));
        _world.Seal(0, 1, place: 3);
        _world.Seal(1, 1, place: 3);
        DealTerms terms = Terms() with { Regions = [0, 756], Invited = [0, 1] };
        Send(DealWorld.Client, MarketContract.Deploy(terms));

        DeployedDeal deal = Assert.Single(await MarketContract.GetDealsAsync(node, DealWorld.Client, 0, 9, Cancellation));
        Assert.Equal((1ul, DealWorld.Client), (deal.Number, deal.Client));
        Assert.Equal(terms with { Regions = deal.Terms.Regions, Invited = deal.Terms.Invited }, deal.Terms);
        Assert.Equal([0ul, 756], deal.Terms.Regions);
        Assert.Equal([0ul, 1], deal.Terms.Invited);
        Assert.Equal(deal.Contract, (await MarketContract.FindDealAsync(node, deal.Number, 0, 1000, Cancellation))?.Contract);
        Assert.Null(await MarketContract.FindDealAsync(node, deal.Number + 1, 0, 1000, Cancellation));
        Assert.Equal(DealPhase.Registration, await DealContract.GetPhaseAsync(node, deal.Contract, Cancellation));
        Assert.Empty(await DealContract.GetSharesAsync(node, deal.Contract, Cancellation));

        Send(SpacetimeWorld.OperatorOf(0), DealContract.Register(deal.Contract, 0, 700, 150));
        Send(SpacetimeWorld.OperatorOf(1), DealContract.Register(deal.Contract, 1, 500, 100));
        for (int provider = 0; provider < 2; provider++)
            Send(SpacetimeWorld.OperatorOf(provider), DealContract.Activate(deal.Contract, (ulong)provider, 1, 3, TestPiece.PathIn(18, _world.Piece.Rows)));
        Assert.Equal(DealPhase.Running, await DealContract.GetPhaseAsync(node, deal.Contract, Cancellation));
        IReadOnlyList<DealShare> shares = await DealContract.GetSharesAsync(node, deal.Contract, Cancellation);
        Assert.All(shares, share => Assert.True(share.FirstOpens > 0 && share.LastOpens == 0));
        Assert.Equal(
            [new DealShare(0, 1, 0, ShareStanding.Active, 700, 150, 0), new DealShare(1, 1, 0, ShareStanding.Active, 500, 100, 0)], shares.Select(share => share with { FirstOpens = 0 }));
        Assert.Equal(shares[1], await DealContract.FindShareAsync(node, deal.Contract, 1, Cancellation));
        Assert.Null(await DealContract.FindShareAsync(node, deal.Contract, 7, Cancellation));

        Send(DealWorld.Client, DealContract.RequestData(deal.Contract, 2, 3));
        HotInputs request = await MarketContract.GetHotInputsAsync(node, 0, MarketContract.SubjectOf(deal.Number, 1), Cancellation);
        Assert.Equal((_world.Piece.CommP, _world.Piece.Rows, 3), (request.CommP, request.Rows, request.Height));
        Assert.Equal([2ul], request.Places);

        Send(DealWorld.Client, DealContract.SetReader(deal.Contract, DealWorld.Reader));
        Assert.Equal(DealWorld.Reader, await DealContract.GetReaderAsync(node, deal.Contract, Cancellation));
        Delivery[] deliveries = [.. Enumerable.Range(1, 3).Select(number => new Delivery(default, 1, (ulong)number, 0, 10, 756, 5, (uint)(40 - number), default))];
        TransactionOutcome submitted = Send(DealWorld.Reader, DealContract.SubmitReceipts(deal.Contract, 1, 1, deliveries, ContractWorld.ChainId));
        byte[] batch = _world.World.Ask(deal.Contract, "batchOf(uint256)", Abi.WordAt(submitted.Output.Span, 0));
        Hash32 domain = Delivery.DomainOf(ContractWorld.ChainId, deal.Contract);
        Assert.Equal(Delivery.RootOf([.. deliveries.Select(delivery => delivery.SigningHash(domain))]), Abi.WordAt(batch, 0).ToHash32());
        Assert.Equal([3ul, 1, 114, 38], new[] { 4, 7, 8, 9 }.Select(word => Abi.WordAt(batch, word).Low)); // how many, from which number on, the sum and the median

        ulong end = await DealContract.GetEndAsync(node, deal.Contract, Cancellation);
        Assert.Equal(terms.End, end);
        _ = _world.RunTo(end, deal.Contract, deal.Number, 0, 1);
        Assert.Equal(_world.ShareOf(deal.Contract, 0).Proven, (await DealContract.GetSharesAsync(node, deal.Contract, Cancellation))[0].ProvenWindows);
        Send(SpacetimeWorld.Sender, DealContract.Settle(deal.Contract));
        Assert.Equal(DealPhase.Settled, await DealContract.GetPhaseAsync(node, deal.Contract, Cancellation));

        Address owner = BeaconRecords.OwnerOf(0);
        Assert.Equal((UInt256)850, await MarketContract.GetCreditAsync(node, owner, Cancellation)); // nobody was ranked: its own fee and its collateral
        Send(owner, MarketContract.Withdraw(SpacetimeWorld.Sender));
        Assert.Equal(UInt256.Zero, await MarketContract.GetCreditAsync(node, owner, Cancellation));
        ProviderScore score = await MarketContract.GetScoreAsync(node, 0, Cancellation);
        Assert.Equal((1ul, 0ul, 0ul), (score.Asked, score.Served, score.Timed)); // the request on chain, which nobody answered
    }

    [Fact]
    public async Task A_deal_that_does_not_run_is_cancelled_or_goes_on_with_fewer_and_one_that_runs_is_left_or_deleted()
    {
        using ExecutionClient node = new(new Uri("http://world"), TimeSpan.FromSeconds(10), TimeProvider.System, new ContractNode(_world, _logs));
        Address cancelled = Deploy(), left = Deploy(), late = Deploy(), deleted = Deploy();
        Send(DealWorld.Client, DealContract.Cancel(cancelled));
        foreach (Address deal in (ReadOnlySpan<Address>)[left, late, deleted])
            Send(SpacetimeWorld.OperatorOf(0), DealContract.Register(deal, 0, 10, 100));
        _ = _world.World.AdvanceTo(_world.Slot + 10);
        foreach (Address deal in (ReadOnlySpan<Address>)[left, late, deleted])
            Send(DealWorld.Client, DealContract.TakeFewer(deal));
        Send(SpacetimeWorld.OperatorOf(0), DealContract.Abandon(left, 0));
        _ = _world.World.AdvanceTo(_world.Slot + 60);
        Send(SpacetimeWorld.Sender, DealContract.Prune(late));
        Send(DealWorld.Client, DealContract.DeleteEarly(deleted));

        Assert.Equal(DealPhase.Cancelled, await DealContract.GetPhaseAsync(node, cancelled, Cancellation));
        Assert.Equal(ShareStanding.Out, Assert.Single(await DealContract.GetSharesAsync(node, left, Cancellation)).Standing);
        Assert.Equal(ShareStanding.Out, Assert.Single(await DealContract.GetSharesAsync(node, late, Cancellation)).Standing);
        Assert.Equal(DealPhase.Deleted, await DealContract.GetPhaseAsync(node, deleted, Cancellation));
    }

    [Fact]
    public async Task A_running_deal_is_extended_when_all_agree_and_not_when_the_client_thinks_again()
    {
        using ExecutionClient node = new(new Uri("http://world"), TimeSpan.FromSeconds(10), TimeProvider.System, new ContractNode(_world, _logs));
        (_, Address deal) = _world.Start(_world.Terms(2), 600, 500);
        _ = _world.World.AdvanceTo(_world.Number(deal, "activationEnd()"));
        ulong end = await DealContract.GetEndAsync(node, deal, Cancellation), later = end + _world.Period;
        Send(DealWorld.Client, DealContract.ProposeExtension(deal, later, 10_000));
        Send(DealWorld.Client, DealContract.WithdrawExtension(deal));
        Assert.Equal(0ul, _world.Number(deal, "proposedEnd()"));
        Send(DealWorld.Client, DealContract.ProposeExtension(deal, later, 10_000));
        Send(SpacetimeWorld.OperatorOf(0), DealContract.AcceptExtension(deal, 0));
        Assert.Equal(end, await DealContract.GetEndAsync(node, deal, Cancellation));
        Send(SpacetimeWorld.OperatorOf(1), DealContract.AcceptExtension(deal, 1));
        Assert.Equal(later, await DealContract.GetEndAsync(node, deal, Cancellation));
    }

    [Theory]
    [MemberData(nameof(Told))]
    public void Every_error_of_the_contract_can_be_told_to_people(string contract, IReadOnlyList<string> told)
    {
        using JsonDocument parts = JsonDocument.Parse(ContractArtifact.Load(contract).Abi);
        IEnumerable<string> errors = parts.RootElement.EnumerateArray().Where(part => part.GetProperty("type").GetString() == "error")
            .Select(part => $"{part.GetProperty("name")}({string.Join(',', part.GetProperty("inputs").EnumerateArray().Select(input => input.GetProperty("type")))})");
        Assert.Equal(errors.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private DealTerms Terms() => new(_world.Piece.CommP, _world.Piece.PaddedSize, 2, 1, _world.Slot + 10, _world.Slot + 60, _world.Slot + 60 + (2 * _world.Period), 1000, 100);

    private Address Deploy() => Abi.WordAt(Send(DealWorld.Client, MarketContract.Deploy(Terms())).Output.Span, 1).ToAddress();

    private TransactionOutcome Send(in Address from, TransactionDraft draft)
    {
        TransactionOutcome outcome = _world.World.Contracts.Send(from, draft.To, draft.Input.ToArray(), draft.Value);
        SpacetimeWorld.AssertDone(outcome);
        _logs.AddRange(outcome.Logs);
        return outcome;
    }

    /// <summary>Answers as a node does whose chain is the world's contracts.</summary>
    private sealed class ContractNode(DealWorld world, List<Log> logs) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            JsonNode asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!;
            JsonNode? first = asked["params"]![0];
            JsonNode result = asked["method"]!.GetValue<string>() switch
            {
                "eth_call" => Hex.Encode(world.World.Contracts.Ask(FixedBytes.Parse<Address>(first!["to"]!.GetValue<string>()), Hex.Decode(first["input"]!.GetValue<string>().AsSpan(2))).Output.Span),
                "eth_getLogs" => new JsonArray([.. logs.Where(log => IsAsked(log, first!)).Select(ToJson)]),
                string other => throw new NotSupportedException(other),
            };
            string answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = result }.ToJsonString();
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }

        private static bool IsAsked(Log log, JsonNode filter)
        {
            string?[] topics = [.. filter["topics"]!.AsArray().Select(topic => topic?.GetValue<string>())];
            return log.Address.ToString() == filter["address"]!.GetValue<string>() && log.Topics.Count >= topics.Length
                && topics.Index().All(asked => asked.Item is null || log.Topics[asked.Index].ToString() == asked.Item);
        }

        private static JsonObject ToJson(Log log) => new()
        {
            ["address"] = log.Address.ToString(), ["topics"] = new JsonArray([.. log.Topics.Select(topic => (JsonNode)JsonValue.Create(topic.ToString()))]),
            ["data"] = Hex.Encode(log.Payload.Span), ["blockNumber"] = "0x1", ["transactionHash"] = default(Hash32).ToString(),
        };
    }
}
