using Flashback.Primitives;
using Flashback.State.Trie;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Trie;

public class TrieProofTests
{
    [Fact]
    public void Proves_every_key_and_the_absence_of_others() => Seeds.Check(random =>
    {
        MemoryNodes nodes = MemoryNodes.Filled(random, 200);
        IEnumerable<byte[]> strangers = Enumerable.Range(0, 100).Select(_ => MemoryNodes.RandomKey(random, 32));
        foreach (byte[] key in nodes.Model.Keys.Concat(strangers))
        {
            byte[][] proof = TrieProof.Build(nodes, nodes.Root, key);
            Assert.True(TrieProof.TryVerify(nodes.Root, key, proof, out ReadOnlyMemory<byte> value, out _));
            Assert.Equal(nodes.Model.GetValueOrDefault(key, []), value.ToArray());
        }
    });

    [Fact]
    public void Nothing_proves_that_the_empty_trie_is_empty()
    {
        Assert.Empty(TrieProof.Build(NoTrieNodes.Instance, MerkleTrie.EmptyRoot, new byte[32]));
        Assert.True(TrieProof.TryVerify(MerkleTrie.EmptyRoot, new byte[32], [], out ReadOnlyMemory<byte> value, out _));
        Assert.True(value.IsEmpty);
    }

    [Fact]
    public void Refuses_proofs_that_were_tampered_with() => Seeds.Check(random =>
    {
        MemoryNodes nodes = MemoryNodes.Filled(random, 200);
        byte[] key = nodes.Model.Keys.ElementAt(random.Next(nodes.Model.Count));
        byte[][] proof = TrieProof.Build(nodes, nodes.Root, key);
        Assert.True(proof.Length > 1);
        for (int i = 0; i < proof.Length; i++)
        {
            byte[][] bad = [.. proof];
            bad[i] = [.. proof[i]];
            bad[i][random.Next(bad[i].Length)] ^= (byte)(1 << random.Next(8));
            Assert.Equal(TrieProofFault.WrongHash, FaultOf(nodes.Root, key, bad));
            Assert.Equal(TrieProofFault.TooFewNodes, FaultOf(nodes.Root, key, proof[..i]));
        }
        Assert.Equal(TrieProofFault.TooManyNodes, FaultOf(nodes.Root, key, [.. proof, proof[^1]]));
        Assert.Equal(TrieProofFault.WrongHash, FaultOf(Keccak.OfNothing, key, proof));
        Assert.Equal(TrieProofFault.TooManyNodes, FaultOf(MerkleTrie.EmptyRoot, key, proof));
    });

    [Fact]
    public void Refuses_bytes_with_the_right_hash_that_are_no_node()
    {
        byte[] junk = [1, 2, 3];
        Assert.Equal(TrieProofFault.MalformedNode, FaultOf(Keccak.Hash256(junk), [1], [junk]));
    }

    private static TrieProofFault FaultOf(Hash32 root, byte[] key, byte[][] proof)
    {
        bool proves = TrieProof.TryVerify(root, key, proof, out ReadOnlyMemory<byte> value, out TrieProofFault fault);
        Assert.False(proves);
        Assert.True(value.IsEmpty);
        return fault;
    }
}
