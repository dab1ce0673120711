using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>Forty-eight bytes: compressed points of BLS12-381's G1 (public keys, KZG commitments and proofs).</summary>
[InlineArray(48)]
public struct Bytes48 : IFixedBytes<Bytes48>
{
    private byte _first;

    /// <summary>The value with these 48 bytes.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static Bytes48 Read(ReadOnlySpan<byte> bytes) => FixedBytes.Read<Bytes48>(bytes);

    /// <inheritdoc/>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => FixedBytes.AsSpan(in this);

    /// <inheritdoc/>
    public readonly bool Equals(Bytes48 other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Bytes48 other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => FixedBytes.HashOf(in this);

    /// <summary>Bytewise order, first byte first.</summary>
    public readonly int CompareTo(Bytes48 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Hexadecimal text with the prefix "0x".</summary>
    public override readonly string ToString() => Hex.Encode(AsSpan());

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in Bytes48 left, in Bytes48 right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in Bytes48 left, in Bytes48 right) => !left.Equals(right);
}
