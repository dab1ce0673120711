using Flashback.Primitives;
using Flashback.State.Trie;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Trie;

public class TrieNodeCodecTests
{
    [Theory]
    [InlineData("", TrieNodeFault.NotRlp)]
    [InlineData("80", TrieNodeFault.NotRlp)]
    [InlineData("c0", TrieNodeFault.WrongItemCount)]
    [InlineData("c22001", TrieNodeFault.None)] // a leaf with no path left and the value 01
    [InlineData("c2200100", TrieNodeFault.NotRlp)]
    [InlineData("c3200101", TrieNodeFault.WrongItemCount)]
    [InlineData("c22080", TrieNodeFault.EmptyValue)]
    [InlineData("c220c0", TrieNodeFault.NotRlp)]
    [InlineData("c28001", TrieNodeFault.BadPath)] // no flag at all
    [InlineData("c22101", TrieNodeFault.BadPath)] // an even path with half a byte beside its flag
    [InlineData("c24001", TrieNodeFault.BadPath)] // an unknown flag
    [InlineData("c2c001", TrieNodeFault.NotRlp)]
    [InlineData("c200c22001", TrieNodeFault.NotRlp)]
    [InlineData("c400c22001", TrieNodeFault.BadPath)] // an extension along nothing
    [InlineData("c411c22001", TrieNodeFault.BadChild)] // an extension to a leaf
    [InlineData("c21180", TrieNodeFault.BadChild)] // an extension to nothing
    [InlineData("c21101", TrieNodeFault.BadChild)]
    [InlineData("d18080808080808080808080808080808080", TrieNodeFault.NeedlessBranch)]
    [InlineData("d18080808080808080808080808080808001", TrieNodeFault.NeedlessBranch)]
    [InlineData("d3c2200180808080808080808080808080808001", TrieNodeFault.None)]
    [InlineData("d1018080808080808080808080808080808001", TrieNodeFault.NotRlp)]
    [InlineData("d28080808080808080808080808080808080c0", TrieNodeFault.WrongItemCount)]
    [InlineData("d101808080808080808080808080808080c0", TrieNodeFault.BadChild)]
    public void Tells_what_is_wrong_with_a_node(string hex, TrieNodeFault expected)
    {
        TrieNodeCodec.TryDecode(Hex.Decode(hex), out _, out TrieNodeFault fault);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Refuses_a_path_longer_than_any_key()
    {
        byte[] path = new byte[34];
        path[0] = 0x20;
        byte[] leaf = new byte[37];
        int at = Rlp.WriteListHeader(leaf, 36);
        at += Rlp.Write(leaf.AsSpan(at), path);
        Rlp.Write(leaf.AsSpan(at), (byte[])[1]);
        Assert.False(TrieNodeCodec.TryDecode(leaf, out _, out TrieNodeFault fault));
        Assert.Equal(TrieNodeFault.BadPath, fault);
    }

    [Fact]
    public void Refuses_a_child_of_32_bytes_that_is_not_hashed()
    {
        byte[] leaf = new byte[32]; // a list of 31 bytes: the empty path, and a value of 29
        leaf[0] = 0xdf;
        leaf[1] = 0x20;
        leaf[2] = 0x80 + 29;
        byte[] extension = [0xc0 + 33, 0x11, .. leaf];
        Assert.True(TrieNodeCodec.TryDecode(leaf, out _, out _));
        Assert.False(TrieNodeCodec.TryDecode(extension, out _, out TrieNodeFault fault));
        Assert.Equal(TrieNodeFault.BadChild, fault);
    }

    [Fact]
    public void Survives_mutations_and_reads_no_node_in_two_ways() => Seeds.Check(random =>
    {
        byte[][] seeds = [.. MemoryNodes.Filled(random, 300).Nodes.Values, .. MemoryNodes.Filled(random, 50, 4).Nodes.Values];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] mutated = Mutations.Mutate(seeds[random.Next(seeds.Length)], random);
            bool isNode = TrieNodeCodec.TryDecode(mutated, out TrieNode? node, out TrieNodeFault fault);
            Assert.Equal(isNode, fault == TrieNodeFault.None);
            if (isNode)
                Assert.Equal(mutated, TrieNodeCodec.Encode(node!));
        }
    });

    [Fact]
    public void Hex_prefix_round_trips_every_length() => Seeds.Check(random =>
    {
        byte[] packed = new byte[HexPrefix.MaxLength];
        for (int length = 0; length <= NodePath.MaxLength; length++)
        {
            byte[] path = [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(16))];
            foreach (bool isLeaf in (bool[])[true, false])
            {
                int written = HexPrefix.Encode(path, isLeaf, packed);
                Assert.True(HexPrefix.TryDecode(packed.AsSpan(0, written), out byte[] decoded, out bool decodedIsLeaf));
                Assert.Equal((isLeaf, Hex.Encode(path)), (decodedIsLeaf, Hex.Encode(decoded)));
            }
        }
    });
}
