using Flashback.Chain.Spacetime;

namespace Flashback.Chain;

/// <summary>How much of the past stays at hand, and what the network does beyond Ethereum.</summary>
public sealed record ChainOptions
{
    /// <summary>How many blocks below the head can be reverted: their states are layers in memory, and are executed again after a crash.</summary>
    public int RevertibleBlocks { get; init; } = 64;

    /// <summary>The network's Spacetime fork; null where it is off. spec: ours#2</summary>
    public SpacetimeFork? Spacetime { get; init; }
}
