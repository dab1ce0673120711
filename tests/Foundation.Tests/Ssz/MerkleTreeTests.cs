using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

/// <summary>The tree that remembers and its collections, beside collections that are hashed from scratch after every change.</summary>
public class MerkleTreeTests
{
    private static readonly SszBound Limit = SszBound.List(1UL << 40);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1, 5)]
    [InlineData(2, 1)]
    [InlineData(5, 3)]
    [InlineData(16, 4)]
    [InlineData(17, 10)]
    [InlineData(33, 40)]
    [InlineData(1000, 10)]
    [InlineData(1025, 11)]
    public void A_root_is_that_of_the_recursive_definition(int chunks, int depth) => Seeds.Check(random =>
    {
        byte[] bytes = new byte[32 * chunks];
        random.NextBytes(bytes);
        Hash32 expected = NaiveMerkle.Merkleize(NaiveMerkle.Pack(bytes), 1UL << depth);
        Assert.Equal(expected, Merkle.Root(bytes, depth));
        Assert.Equal(expected, Merkle.RootInPlace(bytes, depth));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(513)]
    [InlineData(1000)]
    public void The_last_chunk_is_filled_with_zeros(int length)
    {
        byte[] bytes = new byte[length];
        Array.Fill(bytes, (byte)0xab);
        Assert.Equal(NaiveMerkle.Merkleize(NaiveMerkle.Pack(bytes), 1UL << 9), Merkle.Root(bytes, 9));
    }

    [Fact]
    public void Refuses_more_chunks_than_the_tree_has_leaves()
    {
        Assert.Throws<ArgumentException>(() => Merkle.Root(new byte[33], 0));
        Assert.Throws<ArgumentException>(() => Merkle.Root(new byte[(32 * 32) + 1], 5));
    }

    [Fact]
    public void A_column_of_numbers_has_the_root_of_its_array_after_any_edits() => Seeds.Check(random => Edit(random, new Column<ulong>(), () => (ulong)random.NextInt64()));

    [Fact]
    public void A_column_of_flags_has_the_root_of_its_array_after_any_edits() => Seeds.Check(random => Edit(random, new Column<byte>(), () => (byte)random.Next(256)));

    [Fact]
    public void Rows_have_the_root_of_their_array_after_any_edits() => Seeds.Check(random =>
    {
        SszArray<Member, SszContainer<Member>> codec = new(Limit);
        List<Member> model = [];
        Rows<Member> rows = new();
        for (int round = 0; round < 60; round++)
        {
            for (int edits = random.Next(30); edits >= 0; edits--)
            {
                Member member = SszSamples.Member(random);
                if (model.Count == 0 || random.Next(3) == 0)
                {
                    model.Add(member);
                    rows.Add(member);
                }
                else
                {
                    int at = random.Next(model.Count);
                    model[at] = member;
                    rows[at] = member;
                }
            }
            if (random.Next(8) == 0)
            {
                int count = random.Next(model.Count + 1);
                model.RemoveRange(count, model.Count - count);
                rows.Truncate(count);
            }
            Rows<Member> before = rows;
            if (random.Next(4) == 0)
                rows = rows.Copy();
            Assert.Equal(codec.RootOf([.. model]), rows.RootOf(Limit, null));
            Assert.Equal(rows.RootOf(Limit, null), before.RootOf(Limit, null));
        }
    });

    [Fact]
    public void A_few_neighbours_that_change_are_followed_up_to_the_root() => Seeds.Check(random =>
    {
        // 2^14 chunks and more: as many layers as fill three of the bands that a tree keeps its nodes in.
        Column<ulong> column = new(SszSamples.Many((1 << 16) + random.Next(3000), () => (ulong)random.NextInt64()));
        Rows<Member> rows = new(SszSamples.Many(700, () => SszSamples.Member(random)));
        for (int round = 0; round < 30; round++)
        {
            int number = random.Next(column.Count), row = random.Next(rows.Count);
            for (int edits = random.Next(6); edits >= 0; edits--)
            {
                column[Math.Min(column.Count - 1, number + random.Next(60))]++;
                rows[Math.Min(rows.Count - 1, row + random.Next(10))] = SszSamples.Member(random);
            }
            if (random.Next(3) == 0)
                (column, rows) = (column.Copy(), rows.Copy());
            Assert.Equal(new SszArray<ulong, SszNumber<ulong>>(Limit).RootOf(column.ToArray()), column.RootOf(Limit, null));
            Assert.Equal(new SszArray<Member, SszContainer<Member>>(Limit).RootOf(rows.ToArray()), rows.RootOf(Limit, null));
        }
    });

    [Fact]
    public void A_copy_goes_its_own_way() => Seeds.Check(random =>
    {
        Column<ulong> first = new(SszSamples.Many(5000, () => (ulong)random.NextInt64()));
        Hash32 root = first.RootOf(Limit, null);
        Column<ulong> second = first.Copy();
        second[4321]++;
        second.Add(7);
        Assert.Equal(root, first.RootOf(Limit, null));
        first[17]++;
        Assert.Equal(Slow(second), second.RootOf(Limit, null));
        Assert.Equal(Slow(first), first.RootOf(Limit, null));
        Assert.NotEqual(first.RootOf(Limit, null), second.RootOf(Limit, null));
    });

    [Fact]
    public void Pages_written_whole_count_as_changed()
    {
        Column<ulong> column = new(5000);
        Hash32 before = column.RootOf(Limit, null);
        for (int page = 0; page < column.PageCount; page++)
            column.WritePage(page).Fill(3);
        Assert.NotEqual(before, column.RootOf(Limit, null));
        Assert.Equal(Slow(column), column.RootOf(Limit, null));
    }

    [Fact]
    public void A_node_that_is_asked_for_between_does_not_hide_a_change_from_the_root()
    {
        Column<ulong> column = new(5000);
        KnownRoot? before = Known();
        Assert.Same(before, Known());
        Assert.Same(before, column.Copy().KnownRoot);
        column[77]++;
        Assert.Null(column.KnownRoot);
        SszCollection<Column<ulong>> codec = new(Limit);
        codec.NodeAt(column, 2);
        Assert.Equal(Slow(column), column.RootOf(Limit, null));
        Assert.NotSame(before, Known());

        KnownRoot? Known()
        {
            column.RootOf(Limit, null);
            return column.KnownRoot;
        }
    }

    [Fact]
    public void A_column_holds_only_what_its_memory_encodes()
    {
        Assert.Throws<NotSupportedException>(() => new Column<bool>());
        Assert.Throws<NotSupportedException>(() => new Column<Bytes4>());
        Assert.Throws<NotSupportedException>(() => new Column<long>());
    }

    [Fact]
    public void A_root_after_a_change_allocates_only_what_it_is_known_by()
    {
        Column<ulong> column = new(5000);
        Hash32 first = Change();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Hash32 second = Change();
        Assert.Equal(48, GC.GetAllocatedBytesForCurrentThread() - before); // a KnownRoot: an object's header and 32 bytes
        Assert.NotEqual(first, second);

        Hash32 Change()
        {
            column[4000]++;
            return column.RootOf(Limit, null);
        }
    }

    [Fact]
    public void Columns_side_by_side_can_own_a_tree_of_records() => Seeds.Check(random =>
    {
        // As a state holds its validators: a column for each field, and one tree whose leaves are computed from all of them.
        AnchorColumns anchors = new();
        List<Anchor> model = [];
        for (int i = 0; i < 700; i++)
        {
            Anchor anchor = SszSamples.Anchor(random);
            model.Add(anchor);
            anchors.Add(anchor);
        }
        for (int round = 0; round < 10; round++)
        {
            int at = random.Next(model.Count);
            model[at] = model[at] with { Moment = new Moment((ulong)round) };
            anchors.SetMoment(at, new Moment((ulong)round));
            Assert.Equal(new SszArray<Anchor, SszContainer<Anchor>>(Limit).RootOf([.. model]), anchors.Root(Limit));
        }
    });

    private static void Edit<T>(Random random, Column<T> column, Func<T> next)
        where T : unmanaged
    {
        SszArray<T, SszNumber<T>> codec = new(Limit);
        List<T> model = [];
        for (int round = 0; round < 80; round++)
        {
            if (random.Next(3) == 0)
            {
                T[] more = SszSamples.Many(random.Next(3000), next);
                model.AddRange(more);
                column.AddRange(more);
            }
            if (random.Next(6) == 0)
            {
                int count = random.Next(3) == 0 ? 0 : random.Next(model.Count + 100);
                if (count < model.Count)
                    model.RemoveRange(count, model.Count - count);
                else
                    model.AddRange(new T[count - model.Count]);
                column.Resize(count);
            }
            for (int edits = random.Next(20); edits > 0 && model.Count > 0; edits--)
            {
                int at = random.Next(model.Count);
                column[at] = model[at] = next();
            }
            if (random.Next(4) == 0)
                column = column.Copy();
            if (random.Next(3) == 0)
                continue;
            Assert.Equal(model, column.ToArray());
            Assert.Equal(codec.RootOf([.. model]), column.RootOf(Limit, null));
        }
    }

    private static Hash32 Slow(Column<ulong> column) => NaiveMerkle.Packed(Limit, 8, column.Count, MemoryMarshal.AsBytes(column.ToArray().AsSpan()).ToArray());

    private sealed class AnchorColumns : IMerkleLeaves
    {
        private readonly PagedList<Moment> _moments = new();
        private readonly PagedList<Hash32> _roots = new();
        private readonly MerkleTree _tree = new(keepsLeaves: true);

        public void Add(Anchor anchor)
        {
            _moments.Add(anchor.Moment);
            _roots.Add(anchor.Root);
            _tree.Resize(_moments.Count);
        }

        public void SetMoment(int index, Moment moment)
        {
            _moments[index] = moment;
            _tree.Mark(index);
        }

        public Hash32 Root(SszBound bound) => SszSequence.Root(bound, _tree.Root(this, SszSequence.DepthFor(bound, 0)), _moments.Count);

        public void ReadLeaves(int first, Span<byte> chunks)
        {
            for (int i = 0; i < chunks.Length / Merkle.ChunkLength; i++)
            {
                Hash32 root = new Anchor(_moments[first + i], _roots[first + i]).HashTreeRoot();
                root.AsSpan().CopyTo(chunks[(i * Merkle.ChunkLength)..]);
            }
        }
    }
}
