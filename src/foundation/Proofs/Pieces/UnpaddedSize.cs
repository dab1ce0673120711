namespace Flashback.Proofs;

/// <summary>The size of a piece as its owner sees it, before Fr32 padding: 127 · 2^k bytes.</summary>
public readonly record struct UnpaddedSize
{
    private readonly byte _doublings;

    internal UnpaddedSize(int doublings) => _doublings = (byte)doublings;

    /// <summary>The size in bytes.</summary>
    public long Bytes => 127L << _doublings;

    /// <summary>The size after padding: 128 bytes for each 127.</summary>
    public PaddedSize Padded => PaddedSize.FromDoublings(_doublings);

    /// <summary>True when <paramref name="bytes"/> is 127 · 2^k with k from 0 to 55.</summary>
    public static bool TryCreate(long bytes, out UnpaddedSize size)
    {
        size = default;
        if (bytes % 127 != 0 || !PaddedSize.TryCreate(bytes / 127 * 128, out PaddedSize padded))
            return false;
        size = padded.Unpadded;
        return true;
    }

    /// <summary>The size in bytes, as digits.</summary>
    public override string ToString() => Bytes.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
