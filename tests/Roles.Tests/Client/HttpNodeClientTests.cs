using System.Net;
using System.Text.Json;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Roles.Tests.Client;

/// <summary>The Beacon API as its specification writes it: paths, bodies, headers, answers, status codes.</summary>
public sealed class HttpNodeClientTests
{
    private const string Root = "0xcf8e0d4e9587369b2301d0790347320302cc0943d5a1884560367e8208d920f2";
    private const string Key = "0x93247f2209abcacf57b75a51dafae777f9dd38bc7053d1af526f220a7489a6d3a2753e5f3e8b1cfe39b56f43611df74a";

    private static readonly ConsensusConfig Config = ConsensusConfig.Minimal;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reads_when_the_chain_began_how_far_the_node_is_and_its_head()
    {
        using HttpNodeClient node = Make(out _, request => request.Path switch
        {
            "/base/eth/v1/beacon/genesis" => ScriptedApi.Json($$$"""{"data":{"genesis_time":"1590832934","genesis_validators_root":"{{{Root}}}","genesis_fork_version":"0x00000001"}}"""),
            "/base/eth/v1/node/syncing" => ScriptedApi.Json("""{"data":{"head_slot":"7","sync_distance":"2","is_syncing":false,"is_optimistic":true,"el_offline":false}}"""),
            _ => ScriptedApi.Json($$$"""{"execution_optimistic":false,"finalized":false,"data":{"root":"{{{Root}}}"}}"""),
        });
        Assert.Equal(new NodeGenesis(1590832934, FixedBytes.Parse<Hash32>(Root), FixedBytes.Parse<Bytes4>("0x00000001")), await node.GetGenesisAsync(Cancellation));
        Assert.Equal(new NodeSyncing(new(7), 2, true), await node.GetSyncingAsync(Cancellation));
        Assert.Equal(FixedBytes.Parse<Hash32>(Root), await node.GetHeadRootAsync(Cancellation));
    }

    [Fact]
    public async Task Asks_for_validators_by_key()
    {
        using HttpNodeClient node = Make(out ScriptedApi api, _ => ScriptedApi.Json(
            $$$"""
            {"execution_optimistic":false,"finalized":false,"data":[{"index":"3","balance":"32000000001","status":"active_ongoing","validator":{"pubkey":"{{{Key}}}",
            "withdrawal_credentials":"{{{Root}}}","effective_balance":"32000000000","slashed":false,"activation_eligibility_epoch":"1","activation_epoch":"2",
            "exit_epoch":"18446744073709551615","withdrawable_epoch":"18446744073709551615"}}]}
            """));
        KnownValidator known = Assert.Single(await node.GetValidatorsAsync([FixedBytes.Parse<Bytes48>(Key)], Cancellation));
        Assert.Equal(new ValidatorIndex(3), known.Index);
        Assert.Equal(FixedBytes.Parse<Bytes48>(Key), known.Validator.PublicKey);
        Assert.Equal((new Epoch(2), Epoch.FarFuture), (known.Validator.ActivationEpoch, known.Validator.ExitEpoch));
        Assert.Equal(new Gwei(32_000_000_001), known.Balance);
        ApiRequest request = Assert.Single(api.Requests);
        Assert.Equal(("POST", "/base/eth/v1/beacon/states/head/validators", $$$"""{"ids":["{{{Key}}}"]}"""), (request.Method, request.Path, request.Text));

        Assert.Empty(await node.GetValidatorsAsync([], Cancellation));
        Assert.Single(api.Requests);
    }

    [Fact]
    public async Task Asks_for_duties()
    {
        using HttpNodeClient node = Make(out ScriptedApi api, request => ScriptedApi.Json(request.Path.Split('/')[^2] switch
        {
            "proposer" => $$$"""{"dependent_root":"{{{Root}}}","execution_optimistic":false,"data":[{"pubkey":"{{{Key}}}","validator_index":"1","slot":"33"}]}""",
            "attester" => $$$"""
                {"dependent_root":"{{{Root}}}","execution_optimistic":false,"data":[{"pubkey":"{{{Key}}}","validator_index":"1","committee_index":"2","committee_length":"128",
                "committees_at_slot":"4","validator_committee_index":"25","slot":"34"}]}
                """,
            "sync" => $$$"""{"execution_optimistic":false,"data":[{"pubkey":"{{{Key}}}","validator_index":"1","validator_sync_committee_indices":["5","9"]}]}""",
            _ => """{"data":[{"index":"1","is_live":true}]}""",
        }));
        Bytes48 key = FixedBytes.Parse<Bytes48>(Key);
        ValidatorIndex[] asked = [new(1), new(7)];

        Duties<ProposerDuty> proposers = await node.GetProposerDutiesAsync(new(4), Cancellation);
        Assert.Equal(FixedBytes.Parse<Hash32>(Root), proposers.DependentRoot);
        Assert.Equal([new ProposerDuty(key, new(1), new(33))], proposers.Items);
        Duties<AttesterDuty> attesters = await node.GetAttesterDutiesAsync(new(4), asked, Cancellation);
        Assert.Equal([new AttesterDuty(key, new(1), new(34), new(2), 128, 4, 25)], attesters.Items);
        SyncCommitteeDuty member = Assert.Single(await node.GetSyncCommitteeDutiesAsync(new(4), asked, Cancellation));
        Assert.Equal([5, 9], member.Places);
        Assert.Equal([new ValidatorLiveness(new(1), true)], await node.GetLivenessAsync(new(4), asked, Cancellation));

        Assert.Equal(
            ["/base/eth/v1/validator/duties/proposer/4", "/base/eth/v1/validator/duties/attester/4", "/base/eth/v1/validator/duties/sync/4", "/base/eth/v1/validator/liveness/4"],
            api.Requests.Select(request => request.Path));
        Assert.All(api.Requests.Skip(1), request => Assert.Equal(("POST", """["1","7"]""", "application/json"), (request.Method, request.Text, request.ContentType)));
    }

    [Fact]
    public async Task Tells_the_node_who_gets_fees_and_which_committees_vote()
    {
        using HttpNodeClient node = Make(out ScriptedApi api, _ => new HttpResponseMessage(HttpStatusCode.OK));
        Address address = FixedBytes.Parse<Address>("0xabcf8e0d4e9587369b2301d0790347320302cc09");
        await node.PrepareProposersAsync([new(new(1), address)], Cancellation);
        await node.SubscribeCommitteesAsync([new(new(1), new(2), 4, new(34), true)], Cancellation);
        await node.SubscribeSyncCommitteesAsync([new(new(1), [5, 9], new(16))], Cancellation);
        Assert.Equal(
            [
                ("/base/eth/v1/validator/prepare_beacon_proposer", $$$"""[{"validator_index":"1","fee_recipient":"{{{address}}}"}]"""),
                ("/base/eth/v1/validator/beacon_committee_subscriptions", """[{"validator_index":"1","committee_index":"2","committees_at_slot":"4","slot":"34","is_aggregator":true}]"""),
                ("/base/eth/v1/validator/sync_committee_subscriptions", """[{"validator_index":"1","sync_committee_indices":["5","9"],"until_epoch":"16"}]"""),
            ],
            api.Requests.Select(request => (request.Path, request.Text)));
    }

    [Fact]
    public async Task Blocks_and_blobs_travel_in_ssz()
    {
        byte[] blob = new byte[131072];
        blob[1] = 1;
        Bytes48 proof = FixedBytes.Parse<Bytes48>(Key);
        BeaconBlock block = new(new(5), new(3), default, default, BeaconBlockBody.Empty(Config.Preset));
        using HttpNodeClient node = Make(out ScriptedApi api, request =>
        {
            HttpResponseMessage answer = request.Method == "GET" ? ScriptedApi.Octets(new BlockContents(block, [proof], [blob]).Encode(Config.Preset)) : new HttpResponseMessage(HttpStatusCode.OK);
            answer.Headers.Add("Eth-Execution-Payload-Value", "340282366920938463463374607431768211456"); // 2^128
            return answer;
        });
        Bytes96 reveal = Bytes96.Read([.. Enumerable.Repeat((byte)0xab, 96)]);
        ProducedBlock produced = await node.ProduceBlockAsync(new(5), reveal, FixedBytes.Parse<Hash32>(Root), Cancellation);
        Assert.Equal(block.HashTreeRoot(Config.Preset), produced.Block.HashTreeRoot(Config.Preset));
        Assert.Equal(blob, Assert.Single(produced.Blobs.Blobs).ToArray());
        Assert.Equal(proof, Assert.Single(produced.Blobs.Proofs));
        Assert.Equal(new UInt256(0, 0, 1), produced.ExecutionValue);
        Assert.Equal(("GET", $"/base/eth/v3/validator/blocks/5?randao_reveal={reveal}&graffiti={Root}", "application/octet-stream"), (api.Requests[0].Method, api.Requests[0].Path, api.Requests[0].Accept));

        await node.PublishBlockAsync(new SignedBeaconBlock(block, reveal), produced.Blobs, Cancellation);
        ApiRequest published = api.Requests[1];
        Assert.Equal(("POST", "/base/eth/v2/beacon/blocks", "application/octet-stream", "electra"), (published.Method, published.Path, published.ContentType, published.Version));
        Assert.True(SignedBlockContents.TryDecode(published.Body, Config.Preset, out SignedBlockContents? contents, out _));
        Assert.Equal((reveal, block.HashTreeRoot(Config.Preset)), (contents.SignedBlock.Signature, contents.SignedBlock.Message.HashTreeRoot(Config.Preset)));
        Assert.Equal(blob, Assert.Single(contents.Blobs));
    }

    [Fact]
    public async Task A_block_that_is_broadcast_but_not_taken_counts_as_refused()
    {
        using HttpNodeClient node = Make(out _, _ => new HttpResponseMessage(HttpStatusCode.Accepted));
        SignedBeaconBlock block = new(new(new(5), new(3), default, default, BeaconBlockBody.Empty(Config.Preset)), default);
        NodeException refusal = await Assert.ThrowsAsync<NodeException>(() => node.PublishBlockAsync(block, BlobsBundle.Empty, Cancellation));
        Assert.Equal(NodeFault.Refused, refusal.Fault);
    }

    [Fact]
    public async Task Votes_travel_in_json_with_their_version()
    {
        AttestationData data = new(new(34), default, FixedBytes.Parse<Hash32>(Root), new(new(3), default), new(new(4), default));
        using HttpNodeClient node = Make(out ScriptedApi api, request => request.Method == "GET" ? ScriptedApi.Json($$$"""{"data":{{{JsonOf(data)}}}}""") : new HttpResponseMessage(HttpStatusCode.OK));
        Assert.Equal(data, await node.ProduceAttestationDataAsync(new(34), Cancellation));
        SingleAttestation vote = new(new(2), new(1), data, default);
        await node.PublishAttestationsAsync([vote, vote], Cancellation);
        await node.PublishSyncCommitteeMessagesAsync([new(new(34), data.BeaconBlockRoot, new(1), default)], Cancellation);
        await node.PublishAggregatesAsync([], Cancellation);
        await node.PublishContributionsAsync([], Cancellation);
        await node.PublishBlsToExecutionChangesAsync([], Cancellation);
        await node.PublishVoluntaryExitAsync(new(new(new(9), new(1)), default), Cancellation);

        Assert.Equal(
            [
                "/base/eth/v1/validator/attestation_data?slot=34&committee_index=0", "/base/eth/v2/beacon/pool/attestations", "/base/eth/v1/beacon/pool/sync_committees",
                "/base/eth/v2/validator/aggregate_and_proofs", "/base/eth/v1/validator/contribution_and_proofs", "/base/eth/v1/beacon/pool/bls_to_execution_changes", "/base/eth/v1/beacon/pool/voluntary_exits",
            ],
            api.Requests.Select(request => request.Path));
        Assert.All(api.Requests.Skip(1), request => Assert.Equal(("POST", "application/json", "electra"), (request.Method, request.ContentType, request.Version)));
        using JsonDocument sent = JsonDocument.Parse(api.Requests[1].Body);
        Assert.Equal(2, sent.RootElement.GetArrayLength());
        Assert.Equal(
            ("2", "1", "34", Root),
            (Text(sent, "committee_index"), Text(sent, "attester_index"), sent.RootElement[0].GetProperty("data").GetProperty("slot").GetString(), sent.RootElement[0].GetProperty("data").GetProperty("beacon_block_root").GetString()));
        Assert.StartsWith("""{"message":{"epoch":"9","validator_index":"1"},"signature":"0x00""", api.Requests[^1].Text, StringComparison.Ordinal);

        static string? Text(JsonDocument document, string name) => document.RootElement[0].GetProperty(name).GetString();
    }

    [Fact]
    public async Task What_the_node_does_not_have_is_null()
    {
        bool isThere = false;
        Attestation aggregate = new(new Bits(5) { [2] = true }, default, default, new Bits((int)Config.Preset.MaxCommitteesPerSlot) { [1] = true });
        using HttpNodeClient node = Make(out ScriptedApi api, _ => isThere
            ? ScriptedApi.Json($$$"""{"version":"electra","data":{{{JsonOf(aggregate)}}}}""")
            : ScriptedApi.Json("""{"code":404,"message":"none"}""", HttpStatusCode.NotFound));
        Hash32 root = FixedBytes.Parse<Hash32>(Root);
        Assert.Null(await node.GetAggregateAsync(new(34), root, new(1), Cancellation));
        Assert.Null(await node.ProduceContributionAsync(new(34), 2, root, Cancellation));
        isThere = true;
        Assert.Equal(aggregate, await node.GetAggregateAsync(new(34), root, new(1), Cancellation));
        Assert.Equal($"/base/eth/v2/validator/aggregate_attestation?attestation_data_root={Root}&slot=34&committee_index=1", api.Requests[0].Path);
        Assert.Equal($"/base/eth/v1/validator/sync_committee_contribution?slot=34&subcommittee_index=2&beacon_block_root={Root}", api.Requests[1].Path);
    }

    [Theory]
    [InlineData(503, """{"code":503,"message":"Beacon node is currently syncing"}""", NodeFault.Syncing, "currently syncing")]
    [InlineData(400, """{"code":400,"message":"wrong slot"}""", NodeFault.Refused, "wrong slot")]
    [InlineData(500, "no JSON", NodeFault.Failed, "no JSON")]
    [InlineData(200, "no JSON", NodeFault.Failed, "makes no sense")]
    [InlineData(200, "{}", NodeFault.Failed, "makes no sense")]
    [InlineData(200, """{"data":{"root":"0x12"}}""", NodeFault.Failed, "makes no sense")]
    [InlineData(200, """{"data":{"root":null}}""", NodeFault.Failed, "makes no sense")]
    public async Task What_goes_wrong_is_told_apart(int status, string text, NodeFault fault, string reason)
    {
        using HttpNodeClient node = Make(out _, _ => ScriptedApi.Json(text, (HttpStatusCode)status));
        NodeException failure = await Assert.ThrowsAsync<NodeException>(() => node.GetHeadRootAsync(Cancellation));
        Assert.Equal(fault, failure.Fault);
        Assert.Contains(reason, failure.Message);
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_unreachable()
    {
        using HttpNodeClient node = Make(out _, _ => throw new HttpRequestException("connection refused"));
        NodeException failure = await Assert.ThrowsAsync<NodeException>(() => node.GetHeadRootAsync(Cancellation));
        Assert.Equal(NodeFault.Unreachable, failure.Fault);
    }

    [Fact]
    public async Task Heads_are_told_as_the_stream_brings_them_and_again_after_it_broke()
    {
        int connections = 0;
        using HttpNodeClient node = Make(out ScriptedApi api, _ => Interlocked.Increment(ref connections) switch
        {
            1 => Stream("event: head\ndata: {\"slot\":\"10\",\"epoch_transition\":false}\n\n:\n\nevent: block\ndata: {\"slot\":\"11\"}\n\n"),
            2 => throw new HttpRequestException("connection refused"),
            3 => Stream("event: head\ndata: none\n\n"),
            _ => Stream("event: head\ndata: {\"slot\":\"12\"}\n\n"),
        });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        List<ulong> slots = [];
        node.HeadArrived += slot =>
        {
            slots.Add(slot.Value);
            if (slots.Count == 2)
                stop.Cancel();
        };
        await node.ListenAsync(stop.Token);
        Assert.Equal([10, 12], slots);
        Assert.All(api.Requests, request => Assert.Equal("/base/eth/v1/events?topics=head", request.Path));
    }

    private static HttpNodeClient Make(out ScriptedApi api, Func<ApiRequest, HttpResponseMessage> answer)
    {
        api = new ScriptedApi(answer);
        return new HttpNodeClient(new Uri("http://node:5052/base"), Config with { SecondsPerSlot = 1 }, TimeProvider.System, api);
    }

    private static HttpResponseMessage Stream(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, System.Text.Encoding.UTF8, "text/event-stream") };

    private static string JsonOf<T>(T container)
        where T : ISszContainer<T> => System.Text.Encoding.UTF8.GetString(Ssz.ToJson(new SszContainer<T>(Config.Preset), container));
}
