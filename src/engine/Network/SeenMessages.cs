using Flashback.Primitives;

namespace Flashback.Network;

/// <summary>The messages that were seen lately, in two generations: when the young one is full it becomes the old one. One thread at a time.</summary>
internal sealed class SeenMessages(int capacity)
{
    private HashSet<Hash32> _young = [];
    private HashSet<Hash32> _old = [];

    /// <summary>The name of a message. spec: cs/altair/p2p-interface#topics-and-messages, without snappy, for nothing is compressed within a machine</summary>
    public static Hash32 IdOf(Topic topic, ReadOnlySpan<byte> message) => Sha256.Hash([(byte)topic.Kind, topic.Subnet, .. message]);

    /// <summary>Remembers a message; false where it was seen.</summary>
    public bool Add(in Hash32 id)
    {
        if (_old.Contains(id) || !_young.Add(id))
            return false;
        if (_young.Count >= capacity)
            (_old, _young) = (_young, []);
        return true;
    }
}
