using Flashback.Consensus;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Rules.Tests.Consensus;

/// <summary>Three ways to shuffle, one result.</summary>
public class ShuffleTests
{
    [Fact]
    public void The_whole_list_is_what_its_places_are_one_by_one() => Seeds.Check(random =>
    {
        for (int round = 0; round < 60; round++)
        {
            int count = random.Next(1, round < 40 ? 80 : 1500);
            Hash32 seed = BeaconWorld.Hash((ulong)random.NextInt64());
            int rounds = random.Next(1, 20);
            int[] list = [.. Enumerable.Range(0, count)];
            Shuffle.ShuffleInPlace(list, in seed, rounds);
            Shuffle.Places places = new(seed, count, rounds);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Shuffle.ComputeShuffledIndex(i, count, in seed, rounds), list[i]);
                Assert.Equal(list[i], places.Get(i));
            }
        }
    });

    [Fact]
    public void Places_of_a_long_list_agree_too()
    {
        Hash32 seed = BeaconWorld.Hash(9);
        Shuffle.Places places = new(seed, 100_000, 90);
        for (int i = 0; i < 20; i++)
            Assert.Equal(Shuffle.ComputeShuffledIndex(i * 4999, 100_000, in seed, 90), places.Get(i * 4999));
    }

    [Fact]
    public void Everyone_is_in_exactly_one_committee_of_an_epoch()
    {
        BeaconWorld world = new(130);
        Committees committees = world.Head.GetCommittees(Epoch.Genesis);
        List<int> members = [];
        for (ulong slot = 0; slot < world.Preset.SlotsPerEpoch; slot++)
        {
            for (ulong index = 0; index < committees.PerSlot; index++)
                members.AddRange(committees.Get(new(slot), index));
        }
        Assert.Equal(Enumerable.Range(0, 130), members.Order());
    }

    [Fact]
    public void Refuses_committees_that_are_not_decided_yet()
    {
        BeaconWorld world = new(64);
        Assert.Throws<ArgumentOutOfRangeException>(() => world.Head.GetCommittees(new(2)));
    }
}
