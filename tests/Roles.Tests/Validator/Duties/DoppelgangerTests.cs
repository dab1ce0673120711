using Flashback.Consensus;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>Keys that somebody else signs with must not sign here.</summary>
public sealed class DoppelgangerTests
{
    private const ulong Start = 3; // the epoch in which the service starts

    private static readonly ulong SlotsPerEpoch = ScriptedChain.Preset.SlotsPerEpoch;

    [Fact]
    public void Keys_are_silent_for_two_epochs_and_one_that_was_seen_elsewhere_for_ever()
    {
        using ValidatorWorld world = new ValidatorWorld(checksForDoppelgangers: true).With(ValidatorWorld.All);
        world.Node.IsLive = (validator, epoch) => (validator.Value == 2 && epoch.Value == Start + 1)
            || (validator.Value == 6 && epoch.Value == Start); // our own, from before a restart
        List<Doppelganger> found = [];
        world.Service.DoppelgangerFound += found.Add;
        world.AdvanceTo(Start * SlotsPerEpoch, 0.5);
        world.Start().AdvanceTo(((Start + 3) * SlotsPerEpoch) - 1, 0.99);
        Assert.Empty(world.Node.Votes);
        Assert.Empty(world.Node.Blocks);
        Assert.Empty(world.Node.SyncVotes);
        Assert.Empty(world.Node.Subscriptions);
        Assert.Equal(new Doppelganger(ScriptedChain.PublicKey(2), new(2), new(Start + 1)), Assert.Single(found));
        Assert.Contains("DOPPELGANGER", Assert.Single(world.Log.At(LogLevel.Critical)));

        world.AdvanceTo(((Start + 4) * SlotsPerEpoch) - 1, 0.99);
        Assert.Empty(world.Node.Complaints);
        Assert.Equal(ValidatorWorld.All.Where(key => key != 2).Select(key => new ValidatorIndex((ulong)key)), world.Node.Votes.Select(vote => vote.Message.AttesterIndex).Order());
        Assert.DoesNotContain(world.Node.Blocks, block => block.Message.Message.ProposerIndex.Value == 2);
        Assert.Single(found);
    }

    [Fact]
    public void Without_an_answer_keys_stay_silent()
    {
        using ValidatorWorld world = new ValidatorWorld(checksForDoppelgangers: true).With(ValidatorWorld.All);
        world.Node.Fails = name => name == "GetLiveness" && world.Node.Now.Value < (Start + 3) * SlotsPerEpoch;
        world.AdvanceTo(Start * SlotsPerEpoch, 0.5);
        world.Start().AdvanceTo(((Start + 4) * SlotsPerEpoch) - 1, 0.99);
        Assert.Empty(world.Node.Votes);
        world.AdvanceTo(((Start + 5) * SlotsPerEpoch) - 1, 0.99);
        Assert.Equal(ValidatorWorld.Validators, world.Node.Votes.Count);
    }

    [Fact]
    public void A_chain_that_begins_has_no_doppelgangers()
    {
        using ValidatorWorld world = new ValidatorWorld(checksForDoppelgangers: true).With(ValidatorWorld.All).Start();
        world.AdvanceTo(1, 0.9);
        Assert.NotEmpty(world.Node.Votes);
        Assert.DoesNotContain("GetLiveness", world.Node.Asked);
    }

    [Fact]
    public void A_validator_that_was_never_active_is_not_watched()
    {
        using ValidatorWorld world = new ValidatorWorld(checksForDoppelgangers: true, state => state.Validators[7] = state.Validators[7] with { ActivationEpoch = new(Start + 1) }).With([7]);
        world.AdvanceTo(Start * SlotsPerEpoch, 0.5);
        world.Start().AdvanceTo(((Start + 2) * SlotsPerEpoch) - 1, 0.99);
        Assert.Equal(Start + 1, Assert.Single(world.Node.Votes).Message.Data.Target.Epoch.Value);
    }
}
