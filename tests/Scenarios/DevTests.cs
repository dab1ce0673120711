using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Flashback.Scenarios;

/// <summary><c>flashback dev</c>: a network of one node whose slots come when they are wanted.</summary>
public sealed class DevTests : IDisposable
{
    private const string BeaconPrefix = "Beacon API at ";

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-dev-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Each_transaction_makes_a_block_and_nothing_else_does()
    {
        await using DevChain chain = await DevChain.StartAsync();
        string from = await FirstAccountAsync(chain);
        for (ulong number = 1; number <= 3; number++)
            Assert.Equal(number, await IncludedInAsync(chain, await SendAsync(chain, from)));
        // Below the base fee, and behind a gap: both wait, and no empty block comes for them.
        await SendAsync(chain, from, "\"gasPrice\":\"0x1\",");
        await SendAsync(chain, from, "\"nonce\":\"0x9\",");
        Assert.Equal("0x1", (await chain.AskAsync("txpool_status")).GetProperty("queued").GetString());
        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal(3UL, await NumberAsync(chain));
    }

    [Fact]
    public async Task With_a_block_time_blocks_come_by_themselves_and_become_final()
    {
        (Process process, string beacon) = await FlashbackProgram.StartAsync(BeaconPrefix, "dev", "--http-port", "0", "--beacon-port", "0", "--block-time", "0.1", "--validators", "4");
        using HttpClient client = new() { BaseAddress = new Uri(beacon) };
        try
        {
            while (true)
            {
                JsonElement checkpoints = await client.GetFromJsonAsync<JsonElement>("eth/v1/beacon/states/head/finality_checkpoints", TestContext.Current.CancellationToken);
                if (ulong.Parse(checkpoints.GetProperty("data").GetProperty("finalized").GetProperty("epoch").GetString()!, null) >= 2)
                    break;
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }
            JsonElement head = await client.GetFromJsonAsync<JsonElement>("eth/v1/beacon/headers/head", TestContext.Current.CancellationToken);
            Assert.True(ulong.Parse(head.GetProperty("data").GetProperty("header").GetProperty("message").GetProperty("slot").GetString()!, null) >= 32);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            process.Dispose();
        }
    }

    [Fact]
    public async Task Blocks_and_days_come_when_they_are_asked_for()
    {
        await using DevChain chain = await DevChain.StartAsync("--warp", "1000000");
        ulong start = await TimeAsync(chain);
        Assert.InRange(start, Now() + 999_000, Now() + 1_000_000);
        await chain.AskAsync("evm_mine");
        Assert.Equal((1UL, start + 1), (await NumberAsync(chain), await TimeAsync(chain)));
        Assert.Equal(1_086_400, (await chain.AskAsync("evm_increaseTime", "[86400]")).GetInt64());
        await chain.AskAsync("anvil_mine", """["0x3", "0x3c"]""");
        Assert.Equal(4UL, await NumberAsync(chain));
        Assert.InRange(await TimeAsync(chain), start + 86_400 + 120, start + 86_400 + 140);
        Assert.Equal(5UL, await IncludedInAsync(chain, await SendAsync(chain, await FirstAccountAsync(chain))));
        await Assert.ThrowsAsync<InvalidOperationException>(() => chain.AskAsync("evm_increaseTime", "[2592001]"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => chain.AskAsync("anvil_mine", """["0x2711"]"""));
    }

    [Fact]
    public async Task A_chain_in_a_folder_goes_on_with_the_same_settings_and_with_no_others()
    {
        string hash;
        await using (DevChain chain = await DevChain.StartAsync("--data", _folder))
        {
            hash = await SendAsync(chain, await FirstAccountAsync(chain));
            Assert.Equal(1UL, await IncludedInAsync(chain, hash));
        }
        FlashbackProgram.Result other = await FlashbackProgram.RunAsync("dev", "--http-port", "0", "--data", _folder, "--chain-id", "7");
        Assert.Equal((1, true), (other.ExitCode, other.Errors.Contains("other settings", StringComparison.Ordinal)));
        await using DevChain again = await DevChain.StartAsync("--data", _folder, "--block-time", "2");
        Assert.Equal(1UL, await IncludedInAsync(again, hash));
        Assert.Equal(2UL, await IncludedInAsync(again, await SendAsync(again, await FirstAccountAsync(again))));
    }

    private static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private static async Task<string> FirstAccountAsync(DevChain chain) => (await chain.AskAsync("eth_accounts"))[0].GetString()!;

    private static async Task<string> SendAsync(DevChain chain, string from, string more = "") =>
        (await chain.AskAsync("eth_sendTransaction", $$"""[{ {{more}} "from":"{{from}}","to":"{{from}}","value":"0x1","gas":"0x5208" }]""")).GetString()!;

    private static async Task<ulong> IncludedInAsync(DevChain chain, string hash)
    {
        JsonElement receipt;
        while ((receipt = await chain.AskAsync("eth_getTransactionReceipt", $"[\"{hash}\"]")).ValueKind != JsonValueKind.Object)
            await Task.Delay(10, TestContext.Current.CancellationToken);
        return Convert.ToUInt64(receipt.GetProperty("blockNumber").GetString(), 16);
    }

    private static async Task<ulong> NumberAsync(DevChain chain) => Convert.ToUInt64((await chain.AskAsync("eth_blockNumber")).GetString(), 16);

    private static async Task<ulong> TimeAsync(DevChain chain) =>
        Convert.ToUInt64((await chain.AskAsync("eth_getBlockByNumber", """["latest", false]""")).GetProperty("timestamp").GetString(), 16);
}
