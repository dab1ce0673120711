using System.Text.Json;
using Flashback.Api.JsonRpc;
using Flashback.Api.Simulation;
using Flashback.Chain;
using Flashback.Engine.Tests.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

/// <summary>spec: execution-apis, eth_simulateV1</summary>
public class SimulateTests
{
    private const string Somewhere = "0x00000000000000000000000000000000000000aa";
    private const string Elsewhere = "0x00000000000000000000000000000000000000bb";

    private static readonly string Rich = DevChain.AddressOf(0).ToString();

    [Fact]
    public async Task Blocks_follow_each_other_gaps_are_filled_and_state_lasts()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        ExecutedBlock head = host.Dev.Adopt(host.Dev.Head, 1);
        JsonElement blocks = await SimulateAsync(host, $$"""
            {"calls":[{"from":"{{Rich}}","to":"{{Somewhere}}","value":"0x5"}]},
            {"blockOverrides":{"number":"0x4"},"calls":[{"from":"{{Somewhere}}","to":"{{Elsewhere}}","value":"0x3"}]},
            {}
            """);
        Assert.Equal(["0x2", "0x3", "0x4", "0x5"], blocks.EnumerateArray().Select(block => block.GetProperty("number").GetString()));
        Assert.Equal(Enumerable.Range(1, 4).Select(i => $"0x{head.Header.Timestamp + 12 * (ulong)i:x}"), blocks.EnumerateArray().Select(block => block.GetProperty("timestamp").GetString()));
        Hash32 parent = head.Hash;
        foreach (JsonElement block in blocks.EnumerateArray())
        {
            Assert.Equal(parent.ToString(), block.GetProperty("parentHash").GetString());
            parent = FixedBytes.Parse<Hash32>(block.GetProperty("hash").GetString()!);
        }
        Assert.All(new[] { blocks[0], blocks[2] }, block => Assert.Equal("0x1", block.GetProperty("calls")[0].GetProperty("status").GetString()));
        Assert.Equal(blocks[2].GetProperty("stateRoot").GetString(), blocks[3].GetProperty("stateRoot").GetString());
        Assert.Equal(head.Hash, host.Dev.Head.Hash);
    }

    [Fact]
    public async Task A_validated_block_comes_to_the_same_state_as_one_of_the_chain()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        ExecutedBlock parent = host.Dev.Adopt(host.Dev.Head, 1, DevChain.Sign(0, 0));
        ExecutedBlock real = host.Dev.Extend(parent, 7, DevChain.Sign(0, 1), DevChain.Log(1, 0, 5, 6));
        BlockHeader header = real.Header;
        string calls = string.Join(',', real.Block.Transactions.Select((t, i) => $$"""
            {"from":"{{real.Senders[i]}}","to":"{{t.To}}","value":"{{t.Value}}","gas":"0x{{t.GasLimit:x}}","nonce":"0x{{t.Nonce:x}}","input":"{{Hex.Encode(t.Input.Span)}}",
            "maxFeePerGas":"{{t.MaxFeePerGas}}","maxPriorityFeePerGas":"{{t.MaxPriorityFeePerGas}}"}
            """));
        JsonElement block = (await SimulateAsync(
            host, $$"""{"blockOverrides":{"time":"0x{{header.Timestamp:x}}","feeRecipient":"{{header.Coinbase}}","prevRandao":"{{header.PrevRandao}}"},"calls":[{{calls}}]}""", """, "validation": true"""))[0];
        Assert.Equal(
            (header.StateRoot.ToString(), header.ReceiptsRoot.ToString(), header.LogsBloom.ToString(), $"0x{header.GasUsed:x}", header.BaseFeePerGas.ToString()),
            (Text(block, "stateRoot"), Text(block, "receiptsRoot"), Text(block, "logsBloom"), Text(block, "gasUsed"), Text(block, "baseFeePerGas")));
    }

    [Fact]
    public async Task Transfers_are_told_as_logs_when_they_are_wanted_and_last()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        // The contract passes on what it gets; the second one does so and reverts.
        string passesOn = $"6000600060006000347300000000000000000000000000000000000000bb5af1";
        string content = $$"""
            {"stateOverrides":{"{{Somewhere}}":{"code":"0x{{passesOn}}"},"0x00000000000000000000000000000000000000cc":{"code":"0x{{passesOn}}60006000fd"} },
            "calls":[{"from":"{{Rich}}","to":"{{Somewhere}}","value":"0x5"},{"from":"{{Rich}}","to":"0x00000000000000000000000000000000000000cc","value":"0x6"},{"from":"{{Rich}}","to":"{{Elsewhere}}","value":"0x7"}]}
            """;
        JsonElement traced = (await SimulateAsync(host, content, """, "traceTransfers": true"""))[0];
        JsonElement[] calls = [.. traced.GetProperty("calls").EnumerateArray()];
        Assert.Equal([2, 0, 1], calls.Select(call => call.GetProperty("logs").GetArrayLength()));
        JsonElement second = calls[0].GetProperty("logs")[1], last = calls[2].GetProperty("logs")[0];
        Assert.Equal("0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", Text(second, "address"));
        Assert.Equal(
            ["0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", "0x" + new string('0', 24) + Somewhere[2..], "0x" + new string('0', 24) + Elsewhere[2..]],
            second.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString()));
        Assert.Equal("0x" + "5".PadLeft(64, '0'), Text(second, "data"));
        Assert.Equal((Text(traced, "hash"), "0x2", "0x2"), (Text(last, "blockHash"), Text(last, "transactionIndex"), Text(last, "logIndex")));
        JsonElement plain = (await SimulateAsync(host, content))[0];
        Assert.All(plain.GetProperty("calls").EnumerateArray(), call => Assert.Equal(0, call.GetProperty("logs").GetArrayLength()));
        Assert.Equal(Text(plain, "hash"), Text(traced, "hash")); // receipts know nothing of them
        Assert.Equal(("0x0", 3), (Text(calls[1], "status"), calls[1].GetProperty("error").GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Overrides_of_accounts_last_and_those_of_storage_replace_all_or_some()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string word = "0x" + "7".PadLeft(64, '0'), slot = "0x" + "1".PadLeft(64, '0');
        const string ReadsSlot1 = "0x60015460005260206000f3";
        JsonElement blocks = await SimulateAsync(host, $$"""
            {"stateOverrides":{"{{Somewhere}}":{"code":"{{ReadsSlot1}}","stateDiff":{"{{slot}}":"{{word}}"} } },"calls":[{"to":"{{Somewhere}}"}]},
            {"calls":[{"to":"{{Somewhere}}"}]},
            {"stateOverrides":{"{{Somewhere}}":{"state":{} } },"calls":[{"to":"{{Somewhere}}"}]}
            """);
        Assert.Equal([word, word, "0x" + new string('0', 64)], blocks.EnumerateArray().Select(block => Text(block.GetProperty("calls")[0], "returnData")));
    }

    [Fact]
    public async Task A_precompile_can_be_moved_and_replaced()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        const string Identity = "0x0000000000000000000000000000000000000004", ReturnsOne = "0x600160005260206000f3";
        string overrides = $$"""{"{{Identity}}":{"code":"{{ReturnsOne}}","movePrecompileToAddress":"{{Somewhere}}"} }""";
        JsonElement calls = (await SimulateAsync(host, $$"""
            {"stateOverrides":{{overrides}},"calls":[{"to":"{{Identity}}","input":"0x1234"},{"to":"{{Somewhere}}","input":"0x1234"}]}
            """))[0].GetProperty("calls");
        string one = "0x" + "1".PadLeft(64, '0');
        Assert.Equal([one, "0x1234"], calls.EnumerateArray().Select(call => Text(call, "returnData")));
        Assert.Equal(one, (await host.ResultAsync("eth_call", $$"""[{"to":"{{Identity}}","input":"0x1234"}, "latest", {{overrides}}]""")).GetString());
        Assert.Equal("0x1234", (await host.ResultAsync("eth_call", $$"""[{"to":"{{Somewhere}}","input":"0x1234"}, "latest", {{overrides}}]""")).GetString());
        Assert.Equal("0x1234", (await host.ResultAsync("eth_call", $$"""[{"to":"{{Identity}}","input":"0x1234"}]""")).GetString());
    }

    [Theory]
    [InlineData("", RpcCode.InvalidParams)]
    [InlineData("""{"blockOverrides":{"number":"0x0"} }""", SimulationCode.BlockNumberOrder)]
    [InlineData("""{"blockOverrides":{"number":"0x5"} },{"blockOverrides":{"number":"0x5"} }""", SimulationCode.BlockNumberOrder)]
    [InlineData("""{"blockOverrides":{"number":"0x101"} }""", SimulationCode.LimitExceeded)]
    [InlineData("""{"blockOverrides":{"time":"0x1"} }""", SimulationCode.BlockTimeOrder)]
    [InlineData("""{"calls":[{"to":"SOMEWHERE","value":"0x1"}]}""", SimulationCode.InsufficientFunds)]
    [InlineData("""{"calls":[{"to":"SOMEWHERE","gas":"0x1"}]}""", SimulationCode.IntrinsicGas)]
    [InlineData("""{"calls":[{"to":"SOMEWHERE","gas":"0xfffffffff"}]}""", SimulationCode.BlockGasLimit)]
    [InlineData("""{"blockOverrides":{"gasLimit":"0xa411"},"calls":[{"to":"SOMEWHERE","gas":"0x5208"},{"to":"SOMEWHERE","gas":"0x5208"},{"to":"SOMEWHERE","gas":"0x5208"}]}""", SimulationCode.BlockGasLimit)]
    [InlineData("""{"blockOverrides":{"baseFeePerGas":"0x9"},"calls":[{"from":"RICH","to":"SOMEWHERE","maxFeePerGas":"0x8"}]}""", SimulationCode.BaseFeeTooLow)]
    [InlineData("""{"calls":[{"to":"SOMEWHERE"}]} VALIDATED""", SimulationCode.BaseFeeTooLow)]
    [InlineData("""{"calls":[{"from":"RICH","to":"SOMEWHERE","nonce":"0x1","maxFeePerGas":"0xffffffffff","gas":"0x5208"}]} VALIDATED""", SimulationCode.NonceTooHigh)]
    [InlineData("""{"stateOverrides":{"RICH":{"nonce":"0x5"} },"calls":[{"from":"RICH","to":"SOMEWHERE","nonce":"0x1","maxFeePerGas":"0xffffffffff","gas":"0x5208"}]} VALIDATED""", SimulationCode.NonceTooLow)]
    [InlineData("""{"stateOverrides":{"0x0000000000000000000000000000000000000004":{"movePrecompileToAddress":"0x0000000000000000000000000000000000000004"} } }""", SimulationCode.MovedToItself)]
    [InlineData("""{"stateOverrides":{"0x0000000000000000000000000000000000000004":{"movePrecompileToAddress":"SOMEWHERE"},"0x0000000000000000000000000000000000000003":{"movePrecompileToAddress":"SOMEWHERE"} } }""", SimulationCode.MovedTogether)]
    [InlineData("""{"stateOverrides":{"RICH":{"movePrecompileToAddress":"SOMEWHERE"} } }""", RpcCode.Server)]
    [InlineData("""{"stateOverrides":{"0x0000000000000000000000000000000000000004":{"movePrecompileToAddress":"SOMEWHERE"},"SOMEWHERE":{"nonce":"0x1"} } }""", RpcCode.Server)]
    [InlineData("""{"stateOverrides":{"RICH":{"state":{},"stateDiff":{} } } }""", RpcCode.InvalidParams)]
    [InlineData("""{"stateOverrides":{"RICH":null} }""", RpcCode.InvalidParams)]
    [InlineData("""{"calls":[null]}""", RpcCode.InvalidParams)]
    [InlineData("null", RpcCode.InvalidParams)]
    public async Task What_cannot_be_simulated_has_the_specs_code(string blocks, int code)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        blocks = blocks.Replace("SOMEWHERE", Somewhere, StringComparison.Ordinal).Replace("RICH", Rich, StringComparison.Ordinal);
        bool validates = blocks.EndsWith("VALIDATED", StringComparison.Ordinal);
        string wanted = $$"""[{"blockStateCalls":[{{blocks.Replace("VALIDATED", "", StringComparison.Ordinal)}}], "validation": {{(validates ? "true" : "false")}} }]""";
        Assert.Equal(code, (await host.ErrorAsync("eth_simulateV1", wanted)).Code);
    }

    [Fact]
    public async Task Contracts_see_the_simulated_block_and_its_ancestors()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        // returns NUMBER, TIMESTAMP, BASEFEE, BLOBBASEFEE, GASLIMIT, COINBASE, BLOCKHASH(NUMBER - 1)
        const string Tells = "0x4360005242602052486040524a606052456080524160a0526001430340" + "60c05260e06000f3";
        JsonElement blocks = await SimulateAsync(host, $$"""
            {},
            {"stateOverrides":{"{{Somewhere}}":{"code":"{{Tells}}"} },
             "blockOverrides":{"number":"0x3","time":"0x1000","baseFeePerGas":"0x9","blobBaseFee":"0x8","gasLimit":"0x2000000","feeRecipient":"{{Elsewhere}}"},"calls":[{"to":"{{Somewhere}}"}]}
            """, """, "returnFullTransactions": true""");
        string words = Text(blocks[2].GetProperty("calls")[0], "returnData")[2..];
        string[] told = [.. Enumerable.Range(0, 7).Select(i => words.Substring(64 * i, 64).TrimStart('0'))];
        Assert.Equal(["3", "1000", "9", "8", "2000000", "bb"], told[..6]);
        Assert.Equal(Text(blocks[1], "hash"), "0x" + words[(64 * 6)..]);
        JsonElement transaction = blocks[2].GetProperty("transactions")[0];
        Assert.Equal((Somewhere, "0x0", default(Address).ToString(), Text(blocks[2], "hash")), (Text(transaction, "to"), Text(transaction, "nonce"), Text(transaction, "from"), Text(transaction, "blockHash")));
    }

    private static async Task<JsonElement> SimulateAsync(ApiHost host, string blocks, string more = "") =>
        await host.ResultAsync("eth_simulateV1", $$"""[{"blockStateCalls":[{{blocks}}]{{more}} }, "latest"]""");

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
