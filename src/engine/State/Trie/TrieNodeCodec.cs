using System.Runtime.CompilerServices;
using Flashback.Primitives;

namespace Flashback.State.Trie;

/// <summary>Nodes to bytes and back. spec: Ethereum Yellow Paper, appendix D</summary>
/// <remarks>
/// <code>
/// leaf        [path with flag, value]
/// extension   [path with flag, child]
/// branch      [child × 16, value]
/// child       80 for none · a0 and a hash · a node's own encoding of less than 32 bytes
/// </code>
/// </remarks>
internal static class TrieNodeCodec
{
    /// <summary>Reads a node of unknown origin. It keeps views of the bytes, which must not change any more.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> encoded, out TrieNode? node, out TrieNodeFault fault)
    {
        node = null;
        RlpReader reader = new(encoded.Span);
        if (!reader.TryReadList(out RlpReader items) || !reader.TryEnd())
            return Fail(TrieNodeFault.NotRlp, out fault);
        ReadOnlyMemory<byte> content = encoded[^items.Rest.Length..];
        Items17 parts = default;
        int count = 0;
        for (; !items.IsAtEnd && count < 17; count++)
        {
            int start = content.Length - items.Rest.Length;
            if (!items.TryReadRaw(out ReadOnlySpan<byte> raw))
                return Fail(TrieNodeFault.NotRlp, out fault);
            parts[count] = content.Slice(start, raw.Length);
        }
        if (!items.IsAtEnd)
            return Fail(TrieNodeFault.WrongItemCount, out fault);
        return count switch
        {
            2 => TryDecodePair(parts[0], parts[1], out node, out fault),
            17 => TryDecodeBranch(parts, out node, out fault),
            _ => Fail(TrieNodeFault.WrongItemCount, out fault),
        };
    }

    /// <summary>The encoding of a node whose children all have references.</summary>
    public static byte[] Encode(TrieNode node) => node switch
    {
        TrieNode.Leaf leaf => EncodePair(leaf.Path, leaf.Value.Span),
        TrieNode.Extension extension => EncodePair(extension.Path, extension.Child),
        TrieNode.Branch branch => EncodeBranch(branch),
        _ => throw new ArgumentException($"no node is a {node.GetType()}", nameof(node)),
    };

    [InlineArray(17)]
    private struct Items17
    {
        private ReadOnlyMemory<byte> _first;
    }

    private static bool TryDecodePair(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, out TrieNode? node, out TrieNodeFault fault)
    {
        node = null;
        RlpReader reader = new(first.Span);
        if (!reader.TryReadBytes(out ReadOnlySpan<byte> packed))
            return Fail(TrieNodeFault.NotRlp, out fault);
        if (!HexPrefix.TryDecode(packed, out byte[] path, out bool isLeaf))
            return Fail(TrieNodeFault.BadPath, out fault);
        if (isLeaf)
        {
            if (!TryDecodeValue(second, out ReadOnlyMemory<byte> value))
                return Fail(TrieNodeFault.NotRlp, out fault);
            if (value.IsEmpty)
                return Fail(TrieNodeFault.EmptyValue, out fault);
            node = new TrieNode.Leaf(path, value);
            return Succeed(out fault);
        }
        if (path.Length == 0)
            return Fail(TrieNodeFault.BadPath, out fault);
        if (!TryDecodeChild(second, out TrieChild child, out fault))
            return false;
        if (child.IsEmpty || child.Node is TrieNode.Leaf or TrieNode.Extension)
            return Fail(TrieNodeFault.BadChild, out fault);
        node = new TrieNode.Extension(path, child);
        return true;
    }

    private static bool TryDecodeBranch(ReadOnlySpan<ReadOnlyMemory<byte>> items, out TrieNode? node, out TrieNodeFault fault)
    {
        node = null;
        TrieNode.Branch branch = new();
        int occupied = 0;
        for (int i = 0; i < 16; i++)
        {
            if (!TryDecodeChild(items[i], out branch.Children[i], out fault))
                return false;
            occupied += branch.Children[i].IsEmpty ? 0 : 1;
        }
        if (!TryDecodeValue(items[16], out ReadOnlyMemory<byte> value))
            return Fail(TrieNodeFault.NotRlp, out fault);
        if (occupied + (value.IsEmpty ? 0 : 1) < 2)
            return Fail(TrieNodeFault.NeedlessBranch, out fault);
        branch.Value = value;
        node = branch;
        return Succeed(out fault);
    }

    /// <summary>Reads a child; one that is part of its parent becomes a node at once, so that every fault shows here. Such nesting ends within 32 bytes.</summary>
    private static bool TryDecodeChild(ReadOnlyMemory<byte> raw, out TrieChild child, out TrieNodeFault fault)
    {
        child = default;
        ReadOnlySpan<byte> bytes = raw.Span;
        if (bytes is [Rlp.EmptyBytes])
            return Succeed(out fault);
        if (bytes.Length == TrieChild.HashReferenceLength && bytes[0] == Rlp.EmptyBytes + 32)
        {
            child.Reference = raw;
            return Succeed(out fault);
        }
        if (bytes[0] < Rlp.EmptyList || bytes.Length >= 32)
            return Fail(TrieNodeFault.BadChild, out fault);
        child.Reference = raw;
        return TryDecode(raw, out child.Node, out fault);
    }

    private static bool TryDecodeValue(ReadOnlyMemory<byte> raw, out ReadOnlyMemory<byte> value)
    {
        value = default;
        RlpReader reader = new(raw.Span);
        if (!reader.TryReadBytes(out ReadOnlySpan<byte> bytes))
            return false;
        value = raw[^bytes.Length..];
        return true;
    }

    private static byte[] EncodePair(ReadOnlySpan<byte> path, ReadOnlySpan<byte> value)
    {
        Span<byte> packed = stackalloc byte[HexPrefix.MaxLength];
        packed = packed[..HexPrefix.Encode(path, isLeaf: true, packed)];
        byte[] encoded = Begin(Rlp.LengthOf(packed) + Rlp.LengthOf(value), out int at);
        at += Rlp.Write(encoded.AsSpan(at), packed);
        Rlp.Write(encoded.AsSpan(at), value);
        return encoded;
    }

    private static byte[] EncodePair(ReadOnlySpan<byte> path, in TrieChild child)
    {
        Span<byte> packed = stackalloc byte[HexPrefix.MaxLength];
        packed = packed[..HexPrefix.Encode(path, isLeaf: false, packed)];
        byte[] encoded = Begin(Rlp.LengthOf(packed) + child.Reference.Length, out int at);
        at += Rlp.Write(encoded.AsSpan(at), packed);
        child.Reference.Span.CopyTo(encoded.AsSpan(at));
        return encoded;
    }

    private static byte[] EncodeBranch(TrieNode.Branch branch)
    {
        int content = Rlp.LengthOf(branch.Value.Span);
        foreach (ref readonly TrieChild child in branch.Children.AsSpan())
            content += child.IsEmpty ? 1 : child.Reference.Length;
        byte[] encoded = Begin(content, out int at);
        foreach (ref readonly TrieChild child in branch.Children.AsSpan())
        {
            if (child.IsEmpty)
            {
                encoded[at++] = Rlp.EmptyBytes;
                continue;
            }
            child.Reference.Span.CopyTo(encoded.AsSpan(at));
            at += child.Reference.Length;
        }
        Rlp.Write(encoded.AsSpan(at), branch.Value.Span);
        return encoded;
    }

    private static byte[] Begin(int content, out int at)
    {
        byte[] encoded = new byte[Rlp.LengthOfList(content)];
        at = Rlp.WriteListHeader(encoded, content);
        return encoded;
    }

    private static bool Succeed(out TrieNodeFault fault)
    {
        fault = TrieNodeFault.None;
        return true;
    }

    private static bool Fail(TrieNodeFault reason, out TrieNodeFault fault)
    {
        fault = reason;
        return false;
    }
}
