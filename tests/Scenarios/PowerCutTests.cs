using System.Collections.Concurrent;
using System.Text.Json;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>A local chain that is killed at random moments while it works: what it has told anybody stays true.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const string Receiver = "0x00000000000000000000000000000000000c0ffe";

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-power-").FullName;
    private readonly ConcurrentDictionary<string, byte> _sent = []; // hashes of transactions that were acknowledged
    private readonly ConcurrentDictionary<ulong, JsonElement> _seen = []; // blocks that were told of, by number

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public Task Nothing_acknowledged_is_lost_when_it_is_killed_a_few_times() => KillAsync(3);

    [Fact]
    [Trait("Speed", "Slow")]
    public Task Nothing_acknowledged_is_lost_when_it_is_killed_twenty_times() => KillAsync(20);

    private async Task KillAsync(int times)
    {
        Random random = Seeds.Fresh();
        for (int i = 0; i < times; i++)
        {
            // By turns a block at each transaction and by a timer, so that transactions wait in the pool, too.
            await using DevChain chain = await StartAsync(i % 2 == 0 ? "0" : "0.3");
            await RequireWhatWasSeenAsync(chain);
            await LoadUntilKilledAsync(chain, TimeSpan.FromMilliseconds(random.Next(50, 2000)));
        }
        await using (DevChain last = await StartAsync("0.3"))
        {
            await RequireWhatWasSeenAsync(last);
            await RequireWhatWasSentAsync(last);
        }
        FlashbackProgram.Result check = await FlashbackProgram.RunAsync("db", "check", "--data", _folder);
        Assert.True(check.ExitCode == 0, check.Output + check.Errors);
        Assert.Equal("nothing is broken", check.LastLine);
    }

    private Task<DevChain> StartAsync(string blockTime) => DevChain.StartAsync("--data", _folder, "--block-time", blockTime);

    /// <summary>Each account sends one transaction after another, and somebody watches the head, until there is no answer.</summary>
    private async Task LoadUntilKilledAsync(DevChain chain, TimeSpan delay)
    {
        int before = _sent.Count;
        string[] accounts = [.. (await chain.AskAsync("eth_accounts")).EnumerateArray().Select(account => account.GetString()!)];
        Task[] load = [.. accounts.Select(account => UntilSilentAsync(async () => _sent[await SendAsync(chain, account)] = 0)), UntilSilentAsync(() => WatchAsync(chain))];
        while (_sent.Count == before)
            await Task.WhenAny(Task.Delay(10, TestContext.Current.CancellationToken), Task.WhenAll(load)); // the moment is one of work, not of warming up
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        chain.Kill();
        await Task.WhenAll(load);
    }

    private static async Task UntilSilentAsync(Func<Task> act)
    {
        try
        {
            while (true)
                await act();
        }
        catch (Exception silence) when (silence is HttpRequestException or IOException)
        {
            // The program is gone; whatever it did not answer was not acknowledged.
        }
    }

    private static async Task<string> SendAsync(DevChain chain, string account) =>
        (await chain.AskAsync("eth_sendTransaction", $$"""[{"from":"{{account}}","to":"{{Receiver}}","value":"0x1","gas":"0x5208"}]""")).GetString()!;

    private async Task WatchAsync(DevChain chain)
    {
        JsonElement head = await chain.AskAsync("eth_getBlockByNumber", """["latest", false]""");
        _seen[NumberOf(head)] = head;
    }

    /// <summary>Every block that was told of is the same, with the same roots; and the head has not gone back.</summary>
    private async Task RequireWhatWasSeenAsync(DevChain chain)
    {
        foreach ((ulong number, JsonElement block) in _seen)
        {
            JsonElement now = await chain.AskAsync("eth_getBlockByNumber", $"[\"0x{number:x}\", false]");
            Assert.True(now.ValueKind == JsonValueKind.Object, $"block {number} is lost");
            foreach (string root in (string[])["hash", "stateRoot", "transactionsRoot", "receiptsRoot"])
                Assert.Equal(block.GetProperty(root).GetString(), now.GetProperty(root).GetString());
        }
    }

    /// <summary>Every transaction that was acknowledged is in one block, and so much has been received as the blocks say.</summary>
    private async Task RequireWhatWasSentAsync(DevChain chain)
    {
        string[] missing = [.. _sent.Keys];
        while ((missing = await WithoutReceiptAsync(chain, missing)).Length > 0)
        {
            foreach (string hash in missing)
                Assert.True((await chain.AskAsync("eth_getTransactionByHash", $"[\"{hash}\"]")).ValueKind == JsonValueKind.Object, $"transaction {hash} is lost");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }
        ulong head = Convert.ToUInt64((await chain.AskAsync("eth_blockNumber")).GetString(), 16);
        List<string> included = [];
        for (ulong number = 0; number <= head; number++)
            included.AddRange((await chain.AskAsync("eth_getBlockByNumber", $"[\"0x{number:x}\", false]")).GetProperty("transactions").EnumerateArray().Select(hash => hash.GetString()!));
        Assert.Equal(included.Count, included.Distinct().Count());
        Assert.Empty(_sent.Keys.Except(included));
        Assert.Equal($"0x{included.Count:x}", (await chain.AskAsync("eth_getBalance", $"[\"{Receiver}\", \"0x{head:x}\"]")).GetString());
        TestContext.Current.TestOutputHelper?.WriteLine($"{_sent.Count} transactions acknowledged, {included.Count} in {head} blocks");
    }

    private static async Task<string[]> WithoutReceiptAsync(DevChain chain, string[] hashes)
    {
        List<string> without = [];
        foreach (string hash in hashes)
        {
            if ((await chain.AskAsync("eth_getTransactionReceipt", $"[\"{hash}\"]")).ValueKind != JsonValueKind.Object)
                without.Add(hash);
        }
        return [.. without];
    }

    private static ulong NumberOf(JsonElement block) => Convert.ToUInt64(block.GetProperty("number").GetString(), 16);
}
