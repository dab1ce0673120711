using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>How much there is room for.</summary>
/// <param name="Count">How many transactions.</param>
/// <param name="Bytes">How many bytes, blobs included.</param>
public readonly record struct PoolLimit(int Count, long Bytes);

/// <summary>What the pool takes and how much of it. Everything has a bound, whatever comes.</summary>
public sealed record PoolOptions
{
    /// <summary>Room for all transactions without blobs.</summary>
    public PoolLimit Plain { get; init; } = new(16_384, 128 << 20);

    /// <summary>Room for all transactions with blobs.</summary>
    public PoolLimit Blob { get; init; } = new(1024, 256 << 20);

    /// <summary>Room for those of one sender that carry no blobs.</summary>
    public PoolLimit PlainOfSender { get; init; } = new(1024, 16 << 20);

    /// <summary>Room for those of one sender that carry blobs.</summary>
    public PoolLimit BlobOfSender { get; init; } = new(16, 32 << 20);

    /// <summary>How many of a sender's transactions may wait for one before them.</summary>
    public int WaitingOfSender { get; init; } = 64;

    /// <summary>Least wei per gas for the block's producer.</summary>
    public UInt256 MinTip { get; init; } = UInt256.One;

    /// <summary>By how many percent a replacement must pay more.</summary>
    public int ReplacementBump { get; init; } = 10;

    /// <summary>By how many percent a replacement with blobs must pay more: its blobs were sent around in vain.</summary>
    public int BlobReplacementBump { get; init; } = 100;

    /// <summary>Most bytes of a transaction, without its blobs.</summary>
    public int MaxBytes { get; init; } = 128 << 10;

    /// <summary>How long a transaction may wait for one before it.</summary>
    public TimeSpan WaitingLifetime { get; init; } = TimeSpan.FromHours(3);

    /// <summary>How many bytes of blobs are kept of transactions on the chain, should it be reorganised.</summary>
    public long KeptSidecarBytes { get; init; } = 64 << 20;
}
