using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Roles.Tests.Client.Execution;
using Flashback.State.Store.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Provider.Deals;

/// <summary>Deals are found in the blocks that come: each once, whatever is restarted or reorganised.</summary>
public sealed class DealWatchTests : IDisposable
{
    private readonly SqliteStore _store = SqliteStore.OpenTemporary(ProviderDisk.Columns);
    private readonly Secp256k1SecretKey _key = Secp256k1SecretKey.Generate();
    private readonly LoggedChain _chain = new();
    private readonly ExecutionClient _node;
    private readonly TransactionSender _sender;
    private WorkQueue _queue;
    private DealWatch _watch;

    public DealWatchTests()
    {
        _node = new ExecutionClient(new Uri("http://node.test"), TimeSpan.FromSeconds(5), TimeProvider.System, _chain);
        _sender = new TransactionSender(
            _node, _key, new KeptJournal(), new ChainConfig(1, ChainConfig.MainnetDepositContract, new RulesActivation(0, ForkRules.Prague)), TimeSpan.FromSeconds(1), TimeProvider.System);
        (_queue, _watch) = Open();
    }

    public void Dispose()
    {
        _sender.Dispose();
        _node.Dispose();
        _key.Dispose();
        _store.Dispose();
    }

    [Fact]
    public async Task Each_deal_that_the_policy_takes_becomes_work_once_also_after_a_restart()
    {
        _chain.Deploy(block: 5, number: 1);
        await FollowAsync(head: 10);
        Assert.Equal([1UL], Numbers());
        WorkItem seen = _queue.Find(WorkId.OfDeal(1))!;
        _queue.TryReplace(seen, seen with { State = WorkState.DealRegistered });
        (_queue, _watch) = Open();
        _chain.Deploy(block: 11, number: 2);
        _chain.Deploy(block: 5_000, number: 3);
        await FollowAsync(head: 5_000);
        Assert.Equal([1UL, 2, 3], Numbers());
        Assert.Equal(WorkState.DealRegistered, _queue.Find(WorkId.OfDeal(1))!.State);
        DealDetails deal = _queue.Find(WorkId.OfDeal(3))!.Details.Deal!;
        Assert.Equal((5_000UL, 1_024L, "1000"), (deal.Block, deal.PieceSize, deal.CollateralWei));
    }

    [Fact]
    public async Task A_deal_that_a_reorganisation_brings_is_found_in_blocks_that_were_gone_through()
    {
        await FollowAsync(head: 100);
        Assert.Empty(Numbers());
        _chain.Deploy(block: 60, number: 1);
        await FollowAsync(head: 101);
        Assert.Equal([1UL], Numbers());
    }

    [Fact]
    public async Task Blocks_of_before_yesterday_are_not_gone_through_at_the_first_start_and_none_is_left_out_later()
    {
        _chain.Deploy(block: 1, number: 1);
        await FollowAsync(head: 20_000);
        Assert.Empty(Numbers());
        _chain.Deploy(block: 20_001, number: 2);
        (_queue, _watch) = Open();
        await FollowAsync(head: 40_000);
        Assert.Equal([2UL], Numbers());
    }

    [Fact]
    public async Task What_the_policy_refuses_is_no_work_and_may_be_taken_later()
    {
        _chain.Deploy(block: 5, number: 1);
        _chain.Balance = 0;
        await FollowAsync(head: 10);
        Assert.Empty(Numbers());
        _chain.Balance = 1_000_000;
        await FollowAsync(head: 11);
        Assert.Equal([1UL], Numbers());
    }

    [Fact]
    public async Task A_request_to_a_deal_that_runs_is_work_and_one_to_another_is_none()
    {
        _chain.Deploy(block: 5, number: 1);
        await FollowAsync(head: 10);
        WorkItem seen = _queue.Find(WorkId.OfDeal(1))!;
        _queue.TryReplace(seen, seen with { State = WorkState.DealActive });
        _chain.Request(block: 12, deal: 1, request: 3, until: 77);
        _chain.Request(block: 12, deal: 9, request: 1, until: 77);
        await FollowAsync(head: 12);
        await FollowAsync(head: 13);
        WorkItem request = Assert.Single(_queue.Of(WorkKind.Request));
        Assert.Equal((WorkId.OfRequest(1, 3), WorkState.RequestSeen, 78UL), (request.Id, request.State, request.Details.Closes));
    }

    private (WorkQueue Queue, DealWatch Watch) Open()
    {
        WorkQueue queue = new(_store, Guid.NewGuid().ToString("N"));
        KnownStorageNetwork network = new(0, 1, 2, UInt256.Zero, 0, 1, 60, 6, 5, 4, 5, 5, 2048, 2, 50_000_000_000, 1_000_000UL << 19, 60);
        ProviderChain chain = new(_node, _sender, 3, default, network, TimeProvider.System);
        EmptySectors empty = new(chain, queue, new SealingPace(chain, SealKind.Of(5)), canUpdate: true);
        DealDesk desk = new(new DealPolicy { Takes = true, Price = 1_000 }, chain, queue, empty);
        return (queue, new DealWatch(chain, queue, desk, _store, NullLogger.Instance));
    }

    private Task FollowAsync(ulong head)
    {
        _chain.Head = head;
        KnownProvider provider = new(3, default, default, default, 10_000_000_000_000, true, 2, 2, 1, UInt256.Zero, new ProviderAsk(UInt256.Zero, 0, 2048, 100_000, 0, ""));
        return _watch.FollowAsync(provider, slot: 10, TestContext.Current.CancellationToken);
    }

    private IEnumerable<ulong> Numbers() => _queue.Of(WorkKind.Deal).Select(item => item.Id.Subject).Order();

    /// <summary>A node that answers about logs.</summary>
    private sealed class LoggedChain : HttpMessageHandler
    {
        private readonly List<(ulong Block, JsonObject Log)> _logs = [];

        public ulong Head { get; set; }

        public ulong Balance { get; set; } = 1_000_000;

        public void Deploy(ulong block, ulong number)
        {
            DealTerms terms = new(Hash32.Read([.. Enumerable.Repeat((byte)number, 32)]), 1_024, 1, 1, 30, 100, 200, 1_000_000, 1_000);
            byte[] payload = MarketContract.Deploy(terms).Input[4..].ToArray();
            Add(block, StorageContracts.Market, [Abi.Topic("DealDeployed(uint64,address,address,(bytes32,uint64,uint8,uint8,uint40,uint40,uint40,uint128,uint128,uint16[],uint64[]))"), Word(number), Word(number), Word(77)], payload);
        }

        public void Request(ulong block, ulong deal, ulong request, ulong until) => Add(
            block, Address.Read(Word(deal).AsSpan()[12..]), [Abi.Topic("DataRequested(uint256,uint64,uint8,uint256)"), Word(request)], [.. Word(2).AsSpan(), .. Word(3).AsSpan(), .. Word(until).AsSpan()]);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using JsonDocument body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            JsonElement parameters = body.RootElement.GetProperty("params");
            JsonNode answer = body.RootElement.GetProperty("method").GetString() switch
            {
                "eth_getBalance" => JsonValue.Create(((UInt256)Balance).ToString())!,
                "eth_getBlockByNumber" => new JsonObject
                {
                    ["number"] = ((UInt256)Head).ToString(), ["hash"] = Word(Head).ToString(), ["parentHash"] = Word(Head - 1).ToString(), ["timestamp"] = "0xa", ["gasLimit"] = "0x1c9c380", ["baseFeePerGas"] = "0x1",
                },
                "eth_getLogs" => LogsOf(parameters[0]),
                var method => throw new InvalidOperationException(method),
            };
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["result"] = answer }.ToJsonString(), Encoding.UTF8, "application/json") };
        }

        private JsonArray LogsOf(JsonElement filter)
        {
            (ulong from, ulong to) = (NumberOf(filter, "fromBlock"), NumberOf(filter, "toBlock"));
            string topic = filter.GetProperty("topics")[0].GetString()!;
            return new JsonArray([.. _logs.Where(one => one.Block >= from && one.Block <= Math.Min(to, Head) && one.Log["topics"]![0]!.GetValue<string>() == topic).Select(one => one.Log.DeepClone())]);
        }

        private void Add(ulong block, Address contract, Hash32[] topics, byte[] payload) => _logs.Add((block, new JsonObject
        {
            ["address"] = contract.ToString(), ["topics"] = new JsonArray([.. topics.Select(topic => (JsonNode)JsonValue.Create(topic.ToString())!)]), ["data"] = Hex.Encode(payload),
            ["blockNumber"] = ((UInt256)block).ToString(), ["transactionHash"] = default(Hash32).ToString(),
        }));

        private static ulong NumberOf(JsonElement filter, string name) => Convert.ToUInt64(filter.GetProperty(name).GetString(), 16);

        private static Hash32 Word(ulong number) => ((UInt256)number).ToHash32();
    }
}
