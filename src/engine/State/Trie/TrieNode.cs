namespace Flashback.State.Trie;

/// <summary>A node of a Merkle Patricia trie. spec: Ethereum Yellow Paper, appendix D</summary>
internal abstract class TrieNode
{
    private TrieNode()
    {
    }

    /// <summary>The end of a key.</summary>
    /// <param name="path">The half bytes that are left of the key; may be none.</param>
    /// <param name="value">Not empty.</param>
    public sealed class Leaf(byte[] path, ReadOnlyMemory<byte> value) : TrieNode
    {
        public byte[] Path { get; } = path;

        public ReadOnlyMemory<byte> Value { get; set; } = value;

        public override TrieStep Toward(ReadOnlySpan<byte> rest) => rest.SequenceEqual(Path) ? TrieStep.Found(Value) : TrieStep.Absent;
    }

    /// <summary>Half bytes that all keys below share; below it is a branch.</summary>
    public sealed class Extension(byte[] path, in TrieChild child) : TrieNode
    {
        public byte[] Path { get; } = path;

        public TrieChild Child = child;

        public override TrieStep Toward(ReadOnlySpan<byte> rest) => rest.StartsWith(Path) ? TrieStep.Below(Child, Path.Length) : TrieStep.Absent;
    }

    /// <summary>A child for each next half byte, and the value of the key that ends here; at least two of these seventeen are there.</summary>
    public sealed class Branch : TrieNode
    {
        public TrieChild[] Children { get; } = new TrieChild[16];

        /// <summary>Empty when no key ends here.</summary>
        public ReadOnlyMemory<byte> Value { get; set; }

        public override TrieStep Toward(ReadOnlySpan<byte> rest)
        {
            if (rest.IsEmpty)
                return Value.IsEmpty ? TrieStep.Absent : TrieStep.Found(Value);
            ref TrieChild child = ref Children[rest[0]];
            return child.IsEmpty ? TrieStep.Absent : TrieStep.Below(child, 1);
        }
    }

    /// <summary>One step down from here for a key of which <paramref name="rest"/> is left.</summary>
    public abstract TrieStep Toward(ReadOnlySpan<byte> rest);
}

/// <summary>A place below a node: nothing, a node that is loaded, or one that is known by its reference only.</summary>
internal struct TrieChild
{
    /// <summary>Null when it was not loaded yet, or nothing is here.</summary>
    public TrieNode? Node;

    /// <summary>What the parent holds: the encoding itself when it has less than 32 bytes, else 0xa0 and its hash. Empty when the node has changed since, or nothing is here.</summary>
    public ReadOnlyMemory<byte> Reference;

    public const int HashReferenceLength = 33;

    public static TrieChild Changed(TrieNode node) => new() { Node = node };

    public readonly bool IsEmpty => Node is null && Reference.IsEmpty;

    public readonly bool IsChanged => Node is not null && Reference.IsEmpty;

    /// <summary>True when the node is a record of its own in the store, not part of its parent's.</summary>
    public readonly bool IsStored => Reference.Length == HashReferenceLength;
}

/// <summary>Where a key leads from a node.</summary>
/// <param name="Child">The place to go on from; empty when the walk ends here.</param>
/// <param name="Consumed">How many half bytes of the key are behind there.</param>
/// <param name="Value">The key's value when it ends here; empty when the key is absent.</param>
internal readonly record struct TrieStep(TrieChild Child, int Consumed, ReadOnlyMemory<byte> Value)
{
    public static TrieStep Absent => default;

    public static TrieStep Found(ReadOnlyMemory<byte> value) => new(default, 0, value);

    public static TrieStep Below(in TrieChild child, int consumed) => new(child, consumed, default);

    public bool Ends => Child.IsEmpty;
}
