using System.Buffers.Binary;
using System.Net;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>The node, its network's constants, its fork choice, and what light clients ask.</summary>
[Collection(GrownBeaconCollection.Name)]
public class BeaconNodeTests(GrownBeacon grown)
{
    private BeaconHost Host => grown.Host;

    [Fact]
    public async Task The_constants_are_what_validator_clients_look_for()
    {
        JsonElement spec = await Host.DataAsync("/eth/v1/config/spec");
        Assert.All(spec.EnumerateObject(), row => Assert.Equal(JsonValueKind.String, row.Value.ValueKind));
        Assert.Equal(spec.EnumerateObject().Count(), spec.EnumerateObject().DistinctBy(row => row.Name).Count());
        (string, string)[] expected =
        [
            ("CONFIG_NAME", "ethereum-minimal"), ("PRESET_BASE", "minimal"), ("SECONDS_PER_SLOT", "6"), ("SLOTS_PER_EPOCH", "8"), ("GENESIS_FORK_VERSION", "0x00000001"),
            ("ALTAIR_FORK_VERSION", "0x01000001"), ("ALTAIR_FORK_EPOCH", "0"), ("BELLATRIX_FORK_VERSION", "0x02000001"), ("CAPELLA_FORK_VERSION", "0x03000001"),
            ("DENEB_FORK_VERSION", "0x04000001"), ("ELECTRA_FORK_VERSION", "0x05000001"), ("ELECTRA_FORK_EPOCH", "0"), ("FULU_FORK_EPOCH", "18446744073709551615"),
            ("DOMAIN_BEACON_PROPOSER", "0x00000000"), ("DOMAIN_BLS_TO_EXECUTION_CHANGE", "0x0a000000"), ("TARGET_AGGREGATORS_PER_COMMITTEE", "16"),
            ("SYNC_COMMITTEE_SIZE", "32"), ("MAX_EFFECTIVE_BALANCE_ELECTRA", "2048000000000"), ("DEPOSIT_CONTRACT_ADDRESS", "0x00000000219ab540356cbb839cbe05303d7705fa"),
            ("DEPOSIT_CHAIN_ID", "1337"), ("MAX_BLOBS_PER_BLOCK_ELECTRA", "9"), ("INTERVALS_PER_SLOT", "3"),
        ];
        Assert.All(expected, row => Assert.Equal(row.Item2, spec.GetProperty(row.Item1).GetString()));
    }

    [Fact]
    public async Task Forks_and_the_deposit_contract_are_told()
    {
        JsonElement[] forks = [.. (await Host.DataAsync("/eth/v1/config/fork_schedule")).EnumerateArray()];
        Assert.Equal("0x05000001", forks[^1].GetProperty("current_version").GetString());
        Assert.All(forks.Zip(forks.Skip(1)), pair => Assert.Equal(pair.First.GetProperty("current_version").GetString(), pair.Second.GetProperty("previous_version").GetString()));
        Assert.Equal("1337", (await Host.DataAsync("/eth/v1/config/deposit_contract")).GetProperty("chain_id").GetString());
    }

    [Fact]
    public async Task The_node_and_its_peers_are_told()
    {
        Assert.StartsWith("Flashback/v", (await Host.DataAsync("/eth/v1/node/version")).GetProperty("version").GetString(), StringComparison.Ordinal);
        Assert.Equal("flashback-test", (await Host.DataAsync("/eth/v1/node/identity")).GetProperty("peer_id").GetString());
        JsonElement peers = await Host.JsonAsync("/eth/v1/node/peers?state=connected");
        Assert.Equal((2, 2), (peers.GetProperty("data").GetArrayLength(), peers.GetProperty("meta").GetProperty("count").GetInt32()));
        Assert.Empty((await Host.DataAsync("/eth/v1/node/peers?state=disconnected")).EnumerateArray());
        Assert.Equal("connected", (await Host.DataAsync("/eth/v1/node/peers/anna")).GetProperty("state").GetString());
        Assert.Equal("2", (await Host.DataAsync("/eth/v1/node/peer_count")).GetProperty("connected").GetString());
        Assert.False((await Host.DataAsync("/eth/v1/node/syncing")).GetProperty("is_syncing").GetBoolean());
        using (HttpResponseMessage health = await Host.GetAsync("/eth/v1/node/health"))
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/node/peers/nobody"), HttpStatusCode.NotFound);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/node/peers?state=asleep"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/node/health?syncing_status=9999"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_fork_choice_can_be_looked_into()
    {
        JsonElement tree = await Host.JsonAsync("/eth/v1/debug/fork_choice");
        Assert.Equal(Host.Chain.Snapshot.Finalized.Root.ToString(), tree.GetProperty("finalized_checkpoint").GetProperty("root").GetString());
        JsonElement[] nodes = [.. tree.GetProperty("fork_choice_nodes").EnumerateArray()];
        Assert.Contains(nodes, node => node.GetProperty("block_root").GetString() == Host.Chain.Snapshot.HeadRoot.ToString());
        JsonElement head = Assert.Single((await Host.DataAsync("/eth/v2/debug/beacon/heads")).EnumerateArray());
        Assert.Equal(Host.Chain.Snapshot.HeadRoot.ToString(), head.GetProperty("root").GetString());
    }

    [Fact]
    public async Task Light_clients_are_told_how_to_begin_and_go_on()
    {
        Hash32 final = Host.Chain.CopyState(Host.Chain.Snapshot.HeadRoot)!.State.FinalizedCheckpoint.Root;
        Assert.True(LightClientBootstrap.TryDecode(await Host.SszAsync($"/eth/v1/beacon/light_client/bootstrap/{final}"), BeaconHost.Preset, out LightClientBootstrap? bootstrap, out _));
        Assert.Equal(final, bootstrap.Header.Beacon.HashTreeRoot());
        JsonElement updates = await Host.JsonAsync("/eth/v1/beacon/light_client/updates?start_period=0&count=1");
        Assert.Equal("electra", Assert.Single(updates.EnumerateArray()).GetProperty("version").GetString());
        byte[] chunk = await Host.SszAsync("/eth/v1/beacon/light_client/updates?start_period=0&count=1");
        Assert.Equal((ulong)chunk.Length - 8, BinaryPrimitives.ReadUInt64LittleEndian(chunk));
        Assert.Equal(Host.Chain.ForkDigest.AsSpan().ToArray(), chunk[8..12]);
        Assert.True(LightClientUpdate.TryDecode(chunk.AsSpan(12), BeaconHost.Preset, out LightClientUpdate? update, out _));
        Assert.True(LightClientUpdates.HasFinality(update));
        Assert.Equal("electra", (await Host.JsonAsync("/eth/v1/beacon/light_client/finality_update")).GetProperty("version").GetString());
        JsonElement optimistic = await Host.DataAsync("/eth/v1/beacon/light_client/optimistic_update");
        Assert.True(optimistic.GetProperty("attested_header").TryGetProperty("beacon", out _));
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/beacon/light_client/bootstrap/0x12"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync($"/eth/v1/beacon/light_client/bootstrap/{Hash32.Zero}"), HttpStatusCode.NotFound);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/beacon/light_client/updates?start_period=0"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/beacon/light_client/updates?start_period=18446744073709551615&count=2"), HttpStatusCode.BadRequest);
    }
}
