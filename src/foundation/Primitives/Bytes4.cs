using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>Four bytes: fork versions, domain types, fork digests.</summary>
[InlineArray(4)]
public struct Bytes4 : IFixedBytes<Bytes4>
{
    private byte _first;

    /// <summary>The value with these 4 bytes.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static Bytes4 Read(ReadOnlySpan<byte> bytes) => FixedBytes.Read<Bytes4>(bytes);

    /// <inheritdoc/>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => FixedBytes.AsSpan(in this);

    /// <inheritdoc/>
    public readonly bool Equals(Bytes4 other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Bytes4 other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => FixedBytes.HashOf(in this);

    /// <summary>Bytewise order, first byte first.</summary>
    public readonly int CompareTo(Bytes4 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Hexadecimal text with the prefix "0x".</summary>
    public override readonly string ToString() => Hex.Encode(AsSpan());

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in Bytes4 left, in Bytes4 right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in Bytes4 left, in Bytes4 right) => !left.Equals(right);
}
