using System.Security.Cryptography;
using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Validator;
using VirtualTime = Flashback.Chain.VirtualTime;

namespace Flashback.Roles.Tests.Validator.Duties;

/// <summary>When things are due, and who is selected.</summary>
public sealed class SlotClockTests
{
    private readonly VirtualTime _time = new(ValidatorWorld.TimeOf(0, 0).AddSeconds(-10));
    private readonly List<(ulong Slot, SlotMoment Moment, double Seconds)> _told = [];

    [Fact]
    public void Moments_are_told_in_order_from_genesis_on()
    {
        using SlotClock clock = Make();
        Assert.Null(clock.Now);
        clock.Start();
        _time.RunUntil(ValidatorWorld.TimeOf(1, 0.5), TestContext.Current.CancellationToken);
        Assert.Equal([(0, SlotMoment.Start, 0), (0, SlotMoment.Vote, 2), (0, SlotMoment.Aggregate, 4), (1, SlotMoment.Start, 6), (1, SlotMoment.Vote, 8)], _told);
        Assert.Equal(new Slot(1), clock.Now);
    }

    [Fact]
    public void A_vote_that_is_brought_forward_comes_once_and_only_within_its_slot()
    {
        using SlotClock clock = Make();
        clock.Start();
        _time.RunUntil(ValidatorWorld.TimeOf(1, 0.1), TestContext.Current.CancellationToken);
        clock.BringVoteForward(new(0));
        clock.BringVoteForward(new(2));
        clock.BringVoteForward(new(1));
        clock.BringVoteForward(new(1));
        _time.RunUntil(ValidatorWorld.TimeOf(1, 0.9), TestContext.Current.CancellationToken);
        clock.BringVoteForward(new(1));
        _time.RunUntil(ValidatorWorld.TimeOf(2, 0.1), TestContext.Current.CancellationToken);
        Assert.Equal([(1, SlotMoment.Start, 6), (1, SlotMoment.Vote, 6.6), (1, SlotMoment.Aggregate, 10), (2, SlotMoment.Start, 12)], _told.Skip(3));
    }

    [Fact]
    public void Slots_that_were_slept_through_are_left_out()
    {
        using SlotClock clock = Make();
        clock.Start();
        _time.RunUntil(ValidatorWorld.TimeOf(0, 0.1), TestContext.Current.CancellationToken);
        _time.SleepUntil(ValidatorWorld.TimeOf(7, 0.5));
        _time.RunUntil(ValidatorWorld.TimeOf(8, 0.1), TestContext.Current.CancellationToken);
        Assert.Equal([(0, SlotMoment.Start, 0), (7, SlotMoment.Start, 45), (7, SlotMoment.Vote, 45), (7, SlotMoment.Aggregate, 46), (8, SlotMoment.Start, 48)], _told);
    }

    [Fact]
    public void Who_is_told_may_take_longer_than_a_slot()
    {
        using SlotClock clock = new(ScriptedChain.Config, ScriptedChain.GenesisTime, _time, (slot, moment) =>
        {
            _told.Add((slot.Value, moment, 0));
            if (_told.Count == 1)
                _time.RunUntil(ValidatorWorld.TimeOf(2, 0.1), TestContext.Current.CancellationToken);
        });
        clock.Start();
        _time.RunUntil(ValidatorWorld.TimeOf(0, 0), TestContext.Current.CancellationToken);
        Assert.Equal(7, _told.Count);
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(31, 1)]
    [InlineData(32, 2)]
    [InlineData(128, 8)]
    public void A_committee_has_sixteen_aggregators_on_average(int length, ulong modulo)
    {
        for (int i = 0; i < 64; i++)
        {
            byte[] proof = new byte[96];
            proof[0] = (byte)i;
            bool isSelected = BitConverter.ToUInt64(SHA256.HashData(proof)) % modulo == 0;
            Assert.Equal(isSelected, Selection.IsAggregator(length, Bytes96.Read(proof)));
            if (length == 128) // as many as a part of the main network's sync committee has
                Assert.Equal(isSelected, Selection.IsSyncCommitteeAggregator(Presets.Mainnet, Bytes96.Read(proof)));
        }
    }

    [Fact]
    public void Places_of_the_sync_committee_belong_to_four_parts() =>
        Assert.Equal([0ul, 1, 3], Selection.SubcommitteesOf(Presets.Mainnet, [511, 5, 127, 128]));

    private SlotClock Make() => new(ScriptedChain.Config, ScriptedChain.GenesisTime, _time, (slot, moment) =>
        _told.Add((slot.Value, moment, Math.Round((_time.GetUtcNow() - ValidatorWorld.TimeOf(0, 0)).TotalSeconds, 3))));
}
