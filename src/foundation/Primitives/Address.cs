using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>A 20-byte account address of the execution layer.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct Address : IFixedBytes<Address>
{
    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly uint _word2;

    /// <summary>The address of twenty zero bytes.</summary>
    public static Address Zero => default;

    /// <summary>True for twenty zero bytes.</summary>
    public bool IsZero => (_word0 | _word1 | _word2) == 0;

    /// <summary>The value with these 20 bytes.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static Address Read(ReadOnlySpan<byte> bytes) => FixedBytes.Read<Address>(bytes);

    /// <inheritdoc/>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => FixedBytes.AsSpan(in this);

    /// <inheritdoc/>
    public bool Equals(Address other) => ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2);

    /// <summary>Bytewise order, first byte first.</summary>
    public int CompareTo(Address other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Lower-case hexadecimal text with the prefix "0x".</summary>
    public override string ToString() => Hex.Encode(AsSpan());

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in Address left, in Address right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in Address left, in Address right) => !left.Equals(right);
}
