using System.Text.Json;
using System.Text.Json.Nodes;
using Flashback.Api.Engine;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Engine.Tests.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

/// <summary>The Engine API as a consensus client sees it. spec: execution-apis engine</summary>
public class EngineMethodsTests
{
    private static readonly string Zero = default(Hash32).ToString();

    [Theory]
    [InlineData("cancun", 3, 3)]
    [InlineData("prague", 4, 4)]
    [InlineData("osaka", 4, 5)]
    public async Task A_built_payload_goes_to_another_node_and_becomes_its_head(string fork, int newPayload, int getPayload)
    {
        await using ApiHost builder = await ApiHost.StartAsync(fork: fork), other = await ApiHost.StartAsync(fork: fork);
        byte proofs = fork == "osaka" ? BlobSidecar.CellProofs : BlobSidecar.BlobProofs;
        builder.Dev.Accept(DevChain.Sign(0, 0));
        builder.Dev.Accept(Blobs.Sign(1, 0, 2), Blobs.SidecarOf(2, proofs));

        JsonElement chosen = ApiHost.ResultOf(await builder.EngineAsync("engine_forkchoiceUpdatedV3", $"[{State(builder.Dev.Head.Hash)}, {Attributes(builder)}]"));
        Assert.Equal("VALID", chosen.GetProperty("payloadStatus").GetProperty("status").GetString());
        string id = chosen.GetProperty("payloadId").GetString()!;
        Assert.Equal(18, id.Length);
        for (int version = 3; version <= 5; version++)
        {
            if (version != getPayload)
                Assert.Equal(EngineCode.UnsupportedFork, ApiHost.ErrorOf(await builder.EngineAsync($"engine_getPayloadV{version}", $"[\"{id}\"]")).Code);
        }
        JsonElement built = ApiHost.ResultOf(await builder.EngineAsync($"engine_getPayloadV{getPayload}", $"[\"{id}\"]"));
        JsonElement payload = built.GetProperty("executionPayload"), bundle = built.GetProperty("blobsBundle");
        Assert.Equal(2, payload.GetProperty("transactions").GetArrayLength());
        Assert.Equal((2, 2), (bundle.GetProperty("blobs").GetArrayLength(), bundle.GetProperty("commitments").GetArrayLength()));
        Assert.Equal(proofs == BlobSidecar.CellProofs ? 256 : 2, bundle.GetProperty("proofs").GetArrayLength());
        Assert.Equal(fork != "cancun", built.TryGetProperty("executionRequests", out JsonElement requests));
        Assert.False(built.GetProperty("shouldOverrideBuilder").GetBoolean());

        string hashes = Json(Blobs.Sign(1, 0, 2).BlobHashes);
        string parameters = $"[{payload}, {hashes}, \"{Keccak.Hash256([8])}\"{(fork == "cancun" ? "" : $", {requests}")}]";
        Assert.Equal(EngineCode.UnsupportedFork, ApiHost.ErrorOf(await other.EngineAsync($"engine_newPayloadV{7 - newPayload}", fork == "cancun" ? $"{parameters[..^1]}, []]" : parameters)).Code);
        JsonElement status = ApiHost.ResultOf(await other.EngineAsync($"engine_newPayloadV{newPayload}", parameters));
        string hash = payload.GetProperty("blockHash").GetString()!;
        Assert.Equal($$"""{"status":"VALID","latestValidHash":"{{hash}}","validationError":null}""", status.GetRawText());
        JsonElement head = ApiHost.ResultOf(await other.EngineAsync("engine_forkchoiceUpdatedV3", $"[{State(FixedBytes.Parse<Hash32>(hash))}]"));
        Assert.Equal($$"""{"payloadStatus":{"status":"VALID","latestValidHash":"{{hash}}","validationError":null},"payloadId":null}""", head.GetRawText());
        Assert.Equal(hash, other.Dev.Head.Hash.ToString());
    }

    [Fact]
    public async Task Payloads_that_lack_a_part_are_invalid_parameters()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject good = Payload(host.Dev.Extend(host.Dev.Head, 1));
        async Task<int> CodeOf(string payload, string rest = $", [], \"{RootText}\", []") => ApiHost.ErrorOf(await host.EngineAsync("engine_newPayloadV4", $"[{payload}{rest}]")).Code;
        foreach (string name in good.Select(field => field.Key).ToArray())
        {
            JsonObject lacking = good.DeepClone().AsObject();
            lacking.Remove(name);
            Assert.True(await CodeOf(lacking.ToJsonString()) == RpcCode.InvalidParams, $"without {name}");
            lacking[name] = null;
            Assert.True(await CodeOf(lacking.ToJsonString()) == RpcCode.InvalidParams, $"{name} null");
        }
        JsonObject hole = good.DeepClone().AsObject();
        hole["withdrawals"] = new JsonArray((JsonNode?)null);
        Assert.Equal(RpcCode.InvalidParams, await CodeOf(hole.ToJsonString()));
        string whole = good.ToJsonString();
        foreach (string rest in (string[])["", ", []", $", [], \"{RootText}\"", $", null, \"{RootText}\", []", ", [], null, []", $", [], \"{RootText}\", null", $", [], \"{RootText}\", [\"0x00\"]", $", [], \"{RootText}\", [\"0x0101\",\"0x0001\"]"])
            Assert.Equal(RpcCode.InvalidParams, await CodeOf(whole, rest));
    }

    [Fact]
    public async Task An_unknown_parent_is_syncing_and_an_invalid_payload_says_why()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using DevChain other = new();
        ExecutedBlock a = other.Adopt(other.Head, 1), b = other.Adopt(a, 1);
        async Task<string> StatusOf(JsonObject payload) => ApiHost.ResultOf(await host.EngineAsync("engine_newPayloadV4", $"[{payload.ToJsonString()}, [], \"{Zero}\", []]")).GetRawText();
        Assert.Equal("""{"status":"SYNCING","latestValidHash":null,"validationError":null}""", await StatusOf(Payload(b)));
        JsonObject wrong = Payload(a);
        wrong["gasUsed"] = "0x1";
        Assert.StartsWith("""{"status":"INVALID","latestValidHash":null,"validationError":"blockhash mismatch""", await StatusOf(wrong), StringComparison.Ordinal);
        Assert.StartsWith("""{"status":"VALID",""", await StatusOf(Payload(a)), StringComparison.Ordinal);
        Assert.StartsWith("""{"status":"VALID",""", await StatusOf(Payload(b)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_a_choice_have_their_codes()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        ExecutedBlock genesis = host.Dev.Head, a = host.Dev.Extend(genesis, 1);
        async Task<int> CodeOf(string parameters) => ApiHost.ErrorOf(await host.EngineAsync("engine_forkchoiceUpdatedV3", parameters)).Code;
        Assert.Equal(RpcCode.InvalidParams, await CodeOf("[]"));
        Assert.Equal(RpcCode.InvalidParams, await CodeOf($$"""[{"headBlockHash":"{{Zero}}"}]"""));
        Assert.Equal(EngineCode.InvalidForkchoiceState, await CodeOf($"[{State(genesis.Hash, a.Hash)}]"));
        Assert.Equal(EngineCode.InvalidPayloadAttributes, await CodeOf($$"""[{{State(a.Hash)}}, {"timestamp":"0x100"}]"""));
        Assert.Equal(a.Hash, host.Dev.Head.Hash); // set all the same
        Assert.Equal(EngineCode.InvalidPayloadAttributes, await CodeOf($"[{State(a.Hash)}, {Attributes(host, timestamp: 1)}]"));
        Assert.Equal(EngineCode.UnknownPayload, ApiHost.ErrorOf(await host.EngineAsync("engine_getPayloadV5", "[\"0x0000000000000001\"]")).Code);
        Assert.Equal(RpcCode.InvalidParams, ApiHost.ErrorOf(await host.EngineAsync("engine_getPayloadV5", "[\"0x01\"]")).Code);
        string syncing = ApiHost.ResultOf(await host.EngineAsync("engine_forkchoiceUpdatedV3", $$"""[{{State(Keccak.Hash256([9]))}}, {"timestamp":"0x100"}]""")).GetRawText();
        Assert.Equal("""{"payloadStatus":{"status":"SYNCING","latestValidHash":null,"validationError":null},"payloadId":null}""", syncing);
    }

    [Fact]
    public async Task Bodies_are_told_by_hash_and_by_range()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        ExecutedBlock a = host.Dev.Adopt(host.Dev.Head, 1, DevChain.Sign(0, 0)), b = host.Dev.Adopt(a, 1);
        string transaction = Hex.Encode(TransactionCodec.Encode(a.Block.Transactions[0]));
        string bodyOfA = $$"""{"transactions":["{{transaction}}"],"withdrawals":[]}""", bodyOfB = """{"transactions":[],"withdrawals":[]}""";
        async Task<JsonElement> Ask(string method, string parameters) => await host.EngineAsync(method, parameters);
        Assert.Equal($"[{bodyOfB},null,{bodyOfA}]", ApiHost.ResultOf(await Ask("engine_getPayloadBodiesByHashV1", $"[{Json([b.Hash, default, a.Hash])}]")).GetRawText());
        Assert.Equal($"[{bodyOfA},{bodyOfB}]", ApiHost.ResultOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x10\"]")).GetRawText());
        Assert.Equal($"[{bodyOfB}]", ApiHost.ResultOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x2\",\"0x1\"]")).GetRawText());
        Assert.Equal("[]", ApiHost.ResultOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x3\",\"0x1\"]")).GetRawText());
        Assert.Equal(RpcCode.InvalidParams, ApiHost.ErrorOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x0\",\"0x1\"]")).Code);
        Assert.Equal(RpcCode.InvalidParams, ApiHost.ErrorOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x0\"]")).Code);
        Assert.Equal(EngineCode.TooLargeRequest, ApiHost.ErrorOf(await Ask("engine_getPayloadBodiesByRangeV1", "[\"0x1\",\"0x401\"]")).Code);
        Assert.Equal(EngineCode.TooLargeRequest, ApiHost.ErrorOf(await Ask("engine_getPayloadBodiesByHashV1", $"[{Json(Enumerable.Repeat(a.Hash, 1025))}]")).Code);
    }

    [Theory]
    [InlineData("prague")]
    [InlineData("osaka")]
    public async Task Blobs_of_the_pool_are_told_by_their_hashes(string fork)
    {
        await using ApiHost host = await ApiHost.StartAsync(fork: fork);
        bool isOsaka = fork == "osaka";
        Transaction transaction = Blobs.Sign(0, 0);
        host.Dev.Accept(transaction, Blobs.SidecarOf(1, isOsaka ? BlobSidecar.CellProofs : BlobSidecar.BlobProofs));
        Hash32 known = transaction.BlobHashes[0], unknown = Keccak.Hash256([1]);
        JsonElement first = await host.EngineAsync("engine_getBlobsV1", $"[{Json([known, unknown])}]");
        if (isOsaka)
        {
            Assert.Equal(EngineCode.UnsupportedFork, ApiHost.ErrorOf(first).Code);
            JsonElement second = ApiHost.ResultOf(await host.EngineAsync("engine_getBlobsV2", $"[{Json([known, known])}]"));
            Assert.Equal([128, 128], second.EnumerateArray().Select(blob => blob.GetProperty("proofs").GetArrayLength()));
        }
        else
        {
            Assert.Equal([JsonValueKind.Object, JsonValueKind.Null], ApiHost.ResultOf(first).EnumerateArray().Select(blob => blob.ValueKind));
            Assert.Equal(2 + 2 * 131_072, ApiHost.ResultOf(first)[0].GetProperty("blob").GetString()!.Length);
            Assert.Equal(2 + 2 * 48, ApiHost.ResultOf(first)[0].GetProperty("proof").GetString()!.Length);
        }
        Assert.Equal(JsonValueKind.Null, ApiHost.ResultOf(await host.EngineAsync("engine_getBlobsV2", $"[{Json([known, unknown])}]")).ValueKind);
        Assert.Equal(EngineCode.TooLargeRequest, ApiHost.ErrorOf(await host.EngineAsync("engine_getBlobsV2", $"[{Json(Enumerable.Repeat(known, 129))}]")).Code);
    }

    [Fact]
    public async Task The_node_names_itself_and_what_it_can()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        JsonElement version = ApiHost.ResultOf(await host.EngineAsync("engine_getClientVersionV1", """[{"code":"LH","name":"Lighthouse","version":"v1","commit":"0x00000000"}]"""))[0];
        Assert.Equal(("Flashback", 2, 10), (version.GetProperty("name").GetString(), version.GetProperty("code").GetString()!.Length, version.GetProperty("commit").GetString()!.Length));
        string?[] capabilities = [.. ApiHost.ResultOf(await host.EngineAsync("engine_exchangeCapabilities", "[[\"engine_newPayloadV3\"]]")).EnumerateArray().Select(name => name.GetString())];
        Assert.Contains("engine_getPayloadV5", capabilities);
        Assert.DoesNotContain("engine_exchangeCapabilities", capabilities);
    }

    private const string RootText = "0x0000000000000000000000000000000000000000000000000000000000000000";

    private static JsonObject Payload(ExecutedBlock block) =>
        JsonNode.Parse(JsonSerializer.Serialize(WirePayload.Of(PayloadBlock.Of(block.Block, block.Hash)), Flashback.Api.Wire.WireContext.Default.WirePayload))!.AsObject();

    private static string State(in Hash32 head, Hash32 safe = default) => $$"""{"headBlockHash":"{{head}}","safeBlockHash":"{{safe}}","finalizedBlockHash":"{{Zero}}"}""";

    private static string Attributes(ApiHost host, ulong? timestamp = null) =>
        $$"""{"timestamp":"0x{{timestamp ?? host.Dev.Head.Header.Timestamp + 12:x}}","prevRandao":"{{Zero}}","suggestedFeeRecipient":"{{DevChain.AddressOf(3)}}","withdrawals":[],"parentBeaconBlockRoot":"{{Keccak.Hash256([8])}}"}""";

    private static string Json(IEnumerable<Hash32> hashes) => $"[{string.Join(',', hashes.Select(hash => $"\"{hash}\""))}]";
}
