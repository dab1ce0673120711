using System.Net;
using System.Text;
using System.Text.Json;
using Flashback.Api;
using Flashback.Chain.Spacetime;
using Flashback.Primitives;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Spacetime.Network;

/// <summary><c>storage_*</c> over HTTP, and that answers have the form that docs/rpc/storage.json promises.</summary>
public class StorageMethodsTests
{
    private const int Provider = 3;

    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Vectors.Checkout, "docs", "rpc", "storage.json"))).RootElement;

    [Fact]
    public async Task Tells_of_providers_sectors_deadlines_claims_and_proofs()
    {
        using StorageNetwork network = new();
        await using Asked asked = await Asked.StartAsync(network);
        NetworkProvider provider = new(network, Provider);
        await network.PassAsync(2);
        Assert.Equal(JsonValueKind.Null, (await asked.ResultAsync("storage_getProvider", "0x3")).ValueKind);
        await provider.RegisterAsync();
        ulong before = network.First.Execution.Snapshot.Number;
        await provider.CommitAsync(1);
        ulong sealing = network.First.Execution.Snapshot.Number;

        JsonElement told = await asked.ResultAsync("storage_getProvider", "0x3");
        Assert.Equal(StorageNetwork.AccountOf(Provider).ToString(), told.GetProperty("operator").GetString());
        Assert.Equal(Hex.Encode(network.ValidatorOf(Provider).PublicKey.AsSpan()), told.GetProperty("publicKey").GetString());
        Assert.Equal(("0x1", "0x1", "0x0"), (told.GetProperty("committedSectors").GetString(), told.GetProperty("partitions").GetString(), told.GetProperty("debt").GetString()));
        Assert.Equal(("0x2f4", "xxxxxxxxxxxxxxxxxxxx"), (told.GetProperty("ask").GetProperty("region").GetString(), told.GetProperty("ask").GetProperty("endpoint").GetString()));
        Assert.Equal(told.GetRawText(), Assert.Single((await asked.ResultAsync("storage_getProviders")).EnumerateArray()).GetRawText());
        Assert.Empty((await asked.ResultAsync("storage_getProviders", "0x1", "0x5")).EnumerateArray());
        Assert.Equal("0x0", (await asked.ResultAsync("storage_getProvider", "0x3", $"0x{before:x}")).GetProperty("committedSectors").GetString());

        JsonElement sector = await asked.ResultAsync("storage_getSector", "0x3", "0x1");
        Assert.Equal(("live", NetworkProvider.CommR(1).ToString(), "0x0"), (sector.GetProperty("status").GetString(), sector.GetProperty("commR").GetString(), sector.GetProperty("partition").GetString()));
        Assert.Equal("preCommitted", (await asked.ResultAsync("storage_getSector", "0x3", "0x1", $"0x{sealing - 1:x}")).GetProperty("status").GetString());
        Assert.Equal(sector.GetRawText(), Assert.Single((await asked.ResultAsync("storage_getSectors", "0x3", "0x0")).EnumerateArray()).GetRawText());
        Assert.Equal(JsonValueKind.Null, (await asked.ResultAsync("storage_getSector", "0x3", "0x2")).ValueKind);
        Assert.Empty((await asked.ResultAsync("storage_getSectors", "0x9", "0x9")).EnumerateArray());

        JsonElement deadline = Assert.Single((await asked.ResultAsync("storage_getDeadlines", "0x3")).EnumerateArray());
        Assert.Equal($"0x{provider.Window()[2]:x}", deadline.GetProperty("opens").GetString());
        JsonElement claim = Assert.Single((await asked.ResultAsync("storage_getClaims", $"0x{sealing:x}")).EnumerateArray());
        Assert.Equal(("seal", "0x1", "0xc0"), (claim.GetProperty("kind").GetString(), claim.GetProperty("subject").GetString(), claim.GetProperty("length").GetString()));
        Assert.Equal(2 + (2 * 192), (await asked.ResultAsync("storage_getProof", $"0x{sealing:x}", "0x0")).GetString()!.Length);

        JsonElement pending = (await asked.AskAsync("eth_getBlockByNumber", "[\"pending\",false]")).GetProperty("result");
        Assert.Equal($"0x{network.First.Execution.Snapshot.Number + 1:x}", pending.GetProperty("number").GetString());

        JsonElement totals = await asked.ResultAsync("storage_getNetwork");
        Assert.Equal(("0x1", "0x1", "0x800"), (totals.GetProperty("providers").GetString(), totals.GetProperty("activeSectors").GetString(), totals.GetProperty("activeBytes").GetString()));
        Assert.Equal($"0x{network.Slot.Value:x}", totals.GetProperty("slot").GetString());
        Assert.Equal("0x10", totals.GetProperty("parameters").GetProperty("provingPeriod").GetString());
    }

    [Fact]
    public async Task Every_method_is_in_the_schema_and_hostile_parameters_are_refused()
    {
        using StorageNetwork network = new();
        await using Asked asked = await Asked.StartAsync(network);
        await network.PassAsync();
        string[] methods = [.. Schema.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("name").GetString()!)];
        Assert.Equal(8, methods.Length);
        foreach (string method in methods)
        {
            foreach (string parameters in new[]
            {
                "[\"0x10000000000000000\"]", "[\"-0x1\"]", "[\"0x01g\"]", "[{}]", "[[]]", "[true]", "[\"0x1\",\"0x1\",\"0x0\",\"0x101\"]", "[\"0x1\",\"0xffffffffffffffff\",\"0xffffffffffffffff\"]",
                "[\"0x7fffffff\",\"0x1\"]", "[null,null]", "[\"latest\",\"0x0\"]",
            })
            {
                JsonElement answer = await asked.AskAsync(method, parameters);
                if (answer.TryGetProperty("error", out JsonElement error))
                    Assert.Contains(error.GetProperty("code").GetInt32(), new[] { -32602, -32000 });
            }
            Assert.NotEqual(-32601, ErrorOf(await asked.AskAsync(method, "[]")));
        }
        Assert.Equal(-32602, ErrorOf(await asked.AskAsync("storage_getProof", "[\"latest\",\"0x0\"]")));
        Assert.Equal(-32602, ErrorOf(await asked.AskAsync("storage_getProviders", "[\"0x0\",\"0x101\"]")));
        Assert.Equal(-32000, ErrorOf(await asked.AskAsync("storage_getClaims", "[\"0x1000\"]")));
        Assert.Empty((await asked.ResultAsync("storage_getProviders", "0xffffffffffffffff")).EnumerateArray());
    }

    private static int ErrorOf(JsonElement answer) => answer.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetInt32() : 0;

    /// <summary>The first node's JSON-RPC, and somebody who asks and compares what comes with the schema.</summary>
    private sealed class Asked : IAsyncDisposable
    {
        private readonly ApiServer _server;
        private readonly Uri _address;
        private readonly HttpClient _client = new();

        private Asked(StorageNetwork network)
        {
            ApiPort port = ApiPort.Open(IPAddress.Loopback, 0);
            _address = port.Address;
            StorageNode node = network.First;
            _server = ApiServer.Create(
                new ApiOptions(), port, new ApiNode(node.Execution, node.Pool, node.Builder, Wallet.Empty, network.Time) { Proofs = new ProofArchive(node.Chain) }, _ => { }, engine: null,
                NullLoggerFactory.Instance);
        }

        public static async Task<Asked> StartAsync(StorageNetwork network)
        {
            Asked asked = new(network);
            await asked._server.StartAsync(TestContext.Current.CancellationToken);
            return asked;
        }

        public async Task<JsonElement> AskAsync(string method, string parameters)
        {
            using StringContent body = new($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage response = await _client.PostAsync(_address, body, TestContext.Current.CancellationToken);
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            return document.RootElement.Clone();
        }

        public async Task<JsonElement> ResultAsync(string method, params string[] parameters)
        {
            JsonElement answer = await AskAsync(method, $"[{string.Join(',', parameters.Select(parameter => $"\"{parameter}\""))}]");
            Assert.True(answer.TryGetProperty("result", out JsonElement result), answer.GetRawText());
            JsonElement promised = Schema.GetProperty("methods").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == method);
            RequireForm(promised.GetProperty("result").GetProperty("schema"), result, method);
            return result;
        }

        public async ValueTask DisposeAsync()
        {
            await _server.DisposeAsync();
            _client.Dispose();
        }

        /// <summary>As much of JSON Schema as the document uses.</summary>
        private static void RequireForm(JsonElement schema, JsonElement value, string where)
        {
            if (schema.TryGetProperty("$ref", out JsonElement name))
                RequireForm(Schema.GetProperty("components").GetProperty("schemas").GetProperty(name.GetString()!.Split('/')[^1]), value, where);
            if (schema.TryGetProperty("allOf", out JsonElement all))
                RequireForm(all[0], value, where);
            if (schema.TryGetProperty("oneOf", out JsonElement one) && value.ValueKind != JsonValueKind.Null)
                RequireForm(one[0], value, where);
            if (schema.TryGetProperty("pattern", out JsonElement pattern))
                Assert.Matches(pattern.GetString()!, value.GetString());
            if (schema.TryGetProperty("enum", out JsonElement names))
                Assert.Contains(value.GetString(), names.EnumerateArray().Select(known => known.GetString()));
            if (schema.TryGetProperty("items", out JsonElement items))
            {
                foreach (JsonElement item in value.EnumerateArray())
                    RequireForm(items, item, where);
            }
            if (!schema.TryGetProperty("properties", out JsonElement properties))
                return;
            Assert.Equal(properties.EnumerateObject().Select(property => property.Name).Order(), value.EnumerateObject().Select(property => property.Name).Order());
            foreach (JsonProperty property in properties.EnumerateObject())
                RequireForm(property.Value, value.GetProperty(property.Name), $"{where}.{property.Name}");
        }
    }
}
