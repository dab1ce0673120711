using Flashback.Primitives;
using Flashback.Testing;

namespace Flashback.Foundation.Tests;

public class MerkleTrieTests
{
    [Fact]
    public void Nothing_has_the_known_root() =>
        Assert.Equal("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421", MerkleTrie.RootOf([]).ToString());

    [Fact]
    public void Any_keys_have_the_root_that_the_definition_gives() => Seeds.Check(random =>
    {
        for (int i = 0; i < 300; i++)
        {
            SortedDictionary<string, byte[]> entries = new(StringComparer.Ordinal);
            for (int count = random.Next(1, 60); count > 0; count--)
            {
                byte[] key = new byte[random.Next(1, 5)], value = new byte[random.Next(1, 50)];
                random.NextBytes(key);
                random.NextBytes(value);
                for (int b = 0; b < key.Length; b++)
                    key[b] &= 0x13; // few different ones: long shared paths and keys within keys
                entries[Convert.ToHexString(key)] = value;
            }
            TrieEntry[] sorted = [.. entries.Select(pair => new TrieEntry(Convert.FromHexString(pair.Key), pair.Value))];
            Assert.Equal(Keccak.Hash256(Node([.. entries], 0)), MerkleTrie.RootOf(sorted));
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(300)]
    public void A_list_is_the_trie_of_its_positions(int count)
    {
        ReadOnlyMemory<byte>[] values = [.. Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)new byte[] { (byte)i, 7, 9 })];
        TrieEntry[] entries = [.. values.Select((value, i) => new TrieEntry(i == 0 ? new byte[] { 0x80 } : i < 128 ? [(byte)i] : i < 256 ? [0x81, (byte)i] : [0x82, 1, (byte)i], value))];
        Array.Sort(entries, (a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        Assert.Equal(MerkleTrie.RootOf(entries), MerkleTrie.RootOfList(values));
    }

    [Fact]
    public void Keys_out_of_order_and_empty_values_are_a_callers_error()
    {
        byte[] one = [1], two = [2];
        Assert.Throws<ArgumentException>(() => MerkleTrie.RootOf([new TrieEntry(two, one), new TrieEntry(one, one)]));
        Assert.Throws<ArgumentException>(() => MerkleTrie.RootOf([new TrieEntry(one, one), new TrieEntry(one, one)]));
        Assert.Throws<ArgumentException>(() => MerkleTrie.RootOf([new TrieEntry(one, default)]));
    }

    /// <summary>The Yellow Paper's c(J, i), written as it stands there; keys are hexadecimal text.</summary>
    private static byte[] Node(KeyValuePair<string, byte[]>[] entries, int depth)
    {
        string first = entries[0].Key;
        if (entries.Length == 1)
            return List([Bytes(Path(first[depth..], isLeaf: true)), Bytes(entries[0].Value)]);
        int shared = depth;
        while (entries.All(entry => shared < entry.Key.Length && entry.Key[shared] == first[shared]))
            shared++;
        if (shared > depth)
            return List([Bytes(Path(first[depth..shared], isLeaf: false)), Child(entries, shared)]);
        IEnumerable<byte[]> children = "0123456789ABCDEF".Select(digit => Child([.. entries.Where(entry => entry.Key.Length > depth && entry.Key[depth] == digit)], depth + 1));
        byte[] value = entries.FirstOrDefault(entry => entry.Key.Length == depth).Value ?? [];
        return List([.. children, Bytes(value)]);
    }

    private static byte[] Child(KeyValuePair<string, byte[]>[] entries, int depth)
    {
        if (entries.Length == 0)
            return [Rlp.EmptyBytes];
        byte[] node = Node(entries, depth);
        return node.Length < 32 ? node : Bytes(Keccak.Hash256(node).AsSpan());
    }

    private static byte[] Path(string digits, bool isLeaf)
    {
        int flag = (isLeaf ? 2 : 0) + digits.Length % 2;
        return Convert.FromHexString(digits.Length % 2 == 0 ? $"{flag}0{digits}" : $"{flag}{digits}");
    }

    private static byte[] Bytes(ReadOnlySpan<byte> bytes)
    {
        byte[] encoded = new byte[Rlp.LengthOf(bytes)];
        Rlp.Write(encoded, bytes);
        return encoded;
    }

    private static byte[] List(IEnumerable<byte[]> items)
    {
        byte[] content = [.. items.SelectMany(item => item)];
        byte[] header = new byte[Rlp.LengthOfList(content.Length) - content.Length];
        Rlp.WriteListHeader(header, content.Length);
        return [.. header, .. content];
    }
}
