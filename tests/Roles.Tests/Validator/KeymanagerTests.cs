using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Cryptography;
using Flashback.Primitives;
using Flashback.State.Store.Sqlite;
using Flashback.Validator;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Roles.Tests.Validator;

public sealed class KeymanagerTests : IAsyncLifetime
{
    private static readonly Hash32 Chain = ProtectionTests.RootOf(1);

    private readonly string _path = Directory.CreateTempSubdirectory("flashback-keymanager-").FullName;
    private readonly SqliteStore _store = SqliteStore.OpenTemporary(SlashingProtection.Columns);
    private readonly HttpClient _client = new();
    private KeymanagerServer? _server;
    private ValidatorKeys? _keys;

    public async ValueTask InitializeAsync()
    {
        SlashingProtection protection = SlashingProtection.Open(_store, Chain);
        ValidatorFolder folder = new(_path);
        _keys = await ValidatorKeys.LoadAsync(folder, protection, TestContext.Current.CancellationToken);
        KeymanagerRequests requests = new(
            ConsensusConfig.Devnet, folder, _keys, protection, new ValidatorSettings { FeeRecipient = "0x1111111111111111111111111111111111111111", GasLimit = 60_000_000 },
            (_, _) => Task.FromResult<VoluntaryExit?>(new VoluntaryExit(new(7), new(3))));
        BearerToken token = BearerToken.ReadOrCreate(Path.Combine(_path, "api-token.txt"));
        _server = await KeymanagerServer.StartAsync(new(IPAddress.Loopback, 0), token, requests, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        _client.BaseAddress = new Uri($"http://{_server.Endpoint}");
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(Path.Combine(_path, "api-token.txt"), TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server!.DisposeAsync();
        _keys!.Dispose();
        _store.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public async Task Keys_are_imported_listed_and_deleted_with_what_they_signed()
    {
        (Bytes48 key, string keystore) = NewKeystore();
        string history = Encoding.UTF8.GetString(new Interchange(Chain, [new KeyHistory(key, [new SignedBlock(new(4), null)], [])]).ToJson());
        JsonObject import = new() { ["keystores"] = new JsonArray(keystore, keystore, "{}", NewKeystore().Json), ["passwords"] = new JsonArray("correct horse", "correct horse", "x", "wrong"), ["slashing_protection"] = history };
        JsonNode imported = await Send(HttpMethod.Post, "keystores", import);
        Assert.Equal(["imported", "duplicate", "error", "error"], imported["data"]!.AsArray().Select(item => item!["status"]!.GetValue<string>()));
        Assert.Equal(ProtectionRule.DoubleProposal, _keys!.Find(key)!.SignBlock(default(BeaconBlockHeader) with { Slot = new(4) }, default, out _)?.Rule);

        JsonNode listed = Assert.Single((await Send(HttpMethod.Get, "keystores"))["data"]!.AsArray())!;
        Assert.Equal(key.ToString(), listed["validating_pubkey"]!.GetValue<string>());
        Assert.Equal("m/12381/3600/0/0/0", listed["derivation_path"]!.GetValue<string>());

        JsonObject delete = new() { ["pubkeys"] = new JsonArray(key.ToString(), ProtectionTests.KeyOf(9).ToString()) };
        JsonNode deleted = await Send(HttpMethod.Delete, "keystores", delete);
        Assert.Equal(["deleted", "not_found"], deleted["data"]!.AsArray().Select(item => item!["status"]!.GetValue<string>()));
        Assert.Equal("4", JsonNode.Parse(deleted["slashing_protection"]!.GetValue<string>())!["data"]![0]!["signed_blocks"]![0]!["slot"]!.GetValue<string>());
        Assert.Equal("not_active", (await Send(HttpMethod.Delete, "keystores", delete.DeepClone()))["data"]![0]!["status"]!.GetValue<string>());
        Assert.Empty((await Send(HttpMethod.Get, "keystores"))["data"]!.AsArray());
    }

    [Theory]
    [InlineData("feerecipient", "ethaddress", "0x1111111111111111111111111111111111111111", "0x2222222222222222222222222222222222222222", "0x22")]
    [InlineData("gas_limit", "gas_limit", "60000000", "30000000", "much")]
    [InlineData("graffiti", "graffiti", "", "hello", "more than thirty-two bytes of text, surely")]
    public async Task What_is_set_for_a_key_is_read_written_and_taken_back(string path, string field, string standard, string own, string wrong)
    {
        string key = await Import();
        async Task<string> Read() => (await Send(HttpMethod.Get, $"validator/{key}/{path}"))["data"]![field]!.GetValue<string>();
        Assert.Equal(standard, await Read());
        await Send(HttpMethod.Post, $"validator/{key}/{path}", new JsonObject { [field] = own }, HttpStatusCode.Accepted);
        Assert.Equal(own, await Read());
        await Send(HttpMethod.Post, $"validator/{key}/{path}", new JsonObject { [field] = wrong }, HttpStatusCode.BadRequest);
        await Send(HttpMethod.Post, $"validator/{key}/{path}", new JsonObject(), HttpStatusCode.BadRequest);
        Assert.Equal(own, await Read());
        await Send(HttpMethod.Delete, $"validator/{key}/{path}", null, HttpStatusCode.NoContent);
        Assert.Equal(standard, await Read());
        await Send(HttpMethod.Get, $"validator/{ProtectionTests.KeyOf(9)}/{path}", null, HttpStatusCode.NotFound);
        await Send(HttpMethod.Get, $"validator/0x00/{path}", null, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Exits_are_signed_for_the_epoch_asked_for_or_the_present_one()
    {
        string key = await Import();
        Assert.Equal("7", (await Send(HttpMethod.Post, $"validator/{key}/voluntary_exit"))["data"]!["message"]!["epoch"]!.GetValue<string>());
        JsonNode exit = (await Send(HttpMethod.Post, $"validator/{key}/voluntary_exit?epoch=5"))["data"]!;
        VoluntaryExit message = new(new(5), new(3));
        Hash32 root = Signing.ComputeSigningRoot(message.HashTreeRoot(), Signing.ComputeDomain(DomainType.VoluntaryExit, ConsensusConfig.Devnet.CapellaForkVersion, Chain));
        Assert.True(BlsPublicKey.TryDecode(Hex.Decode(key), out BlsPublicKey? publicKey, out _));
        Assert.True(BlsSignature.TryDecode(Hex.Decode(exit["signature"]!.GetValue<string>()), out BlsSignature? signature, out _));
        Assert.True(Bls.Verify(publicKey, root.AsSpan(), signature));
        await Send(HttpMethod.Post, $"validator/{key}/voluntary_exit?epoch=x", null, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"keystores\":[]}")]
    [InlineData("{\"keystores\":[1],\"passwords\":[1]}")]
    [InlineData("{\"keystores\":[\"{}\"],\"passwords\":[]}")]
    [InlineData("{\"keystores\":[],\"passwords\":[],\"slashing_protection\":\"{}\"}")]
    public async Task Malformed_requests_are_refused(string body)
    {
        using StringContent content = new(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync("/eth/v1/keystores", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Who_does_not_show_the_token_is_not_answered()
    {
        foreach (string? token in new[] { null, "", "0000" })
        {
            _client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            await Send(HttpMethod.Get, "keystores", null, HttpStatusCode.Unauthorized);
        }
    }

    private async Task<string> Import()
    {
        (Bytes48 key, string keystore) = NewKeystore();
        await Send(HttpMethod.Post, "keystores", new JsonObject { ["keystores"] = new JsonArray(keystore), ["passwords"] = new JsonArray("correct horse") });
        return key.ToString();
    }

    private async Task<JsonNode> Send(HttpMethod method, string path, JsonNode? body = null, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using HttpRequestMessage request = new(method, $"/eth/v1/{path}");
        if (body is not null)
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == response.StatusCode, $"{response.StatusCode}: {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    private static (Bytes48 Key, string Json) NewKeystore()
    {
        using BlsSecretKey key = BlsSecretKey.Generate();
        using SecretBytes password = Password.FromText("correct horse");
        Keystore keystore = Keystore.Encrypt(key, password, "m/12381/3600/0/0/0", KeystoreKdf.Scrypt with { Cost = 2 });
        return (keystore.PublicKey!.Value, Encoding.UTF8.GetString(keystore.ToJson()));
    }
}
