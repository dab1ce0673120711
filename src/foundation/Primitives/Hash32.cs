using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Flashback.Primitives;

/// <summary>A 32-byte string: the value of a hash function, a Merkle root, a storage word as bytes.</summary>
/// <remarks>Held as four words in memory order, so that comparing and hashing touch registers only.</remarks>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash32 : IFixedBytes<Hash32>
{
    private readonly ulong _word0;
    private readonly ulong _word1;
    private readonly ulong _word2;
    private readonly ulong _word3;

    /// <summary>Thirty-two zero bytes.</summary>
    public static Hash32 Zero => default;

    /// <summary>True for thirty-two zero bytes.</summary>
    public bool IsZero => (_word0 | _word1 | _word2 | _word3) == 0;

    /// <summary>The value with these 32 bytes.</summary>
    /// <exception cref="ArgumentException">The length is another.</exception>
    public static Hash32 Read(ReadOnlySpan<byte> bytes) => FixedBytes.Read<Hash32>(bytes);

    /// <inheritdoc/>
    [UnscopedRef]
    public ReadOnlySpan<byte> AsSpan() => FixedBytes.AsSpan(in this);

    /// <inheritdoc/>
    public bool Equals(Hash32 other) =>
        ((_word0 ^ other._word0) | (_word1 ^ other._word1) | (_word2 ^ other._word2) | (_word3 ^ other._word3)) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_word0, _word1, _word2, _word3);

    /// <summary>Bytewise order, first byte first.</summary>
    public int CompareTo(Hash32 other) => AsSpan().SequenceCompareTo(other.AsSpan());

    /// <summary>Hexadecimal text with the prefix "0x".</summary>
    public override string ToString() => Hex.Encode(AsSpan());

    /// <summary>Equal byte for byte.</summary>
    public static bool operator ==(in Hash32 left, in Hash32 right) => left.Equals(right);

    /// <summary>Different in at least one byte.</summary>
    public static bool operator !=(in Hash32 left, in Hash32 right) => !left.Equals(right);
}
