using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Provider;
using Flashback.Testing;

namespace Flashback.Roles.Tests.Provider.Deals;

/// <summary>Which pieces go together, when, and where they lie.</summary>
public class PackingPlanTests
{
    private static readonly PaddedSize Sector = PaddedSize.Of(2048);
    private static readonly PackingMoment Now = new(Slot: 100, SealingSlots: 10, Patience: 20);

    [Fact]
    public void The_largest_come_first_and_a_full_sector_is_sealed_at_once()
    {
        IReadOnlyList<PlannedSector> plan = PackingPlan.Of([Piece(1, 512), Piece(2, 1024), Piece(3, 256), Piece(4, 256), Piece(5, 128)], Sector, Now);
        Assert.Equal([[2UL, 1, 3, 4], [5UL]], plan.Select(sector => sector.Pieces.Select(piece => piece.Piece.Deal)));
        Assert.Equal([true, false], plan.Select(sector => sector.IsDue));
    }

    [Fact]
    public void A_piece_that_has_waited_long_takes_the_others_with_it()
    {
        Assert.False(Assert.Single(PackingPlan.Of([Piece(1, 512, since: 81), Piece(2, 128)], Sector, Now)).IsDue);
        Assert.True(Assert.Single(PackingPlan.Of([Piece(1, 512, since: 80), Piece(2, 128)], Sector, Now)).IsDue);
    }

    [Fact]
    public void A_sector_is_sealed_while_there_is_twice_the_time_that_it_takes()
    {
        Assert.False(Assert.Single(PackingPlan.Of([Piece(1, 512, activationEnd: 121)], Sector, Now)).IsDue);
        Assert.True(Assert.Single(PackingPlan.Of([Piece(1, 512, activationEnd: 120)], Sector, Now)).IsDue);
    }

    [Fact]
    public void Pieces_that_are_proven_more_often_go_by_themselves() =>
        Assert.Equal(2, PackingPlan.Of([Piece(1, 128), Piece(2, 128) with { Cadence = 3 }], Sector, Now).Count);

    [Fact]
    public void Whatever_comes_no_sector_is_overfull_and_no_two_could_be_one() => Seeds.Check(random =>
    {
        WaitingPiece[] pieces = [.. Enumerable.Range(1, random.Next(1, 40)).Select(deal => Piece((ulong)deal, 128L << random.Next(5)))];
        IReadOnlyList<PlannedSector> plan = PackingPlan.Of(pieces, Sector, Now);
        long[] used = [.. plan.Select(sector => sector.Pieces.Sum(piece => piece.Piece.PaddedSize))];
        Assert.Equal(pieces.Length, plan.Sum(sector => sector.Pieces.Count));
        Assert.All(used, bytes => Assert.InRange(bytes, 128, 2048));
        Assert.Equal((used.Sum() + 2047) / 2048, plan.Count);
        Assert.All(plan, sector => Assert.Equal(sector.Pieces.OrderByDescending(piece => piece.Piece.PaddedSize), sector.Pieces));
    });

    [Fact]
    public void The_way_from_each_piece_leads_to_the_sectors_commitment() => Seeds.Check(random =>
    {
        Piece[] pieces = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => new Piece(Node(random), PaddedSize.Of(128L << random.Next(3))))];
        Piece joined = SectorData.Aggregate(pieces);
        PaddedSize sector = PaddedSize.Of(8192);
        while (joined.Size.CompareTo(sector) < 0)
            joined = new Piece(DataTree.Parent(joined.Commitment, DataTree.ZeroCommitment(joined.Size)), joined.Size.Doubled());
        for (int i = 0; i < pieces.Length; i++)
        {
            (ulong place, Hash32[] path) = SectorData.PathOf(pieces, i, sector);
            Hash32 node = pieces[i].Commitment;
            foreach (Hash32 sibling in path)
            {
                node = (place & 1) == 0 ? DataTree.Parent(node, sibling) : DataTree.Parent(sibling, node);
                place >>= 1;
            }
            Assert.Equal((0UL, joined.Commitment, sector.TreeHeight), (place, node, pieces[i].Size.TreeHeight + path.Length));
        }
        Assert.Throws<ArgumentException>(() => SectorData.PathOf([.. pieces, new Piece(default, sector)], 0, sector));
    });

    private static Hash32 Node(Random random)
    {
        byte[] node = new byte[32];
        random.NextBytes(node);
        node[^1] &= 0x3f;
        return Hash32.Read(node);
    }

    private static WaitingPiece Piece(ulong deal, long size, ulong since = 100, ulong activationEnd = 1_000) => new(new PackedPiece(deal, "0x", size, size / 128 * 127), 1, since, activationEnd, 2_000);
}
