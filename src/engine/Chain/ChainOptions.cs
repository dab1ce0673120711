namespace Flashback.Chain;

/// <summary>How much of the past stays at hand.</summary>
public sealed record ChainOptions
{
    /// <summary>How many blocks below the head can be reverted: their states are layers in memory, and are executed again after a crash.</summary>
    public int RevertibleBlocks { get; init; } = 64;
}
