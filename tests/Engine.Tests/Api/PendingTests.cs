using System.Text.Json;
using Flashback.Engine.Tests.Chain;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api;

/// <summary>"pending" is the block that would be built now.</summary>
public class PendingTests
{
    [Fact]
    public async Task The_pending_block_has_what_waits_in_the_pool_and_its_state()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Dev.Adopt(host.Dev.Head, 1);
        Address heir = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000aa");
        await AssertPendingAsync(host, 0, heir);
        for (ulong nonce = 0; nonce < 2; nonce++)
        {
            host.Dev.Accept(DevChain.Sign(0, nonce, t => t with { To = heir, Value = 5 }));
            await AssertPendingAsync(host, (int)nonce + 1, heir);
        }
        host.Dev.Adopt(host.Dev.Head, 1, DevChain.Sign(0, 0, t => t with { To = heir, Value = 5 }), DevChain.Sign(0, 1, t => t with { To = heir, Value = 5 }));
        JsonElement block = await host.ResultAsync("eth_getBlockByNumber", "[\"pending\", false]");
        Assert.Equal(("0x3", 0), (block.GetProperty("number").GetString(), block.GetProperty("transactions").GetArrayLength()));
    }

    [Fact]
    public async Task What_is_counted_by_numbers_takes_the_head_for_pending()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.Dev.Adopt(host.Dev.Head, 1, DevChain.Log(0, 0, 1, 2));
        Assert.Equal("0x1", (await host.ResultAsync("eth_feeHistory", "[\"0x1\", \"pending\", []]")).GetProperty("oldestBlock").GetString());
        Assert.Equal(1, (await host.ResultAsync("eth_getLogs", """[{"fromBlock":"pending","toBlock":"pending"}]""")).GetArrayLength());
    }

    private static async Task AssertPendingAsync(ApiHost host, int transactions, Address heir)
    {
        JsonElement block = await host.ResultAsync("eth_getBlockByNumber", "[\"pending\", true]");
        Assert.Equal("0x2", block.GetProperty("number").GetString());
        Assert.Equal(host.Dev.Head.Hash.ToString(), block.GetProperty("parentHash").GetString());
        Assert.All((string[])["hash", "nonce", "miner"], name => Assert.Equal(JsonValueKind.Null, block.GetProperty(name).ValueKind));
        Assert.Equal(transactions, block.GetProperty("transactions").GetArrayLength());
        Assert.Equal($"0x{transactions:x}", (await host.ResultAsync("eth_getBlockTransactionCountByNumber", "[\"pending\"]")).GetString());
        Assert.Equal($"0x{transactions:x}", (await host.ResultAsync("eth_getTransactionCount", $"[\"{DevChain.AddressOf(0)}\", \"pending\"]")).GetString());
        Assert.Equal("0x0", (await host.ResultAsync("eth_getTransactionCount", $"[\"{DevChain.AddressOf(0)}\", \"latest\"]")).GetString());
        Assert.Equal($"0x{5 * transactions:x}", (await host.ResultAsync("eth_getBalance", $"[\"{heir}\", \"pending\"]")).GetString());
        Assert.Equal("0x0", (await host.ResultAsync("eth_getBalance", $"[\"{heir}\", \"latest\"]")).GetString());
        Assert.Equal("0x5208", (await host.ResultAsync("eth_estimateGas", $$"""[{"from":"{{heir}}","to":"{{DevChain.AddressOf(1)}}","value":"0x{{5 * transactions:x}}"}, "pending"]""")).GetString());
        const string TellsNumber = "0x4360005260206000f3";
        Assert.Equal("0x" + "2".PadLeft(64, '0'), (await host.ResultAsync("eth_call", $$"""[{"to":"{{heir}}"}, "pending", {"{{heir}}":{"code":"{{TellsNumber}}"} }]""")).GetString());
    }
}
