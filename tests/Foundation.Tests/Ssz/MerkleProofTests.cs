using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

public class MerkleProofTests
{
    private static readonly TestPreset Preset = TestPreset.Large;

    public static TheoryData<string> Paths =>
    [
        "", "Wide", "Owner", "Keys[0]", "Keys.Length", "Letter", "Letter.Source.Root", "Pair[1].Source.Moment", "Letters[0].Kind", "Letters.Length", "Letter.Items.Length", "Letter.Flags[2]",
        "Letter.Voters[3]", "Letter.Committee[400]", "Members[2]", "Members[2].PublicKey", "Members[0].Exit", "Members[1000000]", "Members.Length", "Balances[1]", "Balances[99999999]", "Participation[0]",
        "Roots[5]", "Counts[63]", "Triples[0]", "Triples[0][2]", "Keys[1][40]",
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_branch_leads_from_what_a_path_names_to_the_root(string path) => Seeds.Check(random =>
    {
        World world = FullWorld(random);
        ulong index = World.GeneralizedIndexOf(path, Preset);
        Hash32 leaf = World.Codec(Preset).NodeAt(world, index);
        Hash32[] branch = MerkleProof.Branch(World.Codec(Preset), world, index);
        Hash32 root = world.HashTreeRoot(Preset);
        Assert.True(MerkleProof.IsValid(leaf, branch, index, root));
        Assert.False(MerkleProof.IsValid(Sha256.HashPair(leaf, leaf), branch, index, root));
        Assert.False(MerkleProof.IsValid(leaf, [.. branch, leaf], index, root));
        Assert.False(MerkleProof.IsValid(leaf, branch, index ^ (1UL << GeneralizedIndex.DepthOf(index)), root) && index > 1);
        for (int i = 0; i < branch.Length; i++)
            Assert.False(MerkleProof.IsValid(leaf, [.. branch.Select((hash, at) => at == i ? Sha256.HashPair(hash, hash) : hash)], index, root));
    });

    [Fact]
    public void A_node_is_what_the_path_names()
    {
        World world = FullWorld(new Random(5));
        AssertNode(world.HashTreeRoot(Preset), "");
        AssertNode(world.Letter.HashTreeRoot(Preset), "Letter");
        AssertNode(world.Letter.Source.Root, "Letter.Source.Root");
        AssertNode(world.Members[2].HashTreeRoot(), "Members[2]");
        AssertNode(world.Members[2].Credentials, "Members[2].Credentials");
        AssertNode(world.Roots[5], "Roots[5]");
        AssertNode(Merkle.ZeroHash(0), "Members[1000000]");
        AssertNode(Merkle.Root([(byte)world.Members.Count], 0), "Members.Length");
        AssertNode(Merkle.Root(world.Keys[1].AsSpan()[32..], 0), "Keys[1][40]");
        void AssertNode(Hash32 expected, string path) => Assert.Equal(expected, World.Codec(Preset).NodeAt(world, World.GeneralizedIndexOf(path, Preset)));
    }

    [Fact]
    public void A_multiproof_leads_from_several_nodes_to_the_root() => Seeds.Check(random =>
    {
        World world = FullWorld(random);
        Hash32 root = world.HashTreeRoot(Preset);
        for (int round = 0; round < 20; round++)
        {
            ulong[] indices = [.. Paths.Select(row => row.Data).Where(_ => random.Next(4) == 0).Append("Wide").Select(path => World.GeneralizedIndexOf(path, Preset)).Distinct()];
            random.Shuffle(indices);
            Hash32[] leaves = MerkleProof.NodesAt(World.Codec(Preset), world, indices);
            Hash32[] helpers = MerkleProof.Helpers(World.Codec(Preset), world, indices);
            Assert.True(MerkleProof.IsValidMulti(leaves, helpers, indices, root));
            int broken = random.Next(leaves.Length);
            Hash32 right = leaves[broken];
            leaves[broken] = Sha256.HashPair(right, right);
            Assert.False(MerkleProof.IsValidMulti(leaves, helpers, indices, root));
            leaves[broken] = right;
            Assert.False(MerkleProof.IsValidMulti(leaves, [.. helpers, root], indices, root));
            if (helpers.Length == 0)
                continue;
            broken = random.Next(helpers.Length);
            helpers[broken] = Sha256.HashPair(helpers[broken], right);
            Assert.False(MerkleProof.IsValidMulti(leaves, helpers, indices, root));
        }
    });

    [Fact]
    public void Helpers_are_the_siblings_of_the_paths_that_are_on_no_path()
    {
        // Of a tree with eight leaves, 8 to 15: to prove 9 and 14 one needs 8 and 15, and above them 5 and 6.
        Assert.Equal([15UL, 8, 6, 5], GeneralizedIndex.HelperIndices([9, 14]));
        Assert.Equal([5UL, 3], GeneralizedIndex.HelperIndices([8, 9]));
        Assert.Empty(GeneralizedIndex.HelperIndices([1]));
    }

    [Fact]
    public void Indices_are_those_of_the_light_clients()
    {
        // spec: cs/altair/light-client/sync-protocol: finalized_checkpoint.root of a state of up to 32 fields, field 20, is 105.
        ulong checkpoint = (1UL << 5) + 20;
        Assert.Equal(105UL, GeneralizedIndex.Concat(checkpoint, 3));
        Assert.Equal([104UL, 53, 27, 12, 7, 2], GeneralizedIndex.BranchIndices(105));
        Assert.Throws<OverflowException>(() => GeneralizedIndex.Concat(1UL << 40, 1UL << 40));
    }

    [Theory]
    [InlineData("Nobody")]
    [InlineData("Wide.Low")]
    [InlineData("Keys[1048576]")]
    [InlineData("Keys.Count")]
    [InlineData("Roots.Length")]
    [InlineData("Roots[64]")]
    [InlineData("Keys[-1]")]
    [InlineData("Keys[")]
    [InlineData("Keys[1].")]
    [InlineData(".Keys")]
    public void A_path_that_leads_nowhere_is_refused(string path) => Assert.Throws<ArgumentException>(() => World.GeneralizedIndexOf(path, Preset));

    [Fact]
    public void A_node_below_the_last_layer_is_refused()
    {
        World world = FullWorld(new Random(6));
        foreach (string path in new[] { "Wide", "Owner", "Keys.Length", "Balances[0]", "Letter.Voters[0]", "Letter.Flags[0]", "Members[0].Exit" })
        {
            ulong below = GeneralizedIndex.Concat(World.GeneralizedIndexOf(path, Preset), 2);
            Assert.Throws<ArgumentOutOfRangeException>(() => World.Codec(Preset).NodeAt(world, below));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => World.Codec(Preset).NodeAt(world, 0));
    }

    private static World FullWorld(Random random)
    {
        while (true)
        {
            World world = SszSamples.World(random, Preset);
            if (world.Keys.Length > 1 && world.Members.Count > 2 && world.Letters.Length > 0 && world.Triples.Length > 0 && world.Letter.Items.Length > 0)
                return world;
        }
    }
}
