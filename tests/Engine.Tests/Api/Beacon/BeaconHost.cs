using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Flashback.Api;
using Flashback.Api.Beacon;
using Flashback.Api.Beacon.Http;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Engine.Tests.Chain;
using Flashback.Primitives;
using Flashback.State;
using Flashback.State.Store.Sqlite;
using Flashback.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>A node of a small network in virtual time, all validators' keys, its Beacon API on a free port, and somebody who asks it.</summary>
internal sealed class BeaconHost : IAsyncDisposable
{
    public const int Validators = 16;
    public const ulong GenesisTime = 1_700_000_000;

    private readonly SqliteStore _store;
    private readonly ChainService _execution;
    private readonly TransactionPool _pool;
    private readonly ExecutionEngine _engine;
    private readonly BeaconServer _server;

    private BeaconHost(ApiOptions options)
    {
        Time = new VirtualTime(DateTimeOffset.FromUnixTimeSeconds((long)GenesisTime));
        NetworkGenesis genesis = new(Config, DevChain.GenesisOf("prague", 30_000_000, ""), GenesisTime, Sha256.Hash("entropy"u8), [.. Enumerable.Range(0, Validators).Select(GenesisOf)]);
        _store = SqliteStore.OpenTemporary([.. ChainService.Columns, .. TransactionPool.Columns, .. BeaconChain.Columns]);
        _execution = ChainService.Open(_store, genesis.ExecutionGenesis, new ChainOptions(), new WorldStateOptions { CacheBytes = 16 << 20 }, NullLogger<ChainService>.Instance);
        _pool = new TransactionPool(_execution, new PoolOptions(), _store, Time, NullLogger<TransactionPool>.Instance);
        BlockBuilder builder = new(_execution, _pool, Time);
        _engine = new ExecutionEngine(_execution, builder, new BuildingOptions(), NullLogger<ExecutionEngine>.Instance);
        Chain = BeaconChain.Open(genesis, _store, new BeaconParts(_execution, _engine, builder, Time, NullLogger<BeaconChain>.Instance), new BeaconOptions());
        Node = new BeaconNode(Chain, _pool, Network, Time, NullLoggerFactory.Instance);
        Local = new LocalNodeClient(Node);
        ApiPort port = ApiPort.Open(IPAddress.Loopback, 0);
        Address = port.Address;
        Remote = new HttpNodeClient(Address, Config, TimeProvider.System);
        _server = BeaconServer.Create(options, port, new BeaconApiNode(Node, Local, _execution, "flashback-test"), TimeProvider.System, NullLoggerFactory.Instance);
    }

    public static ConsensusConfig Config { get; } = ConsensusConfig.Minimal with { ShardCommitteePeriod = 0 };

    public static Preset Preset => Config.Preset;

    public VirtualTime Time { get; }

    public BeaconChain Chain { get; }

    public BeaconNode Node { get; }

    public RecordingNetwork Network { get; } = new();

    /// <summary>The node, asked in this process.</summary>
    public LocalNodeClient Local { get; }

    /// <summary>The same node, asked over HTTP.</summary>
    public HttpNodeClient Remote { get; }

    public Uri Address { get; }

    public HttpClient Http { get; } = new();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<BeaconHost> StartAsync(ApiOptions? options = null)
    {
        BeaconHost host = new(options ?? new ApiOptions { Limits = BeaconServer.DefaultLimits });
        await host._server.StartAsync(Cancellation);
        return host;
    }

    /// <summary>A slot passes: its proposer makes a block, everybody votes.</summary>
    public async Task PassSlotAsync(INodeClient client)
    {
        Slot slot = BeginSlot();
        await ProposeAsync(client, slot);
        await AttestAsync(client, slot);
        await VoteAsSyncCommitteeAsync(client, slot);
    }

    /// <summary>The next slot begins.</summary>
    public Slot BeginSlot()
    {
        Slot slot = Chain.CurrentSlot + 1;
        Time.RunUntil(DateTimeOffset.FromUnixTimeSeconds((long)(GenesisTime + (slot.Value * Config.SecondsPerSlot))));
        return slot;
    }

    public async Task<SignedBeaconBlock> ProposeAsync(INodeClient client, Slot slot)
    {
        (SignedBeaconBlock signed, BlobsBundle blobs) = await MakeBlockAsync(client, slot);
        await client.PublishBlockAsync(signed, blobs, Cancellation);
        Assert.Equal(slot, Chain.Snapshot.Head.Slot);
        return signed;
    }

    public async Task<(SignedBeaconBlock Block, BlobsBundle Blobs)> MakeBlockAsync(INodeClient client, Slot slot)
    {
        Epoch epoch = Preset.EpochAt(slot);
        Duties<ProposerDuty> duties = await client.GetProposerDutiesAsync(epoch, Cancellation);
        ProposerDuty duty = duties.Items.Single(item => item.Slot == slot);
        ProducedBlock produced = await client.ProduceBlockAsync(slot, Reveal(duty.Validator, epoch), Sha256.Hash("graffiti"u8), Cancellation);
        return (new SignedBeaconBlock(produced.Block, Sign(duty.Validator, DomainType.BeaconProposer, produced.Block.HashTreeRoot(Preset))), produced.Blobs);
    }

    public async Task<SingleAttestation[]> VotesAsync(INodeClient client, Slot slot)
    {
        ValidatorIndex[] all = [.. Enumerable.Range(0, Validators).Select(i => new ValidatorIndex((ulong)i))];
        AttestationData data = await client.ProduceAttestationDataAsync(slot, Cancellation);
        Duties<AttesterDuty> duties = await client.GetAttesterDutiesAsync(Preset.EpochAt(slot), all, Cancellation);
        return [.. duties.Items.Where(duty => duty.Slot == slot).Select(duty =>
            new SingleAttestation(duty.Committee, duty.Validator, data, Sign(duty.Validator, DomainType.BeaconAttester, data.HashTreeRoot())))];
    }

    public async Task AttestAsync(INodeClient client, Slot slot) => await client.PublishAttestationsAsync(await VotesAsync(client, slot), Cancellation);

    public async Task VoteAsSyncCommitteeAsync(INodeClient client, Slot slot)
    {
        Hash32 head = await client.GetHeadRootAsync(Cancellation);
        await client.PublishSyncCommitteeMessagesAsync([.. Enumerable.Range(0, Validators).Where(i => Node.Desk.SyncSubnetsOf(slot, new((ulong)i)).Count > 0).Select(i => SyncVote(i, slot, head))], Cancellation);
    }

    public SyncCommitteeMessage SyncVote(int validator, Slot slot, Hash32 head) =>
        new(slot, head, new((ulong)validator), Sign(new((ulong)validator), DomainType.SyncCommittee, head));

    public Bytes96 Reveal(ValidatorIndex validator, Epoch epoch) => Sign(validator, DomainType.Randao, Signing.RootOf(epoch.Value));

    public Bytes96 Sign(ValidatorIndex validator, DomainType type, Hash32 root, Bytes4? version = null)
    {
        Hash32 domain = Signing.ComputeDomain(type, version ?? Config.ElectraForkVersion, Chain.GenesisValidatorsRoot);
        return BeaconKeys.Sign((int)validator.Value, Signing.ComputeSigningRoot(root, domain));
    }

    /// <summary>Asks for a path.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, string accept = "application/json")
    {
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(Address, path));
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await Http.SendAsync(request, Cancellation);
    }

    /// <summary>Sends bytes to a path.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string contentType)
    {
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return await Http.PostAsync(new Uri(Address, path), content, Cancellation);
    }

    /// <summary>Sends JSON to a path.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, string json) => PostAsync(path, Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>The JSON at a path.</summary>
    public async Task<JsonElement> JsonAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        return await ReadAsync(response, HttpStatusCode.OK);
    }

    /// <summary>The <c>data</c> at a path.</summary>
    public async Task<JsonElement> DataAsync(string path) => (await JsonAsync(path)).GetProperty("data");

    /// <summary>The <c>data</c> of the answer to JSON.</summary>
    public async Task<JsonElement> PostDataAsync(string path, string json)
    {
        using HttpResponseMessage response = await PostAsync(path, json);
        return (await ReadAsync(response, HttpStatusCode.OK)).GetProperty("data");
    }

    /// <summary>The bytes at a path.</summary>
    public async Task<byte[]> SszAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path, "application/octet-stream;q=1.0,application/json;q=0.9");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/octet-stream", response.Content.Headers.ContentType!.MediaType);
        return await response.Content.ReadAsByteArrayAsync(Cancellation);
    }

    /// <summary>Asserts that an answer is an error in the form of all errors, and returns it.</summary>
    public static async Task<JsonElement> ErrorAsync(Task<HttpResponseMessage> asked, HttpStatusCode status)
    {
        using HttpResponseMessage response = await asked;
        JsonElement error = await ReadAsync(response, status);
        Assert.Equal((int)status, error.GetProperty("code").GetInt32());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        return error;
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response, HttpStatusCode status)
    {
        string body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {body}");
        using JsonDocument document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Remote.Dispose();
        Http.Dispose();
        Node.Dispose();
        _engine.Dispose();
        _pool.Dispose();
        _execution.Dispose();
        _store.Dispose();
    }

    /// <summary>The last validators can still change their credentials.</summary>
    private static GenesisValidator GenesisOf(int validator)
    {
        Bytes48 key = BeaconKeys.PublicKey(validator);
        byte[] credentials = validator < Validators - 2 ? [Predicates.AddressPrefix, .. new byte[31]] : [Predicates.BlsPrefix, .. Sha256.Hash(key.AsSpan()).AsSpan()[1..]];
        return new GenesisValidator(key, Hash32.Read(credentials), Preset.MinActivationBalance);
    }
}
