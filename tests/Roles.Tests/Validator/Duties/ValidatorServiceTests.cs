using System.Diagnostics.Metrics;
using Flashback.Client;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Validator;
using Microsoft.Extensions.Logging;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>What validators do, slot by slot; the node checks every signature, and its chain takes only what is valid.</summary>
public sealed class ValidatorServiceTests
{
    private static readonly ulong SlotsPerEpoch = ScriptedChain.Preset.SlotsPerEpoch;

    [Fact]
    public void All_duties_are_done_once_and_in_time_and_the_chain_becomes_final()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All).Start();
        ulong end = 4 * SlotsPerEpoch;
        world.AdvanceTo(end, 0.9);
        world.Stop();

        Assert.Empty(world.Node.Complaints);
        Assert.Empty(world.Log.At(LogLevel.Warning).Concat(world.Log.At(LogLevel.Error)));
        Assert.Equal(Enumerable.Range(1, (int)end).Select(slot => new Slot((ulong)slot)), world.Node.Blocks.Select(block => block.Message.Message.Slot));
        Assert.All(world.Node.Blocks, block => Assert.Equal(TimeSpan.Zero, block.IntoSlot));
        Assert.All(world.Node.Blocks, block =>
        {
            DutySettings settings = ValidatorWorld.SettingsOf((int)block.Message.Message.ProposerIndex.Value);
            Assert.Equal(settings.Graffiti, block.Message.Message.Body.Graffiti);
            Assert.Equal(settings.FeeRecipient, block.Message.Message.Body.ExecutionPayload.FeeRecipient);
        });
        for (ulong epoch = 0; epoch < 4; epoch++)
        {
            var votes = world.Node.Votes.Where(vote => vote.Message.Data.Target.Epoch.Value == epoch).ToArray();
            Assert.Equal(Indices(ValidatorWorld.All), votes.Select(vote => vote.Message.AttesterIndex).Order());
            Assert.Equal(votes.Length, world.Node.Aggregates.Count(signed => signed.Message.Message.Aggregate.Data.Target.Epoch.Value == epoch));
        }
        // The block is there at once, and so are the votes for it; slot 0 has none to wait for.
        Assert.All(world.Node.Votes, vote => Assert.Equal(TimeSpan.FromSeconds(vote.Slot == Slot.Genesis ? 2 : 0), vote.IntoSlot));
        Assert.All(world.Node.Aggregates, aggregate => Assert.Equal(TimeSpan.FromSeconds(4), aggregate.IntoSlot));
        Assert.All(world.Node.Contributions, contribution => Assert.Equal(TimeSpan.FromSeconds(4), contribution.IntoSlot));
        Assert.Equal(world.Node.SyncVotes.Count, world.Node.SyncVotes.DistinctBy(vote => (vote.Slot, vote.Message.ValidatorIndex)).Count());
        Assert.All(world.Node.Blocks, block => Assert.Equal(8, block.Message.Message.Body.SyncAggregate.SyncCommitteeBits.SetCount));
        Assert.True(world.Chain.Head.State.FinalizedCheckpoint.Epoch.Value >= 2);
    }

    [Fact]
    public void The_node_is_told_beforehand_who_votes_and_who_gets_the_fees()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All).Start();
        world.AdvanceTo(SlotsPerEpoch, 0.9);

        Assert.All(world.Node.Votes, vote => Assert.Single(world.Node.Subscriptions, subscription =>
            subscription.Message.Validator == vote.Message.AttesterIndex && subscription.Message.Slot == vote.Slot && subscription.Slot <= vote.Slot));
        // The committees of the next epoch are known an epoch ahead.
        Assert.Contains(world.Node.Subscriptions, subscription => subscription.Slot == Slot.Genesis && subscription.Message.Slot.Value >= SlotsPerEpoch);
        Assert.NotEmpty(world.Node.SyncSubscriptions);
        // Once in the first slot, once in the last slot of the first epoch for the second.
        Assert.Equal(2 * ValidatorWorld.Validators, world.Node.Preparations.Count);
    }

    [Fact]
    public void Without_a_block_votes_leave_after_a_third_of_the_slot_and_the_block_counts_as_missed()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        world.Node.Fails = name => name == "ProduceBlock" && world.Node.Now.Value == 2;
        using Counts counts = new();
        world.Start().AdvanceTo(3, 0.9);

        Assert.Equal([1, 3], world.Node.Blocks.Select(block => block.Slot.Value));
        Assert.All(world.Node.Votes.Where(vote => vote.Slot.Value == 2), vote => Assert.Equal(TimeSpan.FromSeconds(2), vote.IntoSlot));
        Assert.Contains(world.Node.Votes, vote => vote.Slot.Value == 2);
        Assert.Equal((2L, 1L), (counts["published", "block"], counts["missed", "block"]));
        Assert.Equal(world.Node.Votes.Count, counts["published", "attestation"]);
        Assert.Contains(world.Log.At(LogLevel.Warning), text => text.StartsWith("Missed block of slot 2", StringComparison.Ordinal));
    }

    [Fact]
    public void One_duty_that_fails_stops_no_other()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        world.Node.Fails = name => name is "ProduceBlock" or "GetHeadRoot" or "SubscribeCommittees" or "PrepareProposers";
        world.Start().AdvanceTo(SlotsPerEpoch - 1, 0.9);

        Assert.Equal(Indices(ValidatorWorld.All), world.Node.Votes.Select(vote => vote.Message.AttesterIndex).Order());
        Assert.Empty(world.Node.Blocks);
        Assert.Empty(world.Node.SyncVotes);
    }

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.95, 0)] // too late for a block; votes and aggregates still count
    public void Who_starts_within_a_slot_does_what_is_still_useful(double part, int blocks)
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        world.AdvanceTo(3, part);
        world.Start().AdvanceTo(3, 0.99);

        Assert.Empty(world.Node.Complaints);
        Assert.Equal(blocks, world.Node.Blocks.Count);
        Assert.Equal(2, world.Node.Votes.Count);
        Assert.Equal(2, world.Node.Aggregates.Count);
        Assert.NotEmpty(world.Node.SyncVotes);
        Assert.NotEmpty(world.Node.Contributions);
    }

    [Fact]
    public void Nothing_is_asked_for_and_nothing_signed_before_genesis()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All).Start();
        world.Time.RunUntil(ValidatorWorld.TimeOf(0, 0).AddTicks(-1), TestContext.Current.CancellationToken);
        Assert.Equal(["GetGenesis"], world.Node.Asked);
        world.AdvanceTo(0, 0.9);
        Assert.Empty(world.Node.Blocks);
        Assert.NotEmpty(world.Node.Votes);
    }

    [Fact]
    public void While_the_node_is_behind_nothing_is_signed()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        world.Node.IsSyncing = slot => slot.Value is 2 or 3;
        world.Start().AdvanceTo(5, 0.9);

        Slot[] slots = [new(1), new(4), new(5)];
        Assert.Equal(slots, world.Node.Blocks.Select(block => block.Slot));
        Assert.Equal([Slot.Genesis, .. slots], world.Node.Votes.Select(vote => vote.Slot).Distinct());
        Assert.Equal([Slot.Genesis, .. slots], world.Node.SyncVotes.Select(vote => vote.Slot).Distinct());
        Assert.Equal(2, world.Log.At(LogLevel.Warning).Count(text => text.StartsWith("No duties at", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_node_that_does_not_answer_at_first_is_waited_for()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        world.AdvanceTo(1, 0.1);
        world.Node.Fails = _ => world.Node.Now.Value < 3;
        world.Start().AdvanceTo(4, 0.9);
        Assert.Equal([3, 4], world.Node.Blocks.Select(block => block.Slot.Value));
    }

    [Fact]
    public void What_could_be_slashed_is_not_signed_and_the_log_says_why()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All);
        // As if another machine with this database had voted in the first epoch already.
        Assert.Null(world.Protection.Record(ScriptedChain.PublicKey(5), new SignedAttestation(new(0), new(0), Sha256.Hash("another vote"u8))));
        world.Start().AdvanceTo((2 * SlotsPerEpoch) - 1, 0.9);

        Assert.Equal(Indices(ValidatorWorld.All.Where(key => key != 5)), world.Node.Votes.Where(vote => vote.Slot.Value < SlotsPerEpoch).Select(vote => vote.Message.AttesterIndex).Order());
        Assert.Equal(Indices(ValidatorWorld.All), world.Node.Votes.Where(vote => vote.Slot.Value >= SlotsPerEpoch).Select(vote => vote.Message.AttesterIndex).Order());
        string refusal = Assert.Single(world.Log.At(LogLevel.Error));
        Assert.Contains(nameof(ProtectionRule.DoubleVote), refusal);
    }

    [Fact]
    public void Duties_are_those_of_the_chain_after_it_was_reorganised_and_nobody_votes_twice()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All).Start();
        world.AdvanceTo(SlotsPerEpoch + 1, 0.9);
        HashSet<ValidatorIndex> before = [.. world.Node.Votes.Where(vote => vote.Slot.Value >= SlotsPerEpoch).Select(vote => vote.Message.AttesterIndex)];
        world.Node.Shift = 2;
        world.AdvanceTo((2 * SlotsPerEpoch) - 1, 0.9);

        // Those that were due at the epoch's first two slots are due again at its third and fourth; those of its last two are due at slots that have passed.
        var votes = world.Node.Votes.Where(vote => vote.Slot.Value >= SlotsPerEpoch).ToArray();
        Assert.Equal(4, before.Count);
        Assert.Equal(votes.Length, votes.DistinctBy(vote => vote.Message.AttesterIndex).Count());
        Assert.Equal(ValidatorWorld.Validators - 4, votes.Length);
        Assert.DoesNotContain(votes, vote => vote.Slot.Value is var slot && (slot == SlotsPerEpoch + 2 || slot == SlotsPerEpoch + 3));
    }

    [Fact]
    public void Keys_come_and_go_while_the_service_runs()
    {
        using ValidatorWorld world = new ValidatorWorld().With(ValidatorWorld.All.Except([3])).Start();
        world.AdvanceTo(SlotsPerEpoch - 1, 0.9);
        Assert.DoesNotContain(world.Node.Votes, vote => vote.Message.AttesterIndex.Value == 3);

        world.Add(3);
        world.Service.Remove(ScriptedChain.PublicKey(4));
        world.AdvanceTo((2 * SlotsPerEpoch) - 1, 0.9);
        Assert.Equal(
            Indices(ValidatorWorld.All.Except([4])),
            world.Node.Votes.Where(vote => vote.Slot.Value >= SlotsPerEpoch).Select(vote => vote.Message.AttesterIndex).Order());
        Assert.DoesNotContain(world.Node.SyncVotes, vote => vote.Slot.Value >= SlotsPerEpoch && vote.Message.ValidatorIndex.Value == 4);
        Assert.False(world.Service.Remove(ScriptedChain.PublicKey(4)));
    }

    [Fact]
    public void Who_becomes_active_later_votes_from_then_on()
    {
        using ValidatorWorld world = new ValidatorWorld(edit: state => state.Validators[7] = state.Validators[7] with { ActivationEpoch = new(2) }).With([7]).Start();
        world.AdvanceTo((3 * SlotsPerEpoch) - 1, 0.9);
        Assert.Equal(2ul, Assert.Single(world.Node.Votes).Message.Data.Target.Epoch.Value);
    }

    [Fact]
    public async Task Another_chain_than_the_keys_is_refused()
    {
        using ValidatorWorld world = new();
        ValidatorService service = new(world.Node, ScriptedChain.Config, Sha256.Hash("another chain"u8), new ValidatorOptions(), world.Time, world.Log);
        NodeException refusal = await Assert.ThrowsAsync<NodeException>(() => service.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(NodeFault.Refused, refusal.Fault);
    }

    private static IEnumerable<ValidatorIndex> Indices(IEnumerable<int> keys) => keys.Select(key => new ValidatorIndex((ulong)key));

    /// <summary>What the meter counted on this test's thread, in which all virtual time passes.</summary>
    private sealed class Counts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<(string, string), long> _counts = [];

        public Counts()
        {
            int thread = Environment.CurrentManagedThreadId;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Flashback.Validator")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            {
                if (Environment.CurrentManagedThreadId == thread)
                    _counts[(instrument.Name.Split('.')[^1], (string)tags[0].Value!)] = this[instrument.Name.Split('.')[^1], (string)tags[0].Value!] + value;
            });
            _listener.Start();
        }

        public long this[string what, string duty] => _counts.GetValueOrDefault((what, duty));

        public void Dispose() => _listener.Dispose();
    }
}
