using Flashback.Primitives;
using Flashback.State.Trie;

namespace Flashback.Engine.Tests.Trie;

/// <summary>Nodes in a dictionary, and the keys and values that the trie over them should have.</summary>
internal sealed class MemoryNodes : ITrieNodes
{
    public Dictionary<NodePath, byte[]> Nodes { get; } = [];

    public SortedDictionary<byte[], byte[]> Model { get; } = new(Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)));

    public Hash32 Root { get; private set; } = MerkleTrie.EmptyRoot;

    public byte[]? Read(in NodePath path) => Nodes.GetValueOrDefault(path);

    public PatriciaTrie Open() => new(this, Root);

    public void Apply(TrieChanges changes)
    {
        foreach ((NodePath path, byte[]? node) in changes.Nodes)
        {
            if (node is null)
                Nodes.Remove(path);
            else
                Nodes[path] = node;
        }
        Root = changes.Root;
    }

    /// <summary>The root by the slow twin: the whole trie built from sorted pairs.</summary>
    public Hash32 RootOfModel() => MerkleTrie.RootOf([.. Model.Select(pair => new TrieEntry(pair.Key, pair.Value))]);

    /// <summary>A trie with some keys of 32 bytes, crowded enough to have nodes of every kind.</summary>
    public static MemoryNodes Filled(Random random, int count, int keyLength = 32)
    {
        MemoryNodes nodes = new();
        PatriciaTrie trie = nodes.Open();
        for (int i = 0; i < count; i++)
        {
            byte[] key = RandomKey(random, keyLength);
            byte[] value = RandomValue(random);
            nodes.Model[key] = value;
            trie.Put(key, value);
        }
        nodes.Apply(trie.Commit());
        return nodes;
    }

    /// <summary>A key most of whose half bytes are one of two, so that keys share long beginnings.</summary>
    public static byte[] RandomKey(Random random, int length)
    {
        byte[] key = new byte[length];
        byte[] few = [0x00, 0x01, 0x10, 0x11];
        for (int i = 0; i < length; i++)
            key[i] = i < 3 ? few[random.Next(4)] : i == length - 1 ? (byte)random.Next(256) : (byte)0;
        return key;
    }

    public static byte[] RandomValue(Random random)
    {
        byte[] value = new byte[random.Next(3) == 0 ? random.Next(1, 4) : random.Next(1, 120)];
        random.NextBytes(value);
        return value;
    }
}
