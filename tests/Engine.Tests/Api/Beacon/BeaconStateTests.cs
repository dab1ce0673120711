using System.Net;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>States and their validators over HTTP.</summary>
[Collection(GrownBeaconCollection.Name)]
public class BeaconStateTests(GrownBeacon grown)
{
    private const string States = "/eth/v1/beacon/states/";

    private BeaconHost Host => grown.Host;

    [Fact]
    public async Task Genesis_is_told()
    {
        JsonElement genesis = await Host.DataAsync("/eth/v1/beacon/genesis");
        Assert.Equal($"{BeaconHost.GenesisTime}", genesis.GetProperty("genesis_time").GetString());
        Assert.Equal(Host.Chain.GenesisValidatorsRoot.ToString(), genesis.GetProperty("genesis_validators_root").GetString());
        Assert.Equal("0x00000001", genesis.GetProperty("genesis_fork_version").GetString());
    }

    [Theory]
    [InlineData("head", false)]
    [InlineData("genesis", true)]
    [InlineData("finalized", true)]
    [InlineData("justified", false)]
    [InlineData("8", true)]
    [InlineData("13", true)]
    public async Task A_state_has_its_names_and_is_the_same_by_its_root(string id, bool isFinalized)
    {
        JsonElement answer = await Host.JsonAsync($"{States}{id}/root");
        Assert.Equal((false, isFinalized), (answer.GetProperty("execution_optimistic").GetBoolean(), answer.GetProperty("finalized").GetBoolean()));
        string root = answer.GetProperty("data").GetProperty("root").GetString()!;
        Assert.Equal(root, (await Host.DataAsync($"{States}{root}/root")).GetProperty("root").GetString());
        byte[] encoded = await Host.SszAsync($"/eth/v2/debug/beacon/states/{id}");
        Assert.True(BeaconState.TryDecode(encoded, BeaconHost.Preset, out BeaconState? state, out _));
        Assert.Equal(root, state.HashTreeRoot(BeaconHost.Preset).ToString());
    }

    [Fact]
    public async Task The_first_state_is_known_by_its_root_when_newer_ones_have_forgotten_it()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        string root = (await host.DataAsync($"{States}genesis/root")).GetProperty("root").GetString()!;
        while (host.Chain.Snapshot.Finalized.Epoch == Epoch.Genesis) // until then the fork choice knows it
            await host.PassSlotAsync(host.Local);
        Slot slot = host.BeginSlot();
        while (slot.Value <= BeaconHost.Preset.SlotsPerHistoricalRoot)
            slot = host.BeginSlot();
        await host.ProposeAsync(host.Local, slot);
        Assert.Equal(root, (await host.DataAsync($"{States}{root}/root")).GetProperty("root").GetString());
    }

    [Fact]
    public async Task A_whole_state_comes_as_JSON_too()
    {
        JsonElement answer = await Host.JsonAsync("/eth/v2/debug/beacon/states/finalized");
        Assert.Equal("electra", answer.GetProperty("version").GetString());
        Assert.True(Ssz.TryParseJson<BeaconState, SszContainer<BeaconState>>(new SszContainer<BeaconState>(BeaconHost.Preset), System.Text.Encoding.UTF8.GetBytes(answer.GetProperty("data").GetRawText()), out BeaconState? state, out _));
        Assert.Equal(state.HashTreeRoot(BeaconHost.Preset).ToString(), (await Host.DataAsync($"{States}finalized/root")).GetProperty("root").GetString());
    }

    [Theory]
    [InlineData("tail", HttpStatusCode.BadRequest)]
    [InlineData("-1", HttpStatusCode.BadRequest)]
    [InlineData("0x12", HttpStatusCode.BadRequest)]
    [InlineData("18446744073709551615", HttpStatusCode.NotFound)]
    [InlineData("18446744073709551616", HttpStatusCode.BadRequest)]
    [InlineData("0x1111111111111111111111111111111111111111111111111111111111111111", HttpStatusCode.NotFound)]
    public async Task States_that_are_not_there_are_named(string id, HttpStatusCode status)
    {
        foreach (string what in (string[])["root", "fork", "finality_checkpoints", "validators", "validators/0", "validator_balances", "committees", "sync_committees", "randao", "pending_deposits"])
            _ = await BeaconHost.ErrorAsync(Host.GetAsync($"{States}{id}/{what}"), status);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync($"/eth/v2/debug/beacon/states/{id}"), status);
    }

    [Fact]
    public async Task Fork_and_checkpoints_are_told()
    {
        JsonElement fork = await Host.DataAsync(States + "head/fork");
        Assert.Equal(("0x05000001", "0"), (fork.GetProperty("current_version").GetString(), fork.GetProperty("epoch").GetString()));
        JsonElement checkpoints = await Host.DataAsync(States + "head/finality_checkpoints");
        CachedState state = Host.Chain.CopyState(Host.Chain.Snapshot.HeadRoot)!;
        Assert.Equal(state.State.FinalizedCheckpoint.Root.ToString(), checkpoints.GetProperty("finalized").GetProperty("root").GetString());
        Assert.Equal($"{state.State.CurrentJustifiedCheckpoint.Epoch.Value}", checkpoints.GetProperty("current_justified").GetProperty("epoch").GetString());
        Assert.Equal($"{state.State.PreviousJustifiedCheckpoint.Epoch.Value}", checkpoints.GetProperty("previous_justified").GetProperty("epoch").GetString());
    }

    [Fact]
    public async Task Validators_are_found_by_index_key_and_status()
    {
        JsonElement all = await Host.DataAsync(States + "head/validators");
        Assert.Equal(BeaconHost.Validators, all.GetArrayLength());
        string key = all[3].GetProperty("validator").GetProperty("pubkey").GetString()!;
        Assert.Equal(["1", "3"], Indices(await Host.DataAsync($"{States}head/validators?id=1&id={key}")));
        Assert.Equal(["1", "3"], Indices(await Host.DataAsync($"{States}head/validators?id=1,{key},999")));
        Assert.Equal(BeaconHost.Validators, (await Host.DataAsync(States + "head/validators?status=active")).GetArrayLength());
        Assert.Empty(Indices(await Host.DataAsync(States + "head/validators?status=pending_queued,exited")));
        Assert.Equal(["1", "3"], Indices(await Host.PostDataAsync(States + "head/validators", $$"""{"ids":["1","{{key}}"],"statuses":["active_ongoing"]}""")));
        Assert.Equal(BeaconHost.Validators, (await Host.PostDataAsync(States + "head/validators", "{}")).GetArrayLength());
        JsonElement one = await Host.DataAsync($"{States}head/validators/{key}");
        Assert.Equal(("3", "active_ongoing"), (one.GetProperty("index").GetString(), one.GetProperty("status").GetString()));
        Assert.Equal("32000000000", one.GetProperty("validator").GetProperty("effective_balance").GetString());
        _ = await BeaconHost.ErrorAsync(Host.GetAsync(States + "head/validators/999"), HttpStatusCode.NotFound);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync(States + "head/validators/0xabcd"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync(States + "head/validators?status=asleep"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync(States + "head/validators", """{"ids":[null]}"""), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Balances_and_identities_are_told()
    {
        Assert.Equal(BeaconHost.Validators, (await Host.DataAsync(States + "head/validator_balances")).GetArrayLength());
        ulong balance = Host.Chain.CopyState(Host.Chain.Snapshot.HeadRoot)!.State.Balances[2].Value;
        JsonElement asked = await Host.PostDataAsync(States + "head/validator_balances", """["2"]""");
        Assert.Equal(("2", $"{balance}"), (asked[0].GetProperty("index").GetString(), asked[0].GetProperty("balance").GetString()));
        JsonElement identity = (await Host.PostDataAsync(States + "head/validator_identities", """["2"]"""))[0];
        Assert.Equal(Testing.BeaconKeys.PublicKey(2).ToString(), identity.GetProperty("pubkey").GetString());
        Assert.Equal("0", identity.GetProperty("activation_epoch").GetString());
    }

    [Fact]
    public async Task Committees_of_an_epoch_have_every_validator_once()
    {
        JsonElement committees = await Host.DataAsync(States + "head/committees");
        string[] members = [.. committees.EnumerateArray().SelectMany(committee => committee.GetProperty("validators").EnumerateArray()).Select(member => member.GetString()!)];
        Assert.Equal(Enumerable.Range(0, BeaconHost.Validators).Select(i => $"{i}").Order(StringComparer.Ordinal), members.Order(StringComparer.Ordinal));
        ulong slot = Host.Chain.Snapshot.Head.Slot.Value, epoch = slot / BeaconHost.Preset.SlotsPerEpoch;
        JsonElement one = await Host.DataAsync($"{States}head/committees?epoch={epoch}&slot={slot}&index=0");
        Assert.Equal(($"{slot}", "0"), (Assert.Single(one.EnumerateArray()).GetProperty("slot").GetString(), one[0].GetProperty("index").GetString()));
        foreach (string odd in (string[])["epoch=99", "epoch=18446744073709551615", "slot=1&epoch=5", "epoch=x"])
            _ = await BeaconHost.ErrorAsync(Host.GetAsync($"{States}head/committees?{odd}"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_sync_committee_is_told_in_four_parts()
    {
        JsonElement committee = await Host.DataAsync(States + "head/sync_committees");
        string[] members = Strings(committee.GetProperty("validators"));
        Assert.Equal((int)BeaconHost.Preset.SyncCommitteeSize, members.Length);
        Assert.Equal(members, committee.GetProperty("validator_aggregates").EnumerateArray().SelectMany(Strings));
        Assert.Equal(4, committee.GetProperty("validator_aggregates").GetArrayLength());
        Assert.Equal(32, (await Host.DataAsync(States + "head/sync_committees?epoch=8")).GetProperty("validators").GetArrayLength());
        _ = await BeaconHost.ErrorAsync(Host.GetAsync(States + "head/sync_committees?epoch=1000"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Random_mixes_and_queues_are_told()
    {
        CachedState state = Host.Chain.CopyState(Host.Chain.Snapshot.HeadRoot)!;
        Assert.Equal(state.GetRandaoMix(new Epoch(3)).ToString(), (await Host.DataAsync(States + "head/randao?epoch=3")).GetProperty("randao").GetString());
        _ = await BeaconHost.ErrorAsync(Host.GetAsync(States + "head/randao?epoch=1000"), HttpStatusCode.BadRequest);
        foreach (string queue in (string[])["pending_deposits", "pending_partial_withdrawals", "pending_consolidations"])
        {
            JsonElement answer = await Host.JsonAsync($"{States}head/{queue}");
            Assert.Equal(("electra", 0), (answer.GetProperty("version").GetString(), answer.GetProperty("data").GetArrayLength()));
            Assert.Empty(await Host.SszAsync($"{States}head/{queue}"));
        }
    }

    private static IEnumerable<string> Indices(JsonElement validators) => [.. validators.EnumerateArray().Select(validator => validator.GetProperty("index").GetString()!)];

    private static string[] Strings(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];
}
