using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary><c>flashback execution</c>, driven as a consensus client drives it: through its port, with tokens made by hand.</summary>
public sealed partial class ExecutionClientTests : IDisposable
{
    private const string Secret = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";

    private readonly string _folder = Directory.CreateTempSubdirectory("flashback-scenario-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Builds_blocks_survives_a_kill_and_leaves_a_sound_database()
    {
        string data = Path.Combine(_folder, "data");
        string[] arguments = ["execution", "--genesis", WriteGenesis(), "--jwt-secret", WriteSecret(), "--authrpc-port", "0", "--http-port", "0", "--data", data];
        string head = "", timestamp = "0x1000";
        for (int run = 0; run < 2; run++)
        {
            using Process process = Start(arguments);
            try
            {
                (Uri rpc, Uri engine) = await WaitAsync(process);
                string at = (await AskAsync(rpc, "eth_getBlockByNumber", "[\"latest\", false]")).GetProperty("hash").GetString()!;
                Assert.True(head.Length == 0 || at == head, $"the head was {head} and is {at} after a kill");
                for (int i = 0; i < 3; i++)
                {
                    timestamp = $"0x{Convert.ToUInt64(timestamp, 16) + 12:x}";
                    head = at = await BuildAsync(engine, at, timestamp);
                }
                Assert.Equal($"0x{3 * (run + 1):x}", (await AskAsync(rpc, "eth_blockNumber", "[]")).GetString());
            }
            finally
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }
        }
        FlashbackProgram.Result check = await FlashbackProgram.RunAsync("db", "check", "--data", data);
        Assert.Equal((0, "nothing is broken"), (check.ExitCode, check.LastLine));
    }

    [Fact]
    public async Task Says_what_is_wrong_with_its_files()
    {
        string broken = Path.Combine(_folder, "broken.json");
        await File.WriteAllTextAsync(broken, "{}", TestContext.Current.CancellationToken);
        FlashbackProgram.Result result = await FlashbackProgram.RunAsync("execution", "--genesis", broken, "--jwt-secret", WriteSecret(), "--authrpc-port", "0", "--http-port", "0");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("has no \"config\"", result.Errors, StringComparison.Ordinal);
        result = await FlashbackProgram.RunAsync("db", "check", "--data", _folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no store is in", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Has a block built on the head, hands it in and makes it the head. Returns its hash.</summary>
    private static async Task<string> BuildAsync(Uri engine, string head, string timestamp)
    {
        string attributes = $$"""{"timestamp":"{{timestamp}}","prevRandao":"{{Zero}}","suggestedFeeRecipient":"0x00000000000000000000000000000000000000aa","withdrawals":[],"parentBeaconBlockRoot":"{{Zero}}"}""";
        string id = (await AskAsync(engine, "engine_forkchoiceUpdatedV3", $"[{State(head)}, {attributes}]")).GetProperty("payloadId").GetString()!;
        JsonElement built = await AskAsync(engine, "engine_getPayloadV5", $"[\"{id}\"]");
        JsonElement payload = built.GetProperty("executionPayload");
        JsonElement status = await AskAsync(engine, "engine_newPayloadV4", $"[{payload}, [], \"{Zero}\", {built.GetProperty("executionRequests")}]");
        Assert.Equal("VALID", status.GetProperty("status").GetString());
        string hash = payload.GetProperty("blockHash").GetString()!;
        JsonElement chosen = await AskAsync(engine, "engine_forkchoiceUpdatedV3", $"[{State(hash)}]");
        Assert.Equal("VALID", chosen.GetProperty("payloadStatus").GetProperty("status").GetString());
        return hash;
    }

    private static async Task<JsonElement> AskAsync(Uri address, string method, string parameters)
    {
        using HttpClient client = new();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token());
        using StringContent body = new($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.PostAsync(address, body, TestContext.Current.CancellationToken);
        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using JsonDocument document = JsonDocument.Parse(answer);
        Assert.True(document.RootElement.TryGetProperty("result", out JsonElement result), answer);
        return result.Clone();
    }

    private static string Token()
    {
        static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        string signed = Encode("""{"typ":"JWT","alg":"HS256"}"""u8.ToArray()) + "." + Encode(Encoding.ASCII.GetBytes($$"""{"iat":{{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}}"""));
        return $"{signed}.{Encode(HMACSHA256.HashData(Convert.FromHexString(Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string State(string head) => $$"""{"headBlockHash":"{{head}}","safeBlockHash":"{{Zero}}","finalizedBlockHash":"{{Zero}}"}""";

    private static Process Start(string[] arguments) =>
        Process.Start(new ProcessStartInfo(Path.Combine(Vectors.Checkout, "flashback"), arguments) { RedirectStandardOutput = true })
        ?? throw new InvalidOperationException("the program did not start");

    /// <summary>Waits until the program says where it answers.</summary>
    private static async Task<(Uri Rpc, Uri Engine)> WaitAsync(Process process)
    {
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (Greeting().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken); // so that it never waits for a reader
                return (new Uri(match.Groups[1].Value), new Uri(match.Groups[2].Value));
            }
        }
        throw new InvalidOperationException("the program ended before it answered");
    }

    private string WriteSecret()
    {
        string file = Path.Combine(_folder, "jwt.hex");
        File.WriteAllText(file, Secret);
        return file;
    }

    private string WriteGenesis()
    {
        string file = Path.Combine(_folder, "genesis.json");
        File.WriteAllText(file, """
            {
              "config": { "chainId": 7, "cancunTime": 0, "pragueTime": 0, "osakaTime": 0 },
              "gasLimit": "30000000", "difficulty": "0x0", "timestamp": "0x10",
              "alloc": {
                "0x00000961ef480eb55e80d19ad83579a64c007002": { "balance": "0", "nonce": "1", "code": "0x00" },
                "0x0000bbddc7ce488642fb579f8b00f3a590007251": { "balance": "0", "nonce": "1", "code": "0x00" }
              }
            }
            """);
        return file;
    }

    [GeneratedRegex(@"JSON-RPC at (http\S+?)/?; Engine API at (http\S+?)/?,")]
    private static partial Regex Greeting();
}
