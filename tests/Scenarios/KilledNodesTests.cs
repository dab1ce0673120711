using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Flashback.Scenarios;

/// <summary>A network of processes, each of which is killed in turn while it works: what was acknowledged stays, all agree in the end, and nobody has signed what takes its stake.</summary>
public sealed class KilledNodesTests : IDisposable
{
    private const int NodeCount = 3;
    private const int ValidatorsOfNode = 21;
    private const string Receiver = "0x00000000000000000000000000000000000c0ffe";

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-nodes-").FullName;
    private readonly int[] _peerPorts = FreePorts(NodeCount);
    private readonly ConcurrentDictionary<string, byte> _sent = []; // hashes of transactions that were acknowledged

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task Each_node_is_killed_in_turn_and_comes_back_to_the_same_chain()
    {
        FlashbackProgram.Result genesis = await FlashbackProgram.RunAsync("genesis", "--known-validators", Text(NodeCount * ValidatorsOfNode), "--delay", "8", "--output", NetworkPath);
        Assert.True(genesis.ExitCode == 0, genesis.Errors);
        Node[] nodes = await Task.WhenAll(Enumerable.Range(0, NodeCount).Select(StartAsync));
        try
        {
            string[] accounts = [.. (await nodes[0].AskAsync("eth_accounts")).EnumerateArray().Select(account => account.GetString()!)];
            await UntilAsync(async () => await HeadAsync(nodes[0]) >= 3);
            for (int i = 0; i < NodeCount; i++)
            {
                Task load = LoadAsync(nodes[i], accounts[i]);
                await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
                nodes[i].Kill();
                await load;
                nodes[i].Dispose();
                nodes[i] = await StartAsync(i);
                await UntilAsync(async () => await HeadAsync(nodes[i]) >= await HeadAsync(nodes[(i + 1) % NodeCount]));
            }
            await UntilAsync(async () => Number((await nodes[0].AskAsync("eth_getBlockByNumber", """["finalized", false]""")).GetProperty("number")) > 0);
            await RequireAgreementAsync(nodes);
            await RequireWhatWasSentAsync(nodes[0]);
            await RequireNobodyIsSlashedAsync(nodes[0]);
        }
        finally
        {
            foreach (Node node in nodes)
            {
                node.Kill();
                node.Dispose();
            }
        }
    }

    private string NetworkPath => Path.Combine(_folder, "network.json");

    private async Task<Node> StartAsync(int index)
    {
        List<string> arguments =
        [
            "node", "--network", NetworkPath, "--name", $"node{index}", "--data", Path.Combine(_folder, $"node{index}"), "--http-port", "0", "--beacon-port", "0", "--log-level", "Error",
            "--p2p-port", Text(_peerPorts[index]), "--known-accounts", Text(NodeCount), "--known-keys", $"{index * ValidatorsOfNode}..{((index + 1) * ValidatorsOfNode) - 1}",
        ];
        for (int other = 0; other < index; other++)
            arguments.AddRange(["--peer", $"127.0.0.1:{_peerPorts[other]}"]);
        (Process process, string told) = await FlashbackProgram.StartAsync($"node{index}: ", [.. arguments]);
        return new Node(process, AddressIn(told, "JSON-RPC at "), AddressIn(told, "Beacon API at "));
    }

    /// <summary>Sends one transaction after another until the node is gone.</summary>
    private async Task LoadAsync(Node node, string account)
    {
        try
        {
            while (true)
            {
                JsonElement hash = await node.AskAsync("eth_sendTransaction", $$"""[{"from":"{{account}}","to":"{{Receiver}}","value":"0x1","gas":"0x5208"}]""");
                _sent[hash.GetString()!] = 0;
            }
        }
        catch (Exception silence) when (silence is HttpRequestException or IOException)
        {
            // It was killed; what it did not answer was not acknowledged.
        }
    }

    private static async Task RequireAgreementAsync(Node[] nodes)
    {
        ulong common = ulong.MaxValue;
        foreach (Node node in nodes)
            common = Math.Min(common, Number((await node.AskAsync("eth_getBlockByNumber", """["safe", false]""")).GetProperty("number")));
        Assert.True(common > 0);
        for (ulong number = 0; number <= common; number++)
        {
            string?[] hashes = await Task.WhenAll(nodes.Select(async node => (await node.AskAsync("eth_getBlockByNumber", $"[\"0x{number:x}\", false]")).GetProperty("hash").GetString()));
            Assert.Single(hashes.Distinct());
        }
    }

    private async Task RequireWhatWasSentAsync(Node node)
    {
        Assert.NotEmpty(_sent);
        foreach (string hash in _sent.Keys)
            await UntilAsync(async () => (await node.AskAsync("eth_getTransactionReceipt", $"[\"{hash}\"]")).ValueKind == JsonValueKind.Object);
    }

    private static async Task RequireNobodyIsSlashedAsync(Node node)
    {
        JsonElement answer = await node.Client.GetFromJsonAsync<JsonElement>(new Uri(node.Beacon, "eth/v1/beacon/states/head/validators"), TestContext.Current.CancellationToken);
        JsonElement[] validators = [.. answer.GetProperty("data").EnumerateArray()];
        Assert.Equal(NodeCount * ValidatorsOfNode, validators.Length);
        Assert.All(validators, validator => Assert.False(validator.GetProperty("validator").GetProperty("slashed").GetBoolean()));
    }

    private static async Task<ulong> HeadAsync(Node node) => Number(await node.AskAsync("eth_blockNumber"));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(4));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(300), patience.Token);
    }

    private static ulong Number(JsonElement quantity) => Convert.ToUInt64(quantity.GetString(), 16);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static Uri AddressIn(string told, string before)
    {
        string rest = told[(told.IndexOf(before, StringComparison.Ordinal) + before.Length)..];
        return new Uri(rest.Split(';')[0]);
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(System.Net.IPAddress.Loopback, 0))];
        int[] ports = [.. listeners.Select(listener =>
        {
            listener.Start();
            return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        })];
        Array.ForEach(listeners, listener => listener.Dispose());
        return ports;
    }

    private sealed class Node(Process process, Uri rpc, Uri beacon) : IDisposable
    {
        public HttpClient Client { get; } = new();

        public Uri Beacon => beacon;

        public async Task<JsonElement> AskAsync(string method, string parameters = "[]")
        {
            using StringContent body = new($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", System.Text.Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await Client.PostAsync(rpc, body, TestContext.Current.CancellationToken);
            JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            return answer.TryGetProperty("result", out JsonElement result) ? result : throw new InvalidOperationException($"{method} {parameters}: {answer}");
        }

        /// <summary>Ends it as a power cut does.</summary>
        public void Kill() => process.Kill(entireProcessTree: true);

        public void Dispose()
        {
            process.WaitForExit();
            process.Dispose();
            Client.Dispose();
        }
    }
}
