using System.Net;
using System.Text;
using System.Text.Json;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>What validator clients ask, and hand over.</summary>
[Collection(GrownBeaconCollection.Name)]
public class BeaconValidatorTests(GrownBeacon grown)
{
    private const string Path = "/eth/v1/validator/";

    private static readonly ValidatorIndex[] All = [.. Enumerable.Range(0, BeaconHost.Validators).Select(i => new ValidatorIndex((ulong)i))];

    private BeaconHost Host => grown.Host;

    [Fact]
    public async Task A_client_over_HTTP_does_what_one_in_the_process_does()
    {
        Checkpoint justified = Host.Chain.Snapshot.Justified;
        Slot until = Host.Chain.CurrentSlot + (2 * BeaconHost.Preset.SlotsPerEpoch) + 2; // an epoch at least in which everybody votes, and a block after it
        while (Host.Chain.CurrentSlot < until)
            await Host.PassSlotAsync(Host.Remote);
        Assert.Equal(until, Host.Chain.Snapshot.Head.Slot);
        Assert.True(Host.Chain.Snapshot.Justified.Epoch > justified.Epoch);
        BeaconBlockBody body = Host.Chain.Snapshot.Head.Body;
        Assert.Equal((int)BeaconHost.Preset.SyncCommitteeSize, body.SyncAggregate.SyncCommitteeBits.SetCount);
        Assert.NotEmpty(body.Attestations);
    }

    [Fact]
    public async Task Duties_are_the_same_over_HTTP()
    {
        Epoch epoch = BeaconHost.Preset.EpochAt(Host.Chain.CurrentSlot);
        Duties<ProposerDuty> proposers = await Host.Local.GetProposerDutiesAsync(epoch, BeaconHost.Cancellation), proposersRemote = await Host.Remote.GetProposerDutiesAsync(epoch, BeaconHost.Cancellation);
        Assert.Equal((proposers.DependentRoot, (int)BeaconHost.Preset.SlotsPerEpoch), (proposersRemote.DependentRoot, proposersRemote.Items.Count));
        Assert.Equal(proposers.Items, proposersRemote.Items);
        Duties<AttesterDuty> attesters = await Host.Local.GetAttesterDutiesAsync(epoch + 1, All, BeaconHost.Cancellation), attestersRemote = await Host.Remote.GetAttesterDutiesAsync(epoch + 1, All, BeaconHost.Cancellation);
        Assert.Equal((attesters.DependentRoot, BeaconHost.Validators), (attestersRemote.DependentRoot, attestersRemote.Items.Count));
        Assert.Equal(attesters.Items, attestersRemote.Items);
        IReadOnlyList<SyncCommitteeDuty> members = await Host.Local.GetSyncCommitteeDutiesAsync(epoch, All, BeaconHost.Cancellation), membersRemote = await Host.Remote.GetSyncCommitteeDutiesAsync(epoch, All, BeaconHost.Cancellation);
        Assert.Equal(members.SelectMany(member => member.Places), membersRemote.SelectMany(member => member.Places));
        Assert.Equal((int)BeaconHost.Preset.SyncCommitteeSize, membersRemote.Sum(member => member.Places.Count));
        Assert.Equal(await Host.Local.GetGenesisAsync(BeaconHost.Cancellation), await Host.Remote.GetGenesisAsync(BeaconHost.Cancellation));
        Assert.Equal(await Host.Local.GetSyncingAsync(BeaconHost.Cancellation), await Host.Remote.GetSyncingAsync(BeaconHost.Cancellation));
        Bytes48[] keys = [Testing.BeaconKeys.PublicKey(1), Testing.BeaconKeys.PublicKey(99)];
        Assert.Equal(await Host.Local.GetValidatorsAsync(keys, BeaconHost.Cancellation), await Host.Remote.GetValidatorsAsync(keys, BeaconHost.Cancellation));
        Assert.Equal(await Host.Local.GetLivenessAsync(new Epoch(epoch.Value - 1), All, BeaconHost.Cancellation), await Host.Remote.GetLivenessAsync(new Epoch(epoch.Value - 1), All, BeaconHost.Cancellation));
    }

    [Fact]
    public async Task The_next_sync_committee_is_known_as_soon_as_a_period_begins_though_no_block_has_come_in_it()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        Epoch second = new(BeaconHost.Preset.EpochsPerSyncCommitteePeriod), third = new(2 * second.Value);
        await Assert.ThrowsAsync<NodeException>(() => host.Local.GetSyncCommitteeDutiesAsync(third, All, BeaconHost.Cancellation));
        while (host.Chain.CurrentSlot < BeaconHost.Preset.StartSlotOf(second))
            host.BeginSlot();
        Assert.True(host.Chain.Snapshot.Head.Slot < host.Chain.CurrentSlot);
        IReadOnlyList<SyncCommitteeDuty> members = await host.Local.GetSyncCommitteeDutiesAsync(third, All, BeaconHost.Cancellation);
        Assert.Equal((int)BeaconHost.Preset.SyncCommitteeSize, members.Sum(member => member.Places.Count));
    }

    [Theory]
    [InlineData("GET", "duties/proposer/99999", "")]
    [InlineData("GET", "duties/proposer/18446744073709551615", "")]
    [InlineData("GET", "duties/proposer/first", "")]
    [InlineData("POST", "duties/attester/99999", "[\"1\"]")]
    [InlineData("POST", "duties/attester/1", "[\"one\"]")]
    [InlineData("POST", "duties/attester/1", "[1]")]
    [InlineData("POST", "duties/attester/1", "{}")]
    [InlineData("POST", "duties/attester/1", "[null]")]
    [InlineData("POST", "duties/attester/1", "[\"1\"")]
    [InlineData("POST", "duties/sync/99999", "[\"1\"]")]
    [InlineData("POST", "liveness/1", "[\"-1\"]")]
    [InlineData("GET", "attestation_data?committee_index=0", "")]
    [InlineData("GET", "attestation_data?slot=1&committee_index=0", "")]
    [InlineData("GET", "sync_committee_contribution?slot=1&subcommittee_index=4&beacon_block_root=0x1111111111111111111111111111111111111111111111111111111111111111", "")]
    [InlineData("POST", "prepare_beacon_proposer", "[{\"validator_index\":\"1\",\"fee_recipient\":\"0x12\"}]")]
    [InlineData("POST", "prepare_beacon_proposer", "[{\"validator_index\":\"1\"}]")]
    [InlineData("POST", "beacon_committee_subscriptions", "[{}]")]
    [InlineData("POST", "contribution_and_proofs", "[{}]")]
    public async Task What_makes_no_sense_is_refused(string method, string what, string body) =>
        _ = await BeaconHost.ErrorAsync(method == "GET" ? Host.GetAsync(Path + what) : Host.PostAsync(Path + what, body), HttpStatusCode.BadRequest);

    [Fact]
    public async Task A_block_to_be_signed_says_what_it_is_worth()
    {
        Slot slot = Host.BeginSlot();
        Epoch epoch = BeaconHost.Preset.EpochAt(slot);
        ProposerDuty duty = (await Host.Local.GetProposerDutiesAsync(epoch, BeaconHost.Cancellation)).Items.Single(item => item.Slot == slot);
        Address recipient = FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000fe");
        using (HttpResponseMessage prepared = await Host.PostAsync(Path + "prepare_beacon_proposer", $$"""[{"validator_index":"{{duty.Validator.Value}}","fee_recipient":"{{recipient}}"}]"""))
            Assert.Equal(HttpStatusCode.OK, prepared.StatusCode);
        string path = $"/eth/v3/validator/blocks/{slot.Value}?randao_reveal={Host.Reveal(duty.Validator, epoch)}&builder_boost_factor=0";
        using HttpResponseMessage response = await Host.GetAsync(path);
        JsonElement answer = await BeaconHost.ReadAsync(response, HttpStatusCode.OK);
        Assert.Equal("false", response.Headers.GetValues("Eth-Execution-Payload-Blinded").Single());
        Assert.Equal("0", response.Headers.GetValues("Eth-Execution-Payload-Value").Single());
        Assert.Equal(response.Headers.GetValues("Eth-Consensus-Block-Value").Single(), answer.GetProperty("consensus_block_value").GetString());
        Assert.Equal("0x" + new string('0', 64), answer.GetProperty("data").GetProperty("block").GetProperty("body").GetProperty("graffiti").GetString());
        Assert.True(BlockContents.TryDecode(await Host.SszAsync(path), BeaconHost.Preset, out BlockContents? contents, out _));
        Assert.Equal((slot, duty.Validator, recipient), (contents.Block.Slot, contents.Block.ProposerIndex, contents.Block.Body.ExecutionPayload.FeeRecipient));
        _ = await BeaconHost.ErrorAsync(Host.GetAsync($"/eth/v3/validator/blocks/{slot.Value}"), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync($"/eth/v3/validator/blocks/{slot.Value + 5}?randao_reveal={default(Bytes96)}"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Aggregates_and_contributions_are_handed_out_and_taken()
    {
        Slot slot = Host.BeginSlot();
        await Host.ProposeAsync(Host.Local, slot);
        SingleAttestation[] votes = await Host.VotesAsync(Host.Local, slot);
        await Host.Local.PublishAttestationsAsync(votes, BeaconHost.Cancellation);
        await Host.VoteAsSyncCommitteeAsync(Host.Local, slot);

        SingleAttestation vote = votes[0];
        string query = $"attestation_data_root={vote.Data.HashTreeRoot()}&slot={slot.Value}&committee_index={vote.CommitteeIndex.Value}";
        Assert.True(Attestation.TryDecode(await Host.SszAsync($"/eth/v2/validator/aggregate_attestation?{query}"), BeaconHost.Preset, out Attestation? aggregate, out _));
        Bytes96 selection = Host.Sign(vote.AttesterIndex, DomainType.SelectionProof, Signing.RootOf(slot.Value));
        AggregateAndProof proof = new(vote.AttesterIndex, aggregate, selection);
        SignedAggregateAndProof signed = new(proof, Host.Sign(vote.AttesterIndex, DomainType.AggregateAndProof, proof.HashTreeRoot(BeaconHost.Preset)));
        SignedAggregateAndProof forged = signed with { Message = proof with { SelectionProof = signed.Signature } };
        await Assert.ThrowsAsync<NodeException>(() => Host.Remote.PublishAggregatesAsync([forged with { Message = forged.Message with { AggregatorIndex = new(15) } }], BeaconHost.Cancellation));
        await Host.Remote.PublishAggregatesAsync([signed], BeaconHost.Cancellation);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync("/eth/v2/validator/aggregate_attestation?" + query.Replace("committee_index=", "committee_index=9", StringComparison.Ordinal)), HttpStatusCode.NotFound);

        Hash32 head = Host.Chain.Snapshot.HeadRoot;
        byte[] encoded = await Host.SszAsync($"{Path}sync_committee_contribution?slot={slot.Value}&subcommittee_index=0&beacon_block_root={head}");
        Assert.True(SyncCommitteeContribution.TryDecode(encoded, BeaconHost.Preset, out SyncCommitteeContribution? contribution, out _));
        SyncCommitteeDuty duty = (await Host.Local.GetSyncCommitteeDutiesAsync(BeaconHost.Preset.EpochAt(slot), All, BeaconHost.Cancellation)).First(member => member.Places[0] < (int)BeaconHost.Preset.SyncSubcommitteeSize);
        Bytes96 drawn = Host.Sign(duty.Validator, DomainType.SyncCommitteeSelectionProof, new SyncAggregatorSelectionData(slot, 0).HashTreeRoot());
        ContributionAndProof message = new(duty.Validator, contribution, drawn);
        await Host.Remote.PublishContributionsAsync([new(message, Host.Sign(duty.Validator, DomainType.ContributionAndProof, message.HashTreeRoot(BeaconHost.Preset)))], BeaconHost.Cancellation);
        _ = await BeaconHost.ErrorAsync(Host.GetAsync($"{Path}sync_committee_contribution?slot=1&subcommittee_index=0&beacon_block_root={head}"), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Subscriptions_and_registrations_are_taken()
    {
        await Host.Remote.SubscribeCommitteesAsync([new(new(1), new(0), 1, Host.Chain.CurrentSlot + 1, true)], BeaconHost.Cancellation);
        await Host.Remote.SubscribeSyncCommitteesAsync([new(new(1), [1, 2], new(9))], BeaconHost.Cancellation);
        string key = Testing.BeaconKeys.PublicKey(1).ToString();
        using HttpResponseMessage registered = await Host.PostAsync(
            Path + "register_validator",
            $$$"""[{"message":{"fee_recipient":"0x00000000000000000000000000000000000000fe","gas_limit":"1","timestamp":"1","pubkey":"{{{key}}}"},"signature":"0x"}]""");
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        foreach (string selections in (string[])["beacon_committee_selections", "sync_committee_selections"])
            _ = await BeaconHost.ErrorAsync(Host.PostAsync(Path + selections, "[]"), HttpStatusCode.NotImplemented);
    }

    [Fact]
    public async Task Votes_are_counted_and_those_that_are_wrong_are_named()
    {
        Slot slot = Host.BeginSlot();
        await Host.ProposeAsync(Host.Local, slot);
        SingleAttestation[] votes = await Host.VotesAsync(Host.Local, slot);
        SingleAttestation early = votes[0] with { Data = votes[0].Data with { Slot = slot + 1 } };
        SingleAttestation[] sent = [votes[0], votes[1] with { Signature = votes[0].Signature }, early, votes[0]];
        SszArray<SingleAttestation, SszContainer<SingleAttestation>> list = new(SszBound.List(99));
        JsonElement error = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/pool/attestations", Encoding.UTF8.GetString(Ssz.ToJson(list, sent))), HttpStatusCode.BadRequest);
        Assert.Contains(1, Failures(error));
        Assert.DoesNotContain(0, Failures(error));
        using (HttpResponseMessage response = await Host.PostAsync("/eth/v2/beacon/pool/attestations", Ssz.Encode(list, votes), "application/octet-stream"))
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement pool = await Host.DataAsync($"/eth/v2/beacon/pool/attestations?slot={slot.Value}&committee_index=0");
        Assert.Equal(votes[0].Data.BeaconBlockRoot.ToString(), pool[0].GetProperty("data").GetProperty("beacon_block_root").GetString());
        Assert.Empty((await Host.DataAsync("/eth/v2/beacon/pool/attestations?slot=99999")).EnumerateArray());

        SyncCommitteeMessage[] syncVotes = [Host.SyncVote(0, slot, Host.Chain.Snapshot.HeadRoot), Host.SyncVote(1, slot, Host.Chain.Snapshot.HeadRoot) with { ValidatorIndex = new(2) }];
        SszArray<SyncCommitteeMessage, SszContainer<SyncCommitteeMessage>> syncList = new(SszBound.List(99));
        error = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v1/beacon/pool/sync_committees", Encoding.UTF8.GetString(Ssz.ToJson(syncList, syncVotes))), HttpStatusCode.BadRequest);
        Assert.Equal([1], Failures(error));
    }

    [Fact]
    public async Task Votes_for_times_far_off_cost_nothing()
    {
        AttestationData data = await Host.Local.ProduceAttestationDataAsync(Host.BeginSlot(), BeaconHost.Cancellation);
        SingleAttestation far = new(new(ulong.MaxValue), new(1), data with { Slot = new(ulong.MaxValue), Target = data.Target with { Epoch = new(ulong.MaxValue) } }, default);
        SingleAttestation ahead = new(new(ulong.MaxValue), new(1), data with { Target = data.Target with { Epoch = data.Target.Epoch + 1_000_000_000 } }, default);
        SszArray<SingleAttestation, SszContainer<SingleAttestation>> list = new(SszBound.List(99));
        JsonElement error = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v2/beacon/pool/attestations", Ssz.Encode(list, (SingleAttestation[])[far, ahead]), "application/octet-stream"), HttpStatusCode.BadRequest);
        Assert.Equal([0, 1], Failures(error));
        SszArray<SyncCommitteeMessage, SszContainer<SyncCommitteeMessage>> syncList = new(SszBound.List(99));
        SyncCommitteeMessage[] syncVotes = [new(new(ulong.MaxValue), data.BeaconBlockRoot, new(1), default), new(Host.Chain.CurrentSlot, data.BeaconBlockRoot, new(999), default)];
        error = await BeaconHost.ErrorAsync(Host.PostAsync("/eth/v1/beacon/pool/sync_committees", Ssz.Encode(syncList, syncVotes), "application/octet-stream"), HttpStatusCode.BadRequest);
        Assert.Equal([0, 1], Failures(error));
    }

    private static IEnumerable<int> Failures(JsonElement error) => [.. error.GetProperty("failures").EnumerateArray().Select(failure => failure.GetProperty("index").GetInt32())];
}
