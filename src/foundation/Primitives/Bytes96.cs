using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Flashback.Primitives;

/// <summary>Ninety-six bytes: compressed points of BLS12-381's G2 (signatures).</summary>
[InlineArray(96)]
public struct Bytes96 : IFixedBytes<Bytes96>
{
    private byte _first;

    /// <summary>The value with these 96 bytes.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static Bytes96 Read(ReadOnlySpan<byte> bytes) => FixedBytes.Read<Bytes96>(bytes);

    /// <inheritdoc/>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> AsSpan() => FixedBytes.AsSpan(in this);

    /// <inheritdoc/>
    public readonly bool Equals(Bytes96 other) => AsSpan().SequenceEqual(other.AsSpan());

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Bytes96 other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => FixedBytes.HashOf(in this);

    /// <summary>Bytewise order, first byte first.</summary>
    public readonly int CompareTo(Bytes96 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Hexadecimal text with the prefix "0x".</summary>
    public override readonly string ToString() => Hex.Encode(AsSpan());

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in Bytes96 left, in Bytes96 right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in Bytes96 left, in Bytes96 right) => !left.Equals(right);
}
