using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Flashback.Primitives;

namespace Flashback.State.Trie;

/// <summary>Where a node of a trie lies: the half bytes that lead to it from the root, at most 64.</summary>
public readonly record struct NodePath
{
    /// <summary>The longest path: that of a 32-byte key.</summary>
    public const int MaxLength = 64;

    /// <summary>How many bytes a path takes in a key of the store, at most.</summary>
    public const int MaxEncodedLength = 1 + MaxLength / 2;

    private readonly Hash32 _packed; // two half bytes in a byte, zeros behind the last

    private NodePath(in Hash32 packed, int length)
    {
        _packed = packed;
        Length = (byte)length;
    }

    /// <summary>Where the root lies.</summary>
    public static NodePath Root => default;

    /// <summary>How many half bytes there are.</summary>
    public byte Length { get; }

    /// <summary>The path of these half bytes, one in each byte.</summary>
    /// <exception cref="ArgumentException">There are more than 64.</exception>
    public static NodePath Of(ReadOnlySpan<byte> halfBytes)
    {
        if (halfBytes.Length > MaxLength)
            throw new ArgumentException($"a path has at most {MaxLength} half bytes, not {halfBytes.Length}", nameof(halfBytes));
        Hash32 packed = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Hash32>(ref packed));
        for (int i = 0; i < halfBytes.Length; i++)
            bytes[i / 2] |= (byte)(i % 2 == 0 ? halfBytes[i] << 4 : halfBytes[i]);
        return new NodePath(packed, halfBytes.Length);
    }

    /// <summary>Writes the length in half bytes and then the half bytes, packed: no path's encoding begins another's. Returns how many bytes that took.</summary>
    public int Encode(Span<byte> destination)
    {
        int packed = (Length + 1) / 2;
        destination[0] = Length;
        _packed.AsSpan()[..packed].CopyTo(destination[1..]);
        return 1 + packed;
    }

    /// <inheritdoc/>
    public override string ToString() => Length == 0 ? "the root" : Hex.Encode(_packed.AsSpan())[..(2 + Length)];
}

/// <summary>Half bytes, one in each byte: how keys are walked along.</summary>
internal static class HalfBytes
{
    /// <summary>Writes the half bytes of a key, and returns the part of the destination that they fill.</summary>
    /// <exception cref="ArgumentException">The key has more than 32 bytes.</exception>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        if (2 * key.Length > NodePath.MaxLength)
            throw new ArgumentException($"a trie's keys have at most {NodePath.MaxLength / 2} bytes, not {key.Length}", nameof(key));
        for (int i = 0; i < key.Length; i++)
        {
            destination[2 * i] = (byte)(key[i] >> 4);
            destination[2 * i + 1] = (byte)(key[i] & 15);
        }
        return destination[..(2 * key.Length)];
    }

    /// <summary>The key of an even number of half bytes.</summary>
    public static byte[] Pack(ReadOnlySpan<byte> halfBytes)
    {
        byte[] key = new byte[halfBytes.Length / 2];
        for (int i = 0; i < key.Length; i++)
            key[i] = (byte)(halfBytes[2 * i] << 4 | halfBytes[2 * i + 1]);
        return key;
    }

    public static byte[] Join(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        byte[] joined = new byte[a.Length + b.Length];
        a.CopyTo(joined);
        b.CopyTo(joined.AsSpan(a.Length));
        return joined;
    }
}

/// <summary>Room for a whole path on the stack.</summary>
[InlineArray(NodePath.MaxLength)]
internal struct PathBuffer
{
    private byte _first;
}
