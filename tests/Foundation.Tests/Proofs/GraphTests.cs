using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Flashback.Primitives;
using Flashback.Proofs;
using Flashback.Testing;

namespace Flashback.Foundation.Tests.Proofs;

public sealed class GraphTests
{
    [Theory] // rust-fil-proofs' digests of its own cache files
    [InlineData(0, "3da49221e2ed55371b86d0bf3d6526fcf128af61bed904f966428db1b531750d")]
    [InlineData(5, "840057702eea7652cf97e04306c30fe57174714d90de156a25eddd6075c25b97")]
    [InlineData(6, "03cd13565ded97c240a5f52e54295ad127bd0461b57904cb3a4d79b097bbecab")]
    public void The_table_of_parents_has_the_published_digest(int kind, string digest)
    {
        StackedGraph graph = SealKind.Of(kind).CreateGraph();
        using MappedMemory table = MappedMemory.Allocate(ParentTable.Length(graph));
        ParentTable.Fill(graph, table, null, TestContext.Current.CancellationToken);
        Assert.Equal("0x" + digest, Sha256.Hash(table.Bytes(0, (int)table.Length)).ToString());
        uint[] parents = new uint[StackedGraph.Degree];
        graph.Parents(graph.Nodes - 1, parents);
        Assert.Equal(parents, MemoryMarshal.Cast<byte, uint>(table.Bytes((graph.Nodes - 1) * ParentTable.RowLength, ParentTable.RowLength)).ToArray());
    }

    [Fact]
    public void Base_parents_lie_before_their_node_and_expander_edges_are_a_permutation()
    {
        StackedGraph graph = SealKind.Of(5).CreateGraph();
        int[] children = new int[graph.Nodes];
        uint[] parents = new uint[StackedGraph.Degree];
        for (long node = 0; node < graph.Nodes; node++)
        {
            graph.Parents(node, parents);
            Assert.All(parents[..StackedGraph.BaseDegree], parent => Assert.True(parent < Math.Max(1, node)));
            foreach (uint parent in parents[StackedGraph.BaseDegree..])
                children[parent]++;
        }
        Assert.All(children, count => Assert.Equal(StackedGraph.ExpanderDegree, count));
    }

    [Fact]
    public void Refuses_nodes_and_sizes_that_are_not_there()
    {
        StackedGraph graph = SealKind.Of(5).CreateGraph();
        Assert.Throws<ArgumentOutOfRangeException>(() => graph.Parents(graph.Nodes, new uint[StackedGraph.Degree]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StackedGraph(63, default, GraphRules.Current));
        using MappedMemory small = MappedMemory.Allocate(56);
        Assert.Throws<ArgumentException>(() => ParentTable.Fill(graph, small, null, CancellationToken.None));
    }

    [Fact]
    public void Eight_numbers_side_by_side_are_permuted_as_one_is() => Seeds.Check(random =>
    {
        foreach (ulong size in (ulong[])[16, 64 * 8, 128 * 8, 1UL << 30])
        {
            ulong[] keys = [(ulong)random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64()];
            Feistel feistel = new(size, keys);
            for (int round = 0; round < 4; round++)
            {
                ulong first = (ulong)random.NextInt64((long)size / 8) * 8;
                ulong[] wide = new ulong[8], narrow = new ulong[8];
                feistel.Permute<WideFeistelLanes>(first, wide);
                feistel.Permute<NarrowFeistelLanes>(first, narrow);
                Assert.Equal(Enumerable.Range(0, 8).Select(i => Permute(first + (ulong)i, size, keys)), wide);
                Assert.Equal(wide, narrow);
            }
        }
    });

    /// <summary>The permutation one number at a time, over the library's BLAKE2b.</summary>
    private static ulong Permute(ulong number, ulong size, ulong[] keys)
    {
        int half = 1;
        while (1UL << (2 * half) < size)
            half++;
        ulong mask = (1UL << half) - 1;
        byte[] message = new byte[16], digest = new byte[64];
        do
        {
            ulong left = number >> half, right = number & mask;
            foreach (ulong key in keys)
            {
                BinaryPrimitives.WriteUInt64BigEndian(message, right);
                BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(8), key);
                Blake2b.Hash([], message, digest);
                (left, right) = (right, left ^ (BinaryPrimitives.ReadUInt64BigEndian(digest) & mask));
            }
            number = (left << half) | right;
        }
        while (number >= size);
        return number;
    }
}
