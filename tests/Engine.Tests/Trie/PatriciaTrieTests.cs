using Flashback.Primitives;
using Flashback.State.Store;
using Flashback.State.Trie;
using Flashback.Testing;

namespace Flashback.Engine.Tests.Trie;

public class PatriciaTrieTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(32)]
    public void Has_the_root_of_a_trie_built_from_scratch_after_random_puts_and_removals(int keyLength) => Seeds.Check(random =>
    {
        MemoryNodes nodes = MemoryNodes.Filled(random, random.Next(200), keyLength);
        for (int round = 0; round < 40; round++)
        {
            PatriciaTrie trie = nodes.Open();
            for (int change = random.Next(30); change > 0; change--)
                Change(random, trie, nodes.Model, keyLength);
            nodes.Apply(trie.Commit());
            Assert.Equal(nodes.RootOfModel(), nodes.Root);
        }
        foreach ((byte[] key, byte[] value) in nodes.Model)
            Assert.Equal(value, nodes.Open().Get(key).ToArray());
    });

    [Fact]
    public void Keys_may_end_inside_other_keys() => Seeds.Check(random =>
    {
        MemoryNodes nodes = new();
        for (int round = 0; round < 60; round++)
        {
            PatriciaTrie trie = nodes.Open();
            for (int change = 0; change < 8; change++)
                Change(random, trie, nodes.Model, random.Next(5));
            nodes.Apply(trie.Commit());
            Assert.Equal(nodes.RootOfModel(), nodes.Root);
        }
    });

    [Fact]
    public void Many_changes_at_once_side_by_side_are_as_one_after_the_other() => Seeds.Check(random =>
    {
        MemoryNodes nodes = Hashed(random, 3000);
        for (int round = 0; round < 6; round++)
        {
            TrieUpdate[] updates = new TrieUpdate[random.Next(60, 1500)];
            byte[][] present = [.. nodes.Model.Keys];
            for (int i = 0; i < updates.Length; i++)
            {
                byte[] key = random.Next(2) == 0 && present.Length > 0 ? present[random.Next(present.Length)] : RandomBytes(random, 32);
                byte[] value = random.Next(2) == 0 ? [] : MemoryNodes.RandomValue(random);
                updates[i] = new TrieUpdate(Hash32.Read(key), value);
                Set(nodes.Model, key, value);
            }
            PatriciaTrie trie = nodes.Open();
            trie.Update(updates);
            nodes.Apply(trie.Commit());
            Assert.Equal(nodes.RootOfModel(), nodes.Root);
        }
    });

    [Fact]
    public void Many_removals_at_once_may_leave_one_child_of_the_root_or_nothing() => Seeds.Check(random =>
    {
        foreach (int left in (int[])[2, 1, 0])
        {
            MemoryNodes nodes = Hashed(random, 300);
            byte[][] gone = [.. nodes.Model.Keys.Skip(left)];
            PatriciaTrie trie = nodes.Open();
            trie.Update(gone.Select(key => new TrieUpdate(Hash32.Read(key), default)).ToArray());
            foreach (byte[] key in gone)
                nodes.Model.Remove(key);
            nodes.Apply(trie.Commit());
            Assert.Equal(nodes.RootOfModel(), nodes.Root);
            AssertExactlyTheNodes(nodes);
        }
    });

    [Fact]
    public void Keeps_no_node_that_is_not_part_of_the_trie() => Seeds.Check(random =>
    {
        MemoryNodes nodes = MemoryNodes.Filled(random, 150);
        for (int round = 0; round < 30; round++)
        {
            PatriciaTrie trie = nodes.Open();
            for (int commits = 0; commits < 3; commits++)
            {
                for (int change = 0; change < 10; change++)
                    Change(random, trie, nodes.Model, 32);
                nodes.Apply(trie.Commit());
            }
            AssertExactlyTheNodes(nodes);
        }
    });

    [Fact]
    public void A_commit_writes_only_what_changed() => Seeds.Check(random =>
    {
        MemoryNodes nodes = Hashed(random, 5000);
        PatriciaTrie trie = nodes.Open();
        byte[] key = nodes.Model.Keys.First();
        trie.Put(key, nodes.Model[key]);
        Assert.Empty(trie.Commit().Nodes);
        trie.Put(key, (byte[])[1, 2, 3]);
        Assert.InRange(trie.Commit().Nodes.Count, 2, 2 * 8); // a path's length; each node stale and written
    });

    [Fact]
    public void Finds_neighbours_as_a_sorted_list_does() => Seeds.Check(random =>
    {
        MemoryNodes nodes = MemoryNodes.Filled(random, 100, 4);
        byte[][] keys = [.. nodes.Model.Keys];
        PatriciaTrie trie = nodes.Open();
        for (int round = 0; round < 300; round++)
        {
            byte[] asked = random.Next(2) == 0 ? keys[random.Next(keys.Length)] : MemoryNodes.RandomKey(random, 4);
            byte[]? after = keys.FirstOrDefault(key => key.AsSpan().SequenceCompareTo(asked) > 0);
            byte[]? before = keys.LastOrDefault(key => key.AsSpan().SequenceCompareTo(asked) < 0);
            Assert.Equal(after is not null, trie.TryNext(asked, out byte[] next, out ReadOnlyMemory<byte> value));
            Assert.Equal(after ?? [], next);
            Assert.Equal(after is null ? [] : nodes.Model[after], value.ToArray());
            Assert.Equal(before is not null, trie.TryPrevious(asked, out byte[] previous, out _));
            Assert.Equal(before ?? [], previous);
        }
    });

    [Fact]
    public void A_missing_or_exchanged_node_is_reported_not_believed() => Seeds.Check(random =>
    {
        MemoryNodes nodes = Hashed(random, 500);
        byte[] key = nodes.Model.Keys.First();
        NodePath path = nodes.Nodes.Keys.Where(p => p.Length == 1).First(p => Hex.Encode(key)[2] == p.ToString()[2]);
        byte[] good = nodes.Nodes[path];
        nodes.Nodes[path] = Mutations.Mutate(good, random) is var bad && bad.AsSpan().SequenceEqual(good) ? [0xc0] : bad;
        Assert.Throws<StoreException>(() => nodes.Open().Get(key));
        nodes.Nodes.Remove(path);
        Assert.Throws<StoreException>(() => nodes.Open().Put(key, (byte[])[1]));
    });

    [Fact]
    public void Refuses_keys_of_more_than_32_bytes_and_empty_values()
    {
        PatriciaTrie trie = new(NoTrieNodes.Instance, MerkleTrie.EmptyRoot);
        Assert.Throws<ArgumentException>(() => trie.Put(new byte[33], (byte[])[1]));
        Assert.Throws<ArgumentException>(() => trie.Put(new byte[32], default));
    }

    private static MemoryNodes Hashed(Random random, int count)
    {
        MemoryNodes nodes = new();
        PatriciaTrie trie = nodes.Open();
        for (int i = 0; i < count; i++)
        {
            byte[] key = RandomBytes(random, 32);
            nodes.Model[key] = MemoryNodes.RandomValue(random);
            trie.Put(key, nodes.Model[key]);
        }
        nodes.Apply(trie.Commit());
        return nodes;
    }

    /// <summary>The nodes kept are those a trie built in one go would have.</summary>
    private static void AssertExactlyTheNodes(MemoryNodes nodes)
    {
        MemoryNodes anew = new();
        PatriciaTrie trie = anew.Open();
        foreach ((byte[] key, byte[] value) in nodes.Model)
            trie.Put(key, value);
        anew.Apply(trie.Commit());
        Assert.Equal(anew.Root, nodes.Root);
        Assert.Equal(anew.Nodes.Keys.Select(path => path.ToString()).Order(), nodes.Nodes.Keys.Select(path => path.ToString()).Order());
    }

    private static void Change(Random random, PatriciaTrie trie, SortedDictionary<byte[], byte[]> model, int keyLength)
    {
        byte[] key = random.Next(3) == 0 && model.Count > 0 ? model.Keys.ElementAt(random.Next(model.Count)) : MemoryNodes.RandomKey(random, keyLength);
        byte[] value = random.Next(5) < 2 ? [] : MemoryNodes.RandomValue(random);
        Set(model, key, value);
        if (value.Length == 0)
            trie.Remove(key);
        else
            trie.Put(key, value);
    }

    private static void Set(SortedDictionary<byte[], byte[]> model, byte[] key, byte[] value)
    {
        if (value.Length == 0)
            model.Remove(key);
        else
            model[key] = value;
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
