namespace Flashback.Chain;

/// <summary>What the blocks have that are built for a consensus layer.</summary>
public sealed record BuildingOptions
{
    /// <summary>The gas limit that blocks move toward, by less than a 1024th each.</summary>
    public ulong GasLimit { get; init; } = 60_000_000;

    /// <summary>What stands in their extra data: 32 bytes at most.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; } = "Flashback"u8.ToArray();

    /// <summary>How long each round may take in transactions: who asks at once waits so long.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMilliseconds(500);
}
