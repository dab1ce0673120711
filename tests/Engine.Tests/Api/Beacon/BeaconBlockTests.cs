using System.Net;
using System.Text.Json;
using Flashback.Chain.Beacon;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Network;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>Blocks over HTTP, out and in.</summary>
[Collection(GrownBeaconCollection.Name)]
public class BeaconBlockTests(GrownBeacon grown)
{
    private BeaconHost Host => grown.Host;

    [Theory]
    [InlineData("head")]
    [InlineData("genesis")]
    [InlineData("finalized")]
    [InlineData("justified")]
    [InlineData("5")]
    public async Task A_block_is_the_same_in_all_its_forms(string id)
    {
        string root = (await Host.DataAsync($"/eth/v1/beacon/blocks/{id}/root")).GetProperty("root").GetString()!;
        Assert.True(SignedBeaconBlock.TryDecode(await Host.SszAsync($"/eth/v2/beacon/blocks/{id}"), BeaconHost.Preset, out SignedBeaconBlock? block, out _));
        Assert.Equal(root, block.Message.HashTreeRoot(BeaconHost.Preset).ToString());
        using HttpResponseMessage response = await Host.GetAsync($"/eth/v2/beacon/blocks/{root}");
        Assert.Equal("electra", response.Headers.GetValues("Eth-Consensus-Version").Single());
        JsonElement answer = await BeaconHost.ReadAsync(response, HttpStatusCode.OK);
        Assert.Equal("electra", answer.GetProperty("version").GetString());
        Assert.Equal($"{block.Message.Slot.Value}", answer.GetProperty("data").GetProperty("message").GetProperty("slot").GetString());
        JsonElement header = await Host.JsonAsync($"/eth/v1/beacon/headers/{id}");
        Assert.Equal((root, true), (header.GetProperty("data").GetProperty("root").GetString(), header.GetProperty("data").GetProperty("canonical").GetBoolean()));
        Assert.Equal(block.Message.StateRoot.ToString(), header.GetProperty("data").GetProperty("header").GetProperty("message").GetProperty("state_root").GetString());
        JsonElement attestations = await Host.DataAsync($"/eth/v2/beacon/blocks/{id}/attestations");
        Assert.Equal(block.Message.Body.Attestations.Length, attestations.GetArrayLength());
        Assert.Empty((await Host.DataAsync($"/eth/v1/beacon/blob_sidecars/{id}")).EnumerateArray());
        Assert.Empty(await Host.SszAsync($"/eth/v1/beacon/blob_sidecars/{id}?indices=0"));
    }

    [Fact]
    public async Task Headers_are_found_by_slot_and_parent()
    {
        BeaconSnapshot now = Host.Chain.Snapshot;
        Assert.Equal(now.HeadRoot.ToString(), Assert.Single((await Host.DataAsync("/eth/v1/beacon/headers")).EnumerateArray()).GetProperty("root").GetString());
        JsonElement bySlot = await Host.DataAsync($"/eth/v1/beacon/headers?slot={now.Head.Slot.Value}");
        Assert.Equal(now.HeadRoot.ToString(), Assert.Single(bySlot.EnumerateArray()).GetProperty("root").GetString());
        JsonElement byParent = await Host.DataAsync($"/eth/v1/beacon/headers?parent_root={now.Head.ParentRoot}");
        Assert.Equal(now.HeadRoot.ToString(), Assert.Single(byParent.EnumerateArray()).GetProperty("root").GetString());
        Hash32 old = Host.Chain.Database.RootAt(new Slot(2))!.Value;
        Assert.Equal(Host.Chain.Database.RootAt(new Slot(3)).ToString(), (await Host.DataAsync($"/eth/v1/beacon/headers?parent_root={old}"))[0].GetProperty("root").GetString());
        Assert.Empty((await Host.DataAsync("/eth/v1/beacon/headers?slot=99999")).EnumerateArray());
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v1/beacon/headers?parent_root=0x1"), HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("tail", HttpStatusCode.BadRequest)]
    [InlineData("99999", HttpStatusCode.NotFound)]
    [InlineData("0x1111111111111111111111111111111111111111111111111111111111111111", HttpStatusCode.NotFound)]
    public async Task Blocks_that_are_not_there_are_named(string id, HttpStatusCode status)
    {
        foreach (string path in (string[])["v1/beacon/headers/{0}", "v2/beacon/blocks/{0}", "v1/beacon/blocks/{0}/root", "v2/beacon/blocks/{0}/attestations", "v1/beacon/blob_sidecars/{0}", "v1/beacon/rewards/blocks/{0}"])
            _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/" + path.Replace("{0}", id, StringComparison.Ordinal)), status);
    }

    [Theory]
    [InlineData("/eth/v2/beacon/blocks?broadcast_validation=consensus", true)]
    [InlineData("/eth/v1/beacon/blocks", false)]
    public async Task A_signed_block_is_taken_in_and_told_to_peers(string path, bool isSsz)
    {
        Slot slot = Host.BeginSlot();
        (SignedBeaconBlock block, _) = await Host.MakeBlockAsync(Host.Local, slot);
        SignedBlockContents contents = new(block, [], []);
        int before = Host.Network.Published.Count;
        byte[] body = isSsz ? contents.Encode(BeaconHost.Preset) : Ssz.ToJson(new SszContainer<SignedBlockContents>(BeaconHost.Preset), contents);
        using (HttpResponseMessage response = await Host.PostAsync(path, body, isSsz ? "application/octet-stream" : "application/json"))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(block.Message.HashTreeRoot(BeaconHost.Preset), Host.Chain.Snapshot.HeadRoot);
        Assert.Equal([new Topic(TopicKind.BeaconBlock)], Host.Network.Published.Skip(before));
    }

    [Fact]
    public async Task What_breaks_a_rule_is_no_block()
    {
        Slot slot = Host.BeginSlot();
        (SignedBeaconBlock block, _) = await Host.MakeBlockAsync(Host.Local, slot);
        byte[] wrong = new SignedBlockContents(block with { Message = block.Message with { StateRoot = default } }, [], []).Encode(BeaconHost.Preset);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks", wrong, "application/octet-stream"), HttpStatusCode.BadRequest);
        byte[] right = new SignedBlockContents(block, [], []).Encode(BeaconHost.Preset);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks?broadcast_validation=none", right, "application/octet-stream"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks", right[..^1], "application/octet-stream"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks", right, "application/json"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks", right, "text/plain"), HttpStatusCode.UnsupportedMediaType);
        byte[] blobless = new SignedBlockContents(block, [default], []).Encode(BeaconHost.Preset);
        _ = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/blocks", blobless, "application/octet-stream"), HttpStatusCode.BadRequest);
        Assert.NotEqual(slot, Host.Chain.Snapshot.Head.Slot);
    }

    [Fact]
    public async Task What_a_block_pays_is_what_its_proposer_gets()
    {
        await Host.PassSlotAsync(Host.Local); // votes, so that the next block has some
        await Host.PassSlotAsync(Host.Local);
        BeaconBlock block = Host.Chain.Snapshot.Head;
        JsonElement reward = await Host.DataAsync("/eth/v1/beacon/rewards/blocks/head");
        ulong Of(string name) => ulong.Parse(reward.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal($"{block.ProposerIndex.Value}", reward.GetProperty("proposer_index").GetString());
        Assert.True(Of("attestations") > 0);
        Assert.True(Of("sync_aggregate") > 0);
        Assert.Equal(Of("total"), Of("attestations") + Of("sync_aggregate") + Of("proposer_slashings") + Of("attester_slashings"));

        // The proposer's balance grows by it, and by what it gets as a member of the sync committee: seven times the proposer's share of each vote.
        CachedState after = Host.Chain.CopyState(Host.Chain.Snapshot.HeadRoot)!;
        int proposer = (int)block.ProposerIndex.Value;
        ulong paidOut = block.Body.ExecutionPayload.Withdrawals.Where(withdrawal => withdrawal.ValidatorIndex == block.ProposerIndex).Aggregate(0UL, (sum, withdrawal) => sum + withdrawal.Amount.Value);
        ulong gained = after.State.Balances[proposer].Value + paidOut - Host.Chain.WithState(block.ParentRoot, block.Slot, state => state)!.State.Balances[proposer].Value;
        int places = after.GetSyncCommitteeIndices().ToArray().Count(member => member == proposer);
        int votes = block.Body.SyncAggregate.SyncCommitteeBits.SetCount;
        Assert.Equal((int)BeaconHost.Preset.SyncCommitteeSize, votes);
        ulong perVote = Of("sync_aggregate") / (ulong)votes;
        Assert.InRange(gained, Of("total") + ((ulong)places * 7 * perVote), Of("total") + ((ulong)places * 7 * (perVote + 1)));
    }
}
