using System.Net;
using System.Text;
using System.Text.Json;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Api.Beacon;

/// <summary>Operations that wait for a block.</summary>
public class BeaconPoolTests
{
    private const string Pool = "/eth/v1/beacon/pool/";

    [Fact]
    public async Task Exits_wait_in_the_pool_and_go_into_a_block()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        await host.PassSlotAsync(host.Local);
        VoluntaryExit exit = new(default, new(3));
        SignedVoluntaryExit signed = new(exit, host.Sign(new(3), DomainType.VoluntaryExit, exit.HashTreeRoot(), BeaconHost.Config.CapellaForkVersion));
        await host.Remote.PublishVoluntaryExitAsync(signed, BeaconHost.Cancellation);
        await host.Remote.PublishVoluntaryExitAsync(signed, BeaconHost.Cancellation); // once more is no failure
        Assert.Equal("3", (await host.DataAsync(Pool + "voluntary_exits"))[0].GetProperty("message").GetProperty("validator_index").GetString());
        string wrong = Encoding.UTF8.GetString(Ssz.ToJson(new SszContainer<SignedVoluntaryExit>(), signed with { Message = exit with { ValidatorIndex = new(4) } }));
        _ = await BeaconHost.ErrorAsync(host.PostAsync(Pool + "voluntary_exits", wrong), HttpStatusCode.BadRequest);
        _ = await BeaconHost.ErrorAsync(host.PostAsync(Pool + "voluntary_exits", "{}"), HttpStatusCode.BadRequest);
        await host.PassSlotAsync(host.Local);
        Assert.Equal(new ValidatorIndex(3), Assert.Single(host.Chain.Snapshot.Head.Body.VoluntaryExits).Message.ValidatorIndex);
        Assert.Equal("active_exiting", (await host.DataAsync("/eth/v1/beacon/states/head/validators/3")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Changes_of_credentials_that_are_wrong_are_named()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        await host.PassSlotAsync(host.Local);
        SignedBlsToExecutionChange right = Change(host, BeaconHost.Validators - 1), wrong = Change(host, 1);
        SszArray<SignedBlsToExecutionChange, SszContainer<SignedBlsToExecutionChange>> list = new(SszBound.List(9));
        JsonElement error = await BeaconHost.ErrorAsync(host.PostAsync(Pool + "bls_to_execution_changes", Encoding.UTF8.GetString(Ssz.ToJson(list, (SignedBlsToExecutionChange[])[wrong, right]))), HttpStatusCode.BadRequest);
        Assert.Equal(0, Assert.Single(error.GetProperty("failures").EnumerateArray()).GetProperty("index").GetInt32());
        Assert.Equal($"{BeaconHost.Validators - 1}", Assert.Single((await host.DataAsync(Pool + "bls_to_execution_changes")).EnumerateArray()).GetProperty("message").GetProperty("validator_index").GetString());
        await host.PassSlotAsync(host.Local);
        Assert.Single(host.Chain.Snapshot.Head.Body.BlsToExecutionChanges);
    }

    [Fact]
    public async Task Slashings_are_checked_and_wait()
    {
        await using BeaconHost host = await BeaconHost.StartAsync();
        await host.PassSlotAsync(host.Local);
        ProposerSlashing proposer = new(Header(host, 5, 1), Header(host, 5, 2));
        string json = Encoding.UTF8.GetString(Ssz.ToJson(new SszContainer<ProposerSlashing>(), proposer));
        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage taken = await host.PostAsync(Pool + "proposer_slashings", json);
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        }
        Assert.Single((await host.DataAsync(Pool + "proposer_slashings")).EnumerateArray());
        string same = Encoding.UTF8.GetString(Ssz.ToJson(new SszContainer<ProposerSlashing>(), new ProposerSlashing(Header(host, 6, 1), Header(host, 6, 1))));
        _ = await BeaconHost.ErrorAsync(host.PostAsync(Pool + "proposer_slashings", same), HttpStatusCode.BadRequest);

        AttesterSlashing attesters = new(Vote(host, 7, 1), Vote(host, 7, 2));
        using (HttpResponseMessage taken = await host.PostAsync("/eth/v2/beacon/pool/attester_slashings", Ssz.ToJson(new SszContainer<AttesterSlashing>(BeaconHost.Preset), attesters), "application/json"))
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        JsonElement pool = await host.JsonAsync("/eth/v2/beacon/pool/attester_slashings");
        Assert.Equal("electra", pool.GetProperty("version").GetString());
        Assert.Single(pool.GetProperty("data").EnumerateArray());
        AttesterSlashing harmless = new(Vote(host, 8, 1), Vote(host, 8, 1));
        _ = await BeaconHost.ErrorAsync(
            host.PostAsync("/eth/v2/beacon/pool/attester_slashings", Ssz.ToJson(new SszContainer<AttesterSlashing>(BeaconHost.Preset), harmless), "application/json"), HttpStatusCode.BadRequest);
    }

    private static SignedBlsToExecutionChange Change(BeaconHost host, int validator)
    {
        BlsToExecutionChange change = new(new((ulong)validator), BeaconKeys.PublicKey(validator), FixedBytes.Parse<Address>("0x00000000000000000000000000000000000000fe"));
        return new(change, host.Sign(new((ulong)validator), DomainType.BlsToExecutionChange, change.HashTreeRoot(), BeaconHost.Config.GenesisForkVersion));
    }

    private static SignedBeaconBlockHeader Header(BeaconHost host, ulong proposer, byte mark)
    {
        BeaconBlockHeader header = new(new Slot(1), new(proposer), default, default, Sha256.Hash([mark]));
        return new(header, host.Sign(new(proposer), DomainType.BeaconProposer, header.HashTreeRoot()));
    }

    private static IndexedAttestation Vote(BeaconHost host, ulong voter, byte mark)
    {
        AttestationData data = new(new Slot(1), default, Sha256.Hash([mark]), default, new Checkpoint(default, Sha256.Hash([mark])));
        return new([new(voter)], data, host.Sign(new(voter), DomainType.BeaconAttester, data.HashTreeRoot()));
    }
}
