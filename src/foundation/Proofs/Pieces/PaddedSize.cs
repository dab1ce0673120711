using System.Numerics;

namespace Flashback.Proofs;

/// <summary>The size of a piece or sector as sealed, with two zero bits after every 254: a power of two from 128 bytes up.</summary>
public readonly record struct PaddedSize : IComparable<PaddedSize>
{
    private readonly byte _doublings;

    private PaddedSize(int doublings) => _doublings = (byte)doublings;

    /// <summary>128 bytes: the least a piece can take, and the value of <c>default</c>.</summary>
    public static PaddedSize Least => default;

    /// <summary>The size in bytes.</summary>
    public long Bytes => 128L << _doublings;

    /// <summary>The size before padding: 127 bytes for each 128.</summary>
    public UnpaddedSize Unpadded => new(_doublings);

    /// <summary>The height of the tree whose leaves are the size's 32-byte nodes.</summary>
    public int TreeHeight => 2 + _doublings;

    /// <summary>Twice this size.</summary>
    /// <exception cref="OverflowException">The double exceeds 2^62 bytes.</exception>
    public PaddedSize Doubled() => _doublings < 55 ? new(_doublings + 1) : throw new OverflowException("no piece is larger than 2^62 bytes");

    /// <summary>True when <paramref name="bytes"/> is a power of two from 128 to 2^62.</summary>
    public static bool TryCreate(long bytes, out PaddedSize size)
    {
        bool valid = bytes >= 128 && BitOperations.IsPow2(bytes);
        size = valid ? new(BitOperations.Log2((ulong)bytes) - 7) : default;
        return valid;
    }

    /// <summary>The size of that many bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no power of two from 128 up.</exception>
    public static PaddedSize Of(long bytes) => TryCreate(bytes, out PaddedSize size)
        ? size
        : throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "a padded size is a power of two from 128 up");

    /// <summary>The least size that holds a payload of <paramref name="length"/> bytes, from 0 to 127 · 2^55.</summary>
    public static PaddedSize Holding(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 127L << 55);
        int doublings = 0;
        while (127L << doublings < length)
            doublings++;
        return new(doublings);
    }

    internal static PaddedSize FromDoublings(int doublings) => new(doublings);

    /// <inheritdoc/>
    public int CompareTo(PaddedSize other) => _doublings.CompareTo(other._doublings);

    /// <summary>The size in bytes, as digits.</summary>
    public override string ToString() => Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
