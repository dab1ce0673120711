using System.Text.Json;
using Flashback.Api.JsonRpc;
using Flashback.Chain;
using Flashback.Engine.Tests.Chain;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

/// <summary>How values and failures look. spec: execution-apis, EIP-1474</summary>
public class WireTests
{
    [Theory]
    [InlineData("\"0x0\"", true)]
    [InlineData("\"0x\"", false)]
    [InlineData("\"0x00\"", false)]
    [InlineData("\"0x01\"", false)]
    [InlineData("\"1\"", false)]
    [InlineData("1", false)]
    [InlineData("\"0xg\"", false)]
    [InlineData("\"0x10000000000000000\"", false)]
    [InlineData("\"latest\"", true)]
    [InlineData("\"Latest\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("{}", false)]
    [InlineData("""{"blockNumber":"0x0"}""", true)]
    [InlineData("""{"blockNumber":"0x0","blockHash":"0x0000000000000000000000000000000000000000000000000000000000000000"}""", false)]
    public async Task Quantities_have_no_leading_zeros_and_blocks_are_named_by_them(string block, bool isRead)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string parameters = $"[\"{DevChain.AddressOf(0)}\", {block}]";
        if (isRead)
            Assert.Equal(DevChain.Riches.ToString(), (await host.ResultAsync("eth_getBalance", parameters)).GetString());
        else
            Assert.Equal(RpcCode.InvalidParams, (await host.ErrorAsync("eth_getBalance", parameters)).Code);
    }

    [Theory]
    [InlineData("\"0x\"", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("\"0x00\"", "0xbc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a")]
    [InlineData("\"0x0\"", null)]
    [InlineData("\"00\"", null)]
    [InlineData("null", null)]
    public async Task Bytes_have_all_their_digits(string bytes, string? hash)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        if (hash is not null)
            Assert.Equal(hash, (await host.ResultAsync("web3_sha3", $"[{bytes}]")).GetString());
        else
            Assert.Equal(RpcCode.InvalidParams, (await host.ErrorAsync("web3_sha3", $"[{bytes}]")).Code);
    }

    [Fact]
    public async Task A_reverted_call_has_code_3_the_reason_and_the_returned_bytes()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        // Error("no"): the selector, where the text begins, how long it is, the text
        string reason = "08c379a0" + "20".PadLeft(64, '0') + "2".PadLeft(64, '0') + "6e6f".PadRight(64, '0');
        string code = CodeThatRevertsWith(reason);
        (int number, string message, string? data) = await host.ErrorAsync("eth_call", Call(code));
        Assert.Equal((RpcCode.Reverted, "execution reverted: no", "0x" + reason), (number, message, data));
        (number, message, data) = await host.ErrorAsync("eth_estimateGas", Call(code));
        Assert.Equal((RpcCode.Reverted, "execution reverted: no", "0x" + reason), (number, message, data));
        (number, message, data) = await host.ErrorAsync("eth_call", Call("60006000fd"));
        Assert.Equal((RpcCode.Reverted, "execution reverted", "0x"), (number, message, data));
        (number, message, data) = await host.ErrorAsync("eth_call", Call("fe"));
        Assert.Equal((RpcCode.Server, null), (number, data));
        Assert.StartsWith("invalid opcode", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"to":"0x0000000000000000000000000000000000000001","input":"0x01","data":"0x02"}]""")]
    [InlineData("""[{"to":"0x0000000000000000000000000000000000000001","gasPrice":"0x1","maxFeePerGas":"0x1"}]""")]
    [InlineData("""[{"accessList":[{"address":"0x0000000000000000000000000000000000000001"}]}]""")]
    [InlineData("""[{"accessList":[null]}]""")]
    [InlineData("""[{"authorizationList":[null]}]""")]
    [InlineData("""[{}, "latest", {"0x0000000000000000000000000000000000000001": null}]""")]
    [InlineData("""[{}, "latest", {"0x0000000000000000000000000000000000000001": {"state":{},"stateDiff":{}}}]""")]
    [InlineData("""[{"blobVersionedHashes":[null]}]""")]
    [InlineData("""["0x"]""")]
    public async Task Messages_that_contradict_themselves_or_lack_parts_are_refused(string parameters)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal(RpcCode.InvalidParams, (await host.ErrorAsync("eth_call", parameters)).Code);
    }

    [Fact]
    public async Task Sending_says_why_a_transaction_is_refused_in_the_words_that_tools_look_for()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Dev.Adopt(host.Dev.Head, 1, DevChain.Sign(0, 0));
        async Task<string> RefusalOf(Transaction transaction) => (await host.ErrorAsync("eth_sendRawTransaction", $"[\"{Hex.Encode(TransactionCodec.Encode(transaction))}\"]")).Message;
        Assert.StartsWith("nonce too low", await RefusalOf(DevChain.Sign(0, 0)), StringComparison.Ordinal);
        Assert.StartsWith("insufficient funds", await RefusalOf(DevChain.Sign(0, 1, t => t with { Value = UInt256.MaxValue })), StringComparison.Ordinal);
        Assert.StartsWith("intrinsic gas too low", await RefusalOf(DevChain.Sign(0, 1, t => t with { GasLimit = 20_000 })), StringComparison.Ordinal);
        Assert.StartsWith("invalid chain id", await RefusalOf(DevChain.Sign(0, 1, t => t with { ChainId = 1 })), StringComparison.Ordinal);
        Assert.StartsWith("rlp:", (await host.ErrorAsync("eth_sendRawTransaction", "[\"0x02c0\"]")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_tells_what_is_new_until_nobody_asks_any_more()
    {
        await using ApiHost host = await ApiHost.StartAsync(new Flashback.Api.ApiOptions { Limits = new RpcLimits { FilterLife = TimeSpan.FromMilliseconds(300), MaxFilters = 2 } });
        string logs = (await host.ResultAsync("eth_newFilter", "[{}]")).GetString()!;
        string blocks = (await host.ResultAsync("eth_newBlockFilter")).GetString()!;
        Assert.Equal(RpcCode.LimitExceeded, (await host.ErrorAsync("eth_newPendingTransactionFilter")).Code);
        ExecutedBlock block = host.Dev.Adopt(host.Dev.Head, 1, DevChain.Log(0, 0, 1, 2));
        Assert.Equal(1, (await host.ResultAsync("eth_getFilterChanges", $"[\"{logs}\"]")).GetArrayLength());
        Assert.Equal(0, (await host.ResultAsync("eth_getFilterChanges", $"[\"{logs}\"]")).GetArrayLength());
        Assert.Equal([block.Hash.ToString()], (await host.ResultAsync("eth_getFilterChanges", $"[\"{blocks}\"]")).EnumerateArray().Select(hash => hash.GetString()));
        Assert.True((await host.ResultAsync("eth_uninstallFilter", $"[\"{blocks}\"]")).GetBoolean());
        Assert.False((await host.ResultAsync("eth_uninstallFilter", $"[\"{blocks}\"]")).GetBoolean());
        await Task.Delay(500, TestContext.Current.CancellationToken);
        host.Dev.Adopt(host.Dev.Head, 1);
        Assert.Equal("filter not found", (await host.ErrorAsync("eth_getFilterChanges", $"[\"{logs}\"]")).Message);
        Assert.Equal(JsonValueKind.String, (await host.ResultAsync("eth_newBlockFilter")).ValueKind);
    }

    /// <summary>A call that creates nothing: the code stands at an address for this call alone.</summary>
    private static string Call(string code) =>
        $$"""[{"to":"0x00000000000000000000000000000000000000aa"}, "latest", {"0x00000000000000000000000000000000000000aa": {"code": "0x{{code}}"} }]""";

    /// <summary>Code that copies what stands behind it to memory and reverts with it.</summary>
    private static string CodeThatRevertsWith(string hex) => $"60{hex.Length / 2:x2}600c60003960{hex.Length / 2:x2}6000fd{hex}";
}
