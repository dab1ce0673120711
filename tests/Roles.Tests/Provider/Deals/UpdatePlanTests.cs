using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Provider.Deals;

/// <summary>Whether pieces go into an empty sector or a new one, and into which.</summary>
public class UpdatePlanTests
{
    private const ulong Margin = 10;

    private static readonly UpdateMoment Now = new(Slot: 100, SealingSlots: 50, UpdateSlots: 20, LatestExpiration: 5_000, FreeSectors: 5);

    [Fact]
    public void An_update_it_is_where_that_is_quicker()
    {
        Assert.Equal([7UL], Into(Now, [Group(2_000)], Empty(7, 3_000)));
        Assert.Equal([null], Into(Now with { UpdateSlots = 50 }, [Group(2_000)], Empty(7, 3_000)));
        Assert.Equal([null], Into(Now, [Group(2_000)]));
    }

    [Fact]
    public void Where_the_stake_covers_no_new_sector_an_update_it_is_though_it_is_slower()
    {
        UpdateMoment slow = Now with { UpdateSlots = 60 };
        Assert.Equal([7UL], Into(slow with { FreeSectors = 0 }, [Group(2_000)], Empty(7, 3_000)));
        Assert.Equal([null, 7UL], Into(slow with { FreeSectors = 1 }, [Group(2_000), Group(2_000)], Empty(7, 3_000)));
    }

    [Fact]
    public void Each_sector_takes_one_group_and_what_finds_none_is_sealed() =>
        Assert.Equal([7UL, 8UL, null], Into(Now, [Group(2_000), Group(2_000), Group(2_000)], Empty(8, 3_000), Empty(7, 3_000)));

    [Fact]
    public void Pieces_go_into_a_sector_that_is_proven_as_often() =>
        Assert.Equal([9UL], Into(Now, [Group(2_000, cadence: 3)], Empty(7, 3_000), Empty(8, 3_000) with { Cadence = 2 }, Empty(9, 3_000) with { Cadence = 3 }));

    [Fact]
    public void The_sector_that_lives_least_beyond_the_deal_is_the_best()
    {
        Assert.Equal([8UL], Into(Now, [Group(2_000)], Empty(7, 3_000), Empty(8, 2_010), Empty(9, 2_009)));
        Assert.Equal([7UL], Into(Now, [Group(2_000)], Empty(7, 3_000), Empty(8, 2_009)));
    }

    [Fact]
    public void One_that_would_end_before_is_extended_if_it_can_be_the_one_that_needs_least()
    {
        Assert.Equal([8UL], Into(Now, [Group(2_000)], Empty(7, 500), Empty(8, 600)));
        Assert.Equal([null], Into(Now, [Group(5_001)], Empty(7, 500)));
        Assert.Equal([7UL], Into(Now, [Group(5_000)], Empty(7, 500)));
        Assert.Equal([null], Into(Now, [Group(2_000)], Empty(7, 120))); // it expires before the update is done
        Assert.Equal([7UL], Into(Now, [Group(2_000)], Empty(7, 121)));
    }

    [Fact]
    public void Whatever_comes_no_sector_is_taken_twice_and_none_too_short_or_too_seldom_proven() => Seeds.Check(random =>
    {
        EmptySector[] empty = [.. Enumerable.Range(1, random.Next(8)).Select(number => new EmptySector((ulong)number, (ulong)random.Next(1, 3), (ulong)random.Next(100, 6_000)))];
        PlannedSector[] groups = [.. Enumerable.Range(0, random.Next(8)).Select(_ => Group((ulong)random.Next(200, 6_000), (ulong)random.Next(1, 3)))];
        IReadOnlyList<PlacedPieces> placed = UpdatePlan.Of(groups, empty, Margin, Now with { FreeSectors = (ulong)random.Next(4), UpdateSlots = (ulong)random.Next(1, 100) });
        Assert.Equal(groups.Select(group => group.Pieces), placed.Select(one => one.Pieces));
        EmptySector[] taken = [.. placed.Select(one => one.Into).OfType<EmptySector>()];
        Assert.Equal(taken.Length, taken.Distinct().Count());
        Assert.All(placed.Where(one => one.Into is not null), one =>
        {
            Assert.Equal(one.Pieces[0].Cadence, one.Into!.Cadence);
            Assert.True(one.Into.Expiration >= one.Pieces[0].End || one.Pieces[0].End <= Now.LatestExpiration);
        });
    });

    private static IEnumerable<ulong?> Into(UpdateMoment moment, PlannedSector[] groups, params EmptySector[] empty) => UpdatePlan.Of(groups, empty, Margin, moment).Select(one => one.Into?.Number);

    private static EmptySector Empty(ulong number, ulong expiration) => new(number, 1, expiration);

    private static PlannedSector Group(ulong end, ulong cadence = 1) => new([new WaitingPiece(new PackedPiece(1, "0x", 128, 127), cadence, 0, 1_000, end)], IsDue: true);
}
