using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flashback.Cryptography;
using Flashback.Execution;
using Flashback.Node;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary><c>flashback devnet</c>, as a user starts it, in virtual time: 2-second slots, 8 of them an epoch.</summary>
public sealed partial class DevnetTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-scenario-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Two_nodes_finalise_agree_and_miss_no_slot()
    {
        Line[] lines = await RunAsync(100, "--nodes", "2");
        Assert.True(lines.Length >= 49, $"{lines.Length} slots");
        Assert.All(lines, line => Assert.Equal(2, line.Agreeing));
        AssertNoneMissed(lines);
        Assert.True(lines[^1].Finalized >= 3, $"{lines[^1]}");
        Assert.True(lines[^1].Justified > lines[^1].Finalized, $"{lines[^1]}");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task With_a_third_of_the_stake_away_nothing_becomes_final_until_it_returns()
    {
        // Half of the validators: what is left justifies nothing.
        const string Away = "@48..112";
        Line[] lines = await RunAsync(160, "--nodes", "4", "--fault", "node2:offline" + Away, "--fault", "node3:offline" + Away);
        Line before = At(lines, 30), during = At(lines, 54), last = lines[^1];
        Assert.Equal(before.Finalized, during.Finalized);
        Assert.Equal(before.Justified, during.Justified);
        Assert.True(during.Head >= 45, $"{during}: those that stayed go on");
        Assert.Contains(lines, line => line.Slot is > 30 and < 54 && line.Agreeing < 4);
        Assert.True(last.Finalized > during.Finalized, $"{during}, {last}");
        Assert.Equal(4, last.Agreeing);
    }

    [Theory]
    [Trait("Speed", "Slow")]
    [InlineData("node0+node1:partition@48..80")]
    [InlineData("node0+node1+node2+node3:loss=0.1@16..80")]
    [InlineData("node1:delay=0.5@16..80")]
    public async Task Nodes_agree_again_once_a_fault_is_over_and_finalise(string fault)
    {
        Line[] lines = await RunAsync(170, "--nodes", "4", "--fault", fault);
        Line end = At(lines, 40), last = lines[^1];
        Assert.Equal(4, last.Agreeing);
        Assert.True(last.Finalized > end.Finalized, $"{end}, {last}");
    }

    [Fact]
    public async Task A_network_that_is_started_again_goes_on_from_its_head()
    {
        Line first = (await RunAsync(16, 60, "--nodes", "2", "--data", _folder))[^1];
        Line[] second = await RunAsync(16, 120, "--nodes", "2", "--data", _folder);
        // The head is kept, no slot of the chain is empty, and what was final stays so.
        Assert.InRange(second[0].Head, first.Head, first.Head + 1);
        if (second[0].Head == first.Head)
            Assert.Equal(first.Root, second[0].Root);
        Assert.True(second[0].Finalized >= first.Finalized, $"{first}, {second[0]}");
        Assert.True(second[^1].Finalized > first.Finalized, $"{first}, {second[^1]}");
        Assert.Equal(2, second[^1].Agreeing);
        AssertNoneMissed(second);
        Assert.Equal(second[^1].Head, second[^1].Block);
    }

    [Fact]
    public async Task The_same_genesis_and_seed_give_the_same_chain()
    {
        // The time of genesis is part of the chain: both runs take up one network file.
        string one = Directory.CreateDirectory(Path.Combine(_folder, "one")).FullName, other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        string[] fault = ["--nodes", "3", "--seed", "7", "--fault", "node0+node1+node2:loss=0.1@10..40"];
        _ = await RunAsync(16, 0.1, [.. fault, "--data", one]);
        File.Copy(Path.Combine(one, "network.json"), Path.Combine(other, "network.json"));
        Directory.GetDirectories(one).ToList().ForEach(folder => Directory.Delete(folder, recursive: true));
        Line[] first = await RunAsync(16, 60, [.. fault, "--data", one]), second = await RunAsync(16, 60, [.. fault, "--data", other]);
        Assert.True(first.Length > 25, $"{first.Length} slots");
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task A_transaction_sent_to_one_node_is_in_the_same_block_of_all()
    {
        await using Started network = await StartAsync(3);
        Secp256k1SecretKey key = LocalNetwork.AccountKeys(LocalNetwork.KnownMnemonic, 1)[0];
        Address target = ((UInt256)0xfeedUL).ToAddress();
        Transaction transaction = new()
        {
            Type = TransactionType.DynamicFee, ChainId = 31337, Nonce = 0, MaxPriorityFeePerGas = 1_000_000_000, MaxFeePerGas = 100_000_000_000, GasLimit = 21_000, To = target, Value = 5,
        };
        transaction = transaction with { Signature = Secp256k1.Sign(TransactionCodec.SigningHash(transaction), key) };
        string raw = "0x" + Convert.ToHexStringLower(TransactionCodec.Encode(transaction));
        string hash = (await DevnetRun.AskAsync(network.Nodes[2], "eth_sendRawTransaction", $"[\"{raw}\"]")).GetString()!;
        HashSet<string> blocks = [];
        foreach (Uri node in network.Nodes)
        {
            blocks.Add(await BlockOfAsync(node, hash));
            Assert.Equal("0x5", (await DevnetRun.AskAsync(node, "eth_getBalance", $"[\"{target}\", \"latest\"]")).GetString());
        }
        Assert.Single(blocks);
    }

    [Fact]
    public async Task A_token_that_cast_deploys_through_one_node_is_seen_on_all()
    {
        await using Started network = await StartAsync(4);
        try
        {
            string script = Path.Combine(Vectors.Checkout, "tests", "Scenarios", "Tools", "everywhere.mjs");
            string output = await NodeTools.RunAsync(script, TestContext.Current.CancellationToken, [.. network.Nodes.Select(node => node.ToString())]);
            Assert.Equal(4, output.Split("ok sees it").Length - 1);
        }
        catch (NodeToolsException absent)
        {
            Assert.Skip(absent.Message);
        }
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Five_hundred_epochs_go_by_without_a_missed_block_and_memory_stays_where_it_is()
    {
        const int Slots = 500 * 8, BoundedBytesPerSlot = 10 << 10;
        ProcessStartInfo start = new(
            Path.Combine(Vectors.Checkout, "flashback"),
            ["devnet", "--nodes", "1", "--validators", "8", "--http-port", "0", "--beacon-port", "0", "--providers", "0", "--warp", "24h", "--until", $"{(2 * Slots) + 3}s"]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        Uri? node = null;
        List<Line> lines = [];
        List<long> heap = []; // bytes, at each tenth but the last
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } text)
        {
            if (text.Split(": JSON-RPC at ") is [_, var address])
                node = new Uri(address.Split(",")[0]);
            if (SlotLine().Match(text) is not { Success: true } match)
                continue;
            lines.Add(Line.Of(match));
            if (lines.Count % (Slots / 10) == 0 && lines.Count < Slots)
                heap.Add(await ManagedHeapAsync(node!));
        }
        Assert.True(lines.Count >= Slots, $"{lines.Count} slots");
        AssertNoneMissed([.. lines]);
        Assert.InRange(lines[^1].Finalized, 497, 500);
        // What is kept for a while (states since finality, blocks that may be reverted) is there after two tenths. What a heap dump shows to grow after that has bounds of its own, which the last slot
        // does not reach: the words of EIP-2935's and EIP-4788's rings in the state's cache, the newest blocks as objects, the messages that were seen, the bootstraps of light clients.
        Assert.True(heap[^1] - heap[1] < (Slots - (Slots / 5)) * BoundedBytesPerSlot, string.Join(", ", heap.Select(bytes => bytes >> 10)) + " KiB");
    }

    [Theory]
    [InlineData("--fault", "node3:asleep@1..2", "--fault takes something like")]
    [InlineData("--warp", "soon", "--warp")]
    [InlineData("--nodes", "0", "--nodes")]
    public async Task Says_what_is_wrong_with_its_options(string option, string value, string told)
    {
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("devnet", option, value);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(told, result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Runs a devnet of 64 validators so many seconds of virtual time; what it told of each slot.</summary>
    private static Task<Line[]> RunAsync(double seconds, params string[] arguments) => RunAsync(64, seconds, arguments);

    private static async Task<Line[]> RunAsync(int validators, double seconds, params string[] arguments)
    {
        string time = seconds.ToString(CultureInfo.InvariantCulture) + "s";
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync(["devnet", "--validators", $"{validators}", "--http-port", "0", "--beacon-port", "0", "--providers", "0", "--warp", "1h", "--until", time, .. arguments]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return [.. SlotLine().Matches(result.Output).Select(Line.Of)];
    }

    /// <summary>Starts a devnet at the pace of the clock, and waits until it says where its nodes answer.</summary>
    private static async Task<Started> StartAsync(int nodes)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), ["devnet", "--nodes", $"{nodes}", "--http-port", "0", "--beacon-port", "0", "--providers", "0"]) { RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        List<Uri> addresses = [];
        while (addresses.Count < nodes && await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Split(": JSON-RPC at ") is [_, var address])
                addresses.Add(new Uri(address.Split(",")[0]));
        }
        _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // so that it never waits for a reader
        return new Started(process, addresses);
    }

    private static void AssertNoneMissed(Line[] lines)
    {
        // A line is told as its slot begins: the head is of the slot before.
        foreach (Line line in lines.Where(line => line.Slot > 0))
            Assert.Equal(line.Slot - 1, line.Head);
    }

    /// <summary>Bytes on a node's heap after its last collection.</summary>
    private static async Task<long> ManagedHeapAsync(Uri node)
    {
        using HttpClient client = new();
        string metrics = await client.GetStringAsync(new Uri(node, "metrics"), TestContext.Current.CancellationToken);
        return HeapLine().Matches(metrics).Sum(line => long.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
    }

    private static Line At(Line[] lines, int slot) => lines.Single(line => line.Slot == slot);

    private static async Task<string> BlockOfAsync(Uri node, string transaction)
    {
        for (int i = 0; i < 300; i++)
        {
            JsonElement receipt = await DevnetRun.AskAsync(node, "eth_getTransactionReceipt", $"[\"{transaction}\"]");
            if (receipt.ValueKind == JsonValueKind.Object)
                return receipt.GetProperty("blockHash").GetString()!;
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
        throw new InvalidOperationException($"{node} has no block with {transaction}");
    }

    [GeneratedRegex(@"^slot +(\d+)  head +(\d+) (\w+)  block +(\d+)  nodes (\d+)/\d+  justified (\d+)  finalized (\d+)", RegexOptions.Multiline)]
    private static partial Regex SlotLine();

    [GeneratedRegex(@"^dotnet_gc_last_collection_heap_size_bytes\{[^}]*\} (\d+)", RegexOptions.Multiline)]
    private static partial Regex HeapLine();

    private sealed record Started(Process Process, IReadOnlyList<Uri> Nodes) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync(CancellationToken.None);
            Process.Dispose();
        }
    }

    private sealed record Line(int Slot, int Head, string Root, int Block, int Agreeing, int Justified, int Finalized)
    {
        public static Line Of(Match match)
        {
            int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
            return new Line(Number(1), Number(2), match.Groups[3].Value, Number(4), Number(5), Number(6), Number(7));
        }
    }
}
