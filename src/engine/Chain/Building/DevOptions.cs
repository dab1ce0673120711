using Flashback.Primitives;

namespace Flashback.Chain;

/// <summary>How a local chain is produced.</summary>
public sealed record DevOptions
{
    /// <summary>From block to block; zero makes a block as soon as there is a transaction.</summary>
    public TimeSpan BlockTime { get; init; }

    /// <summary>Who is paid the priority fees.</summary>
    public Address Coinbase { get; init; }

    /// <summary>The gas limit that blocks move toward, by less than a 1024th each; null keeps the genesis block's.</summary>
    public ulong? GasLimit { get; init; }

    /// <summary>How many blocks behind the head the safe one is.</summary>
    public int SafeDepth { get; init; } = 32;

    /// <summary>How many blocks behind the head the finalized one is.</summary>
    public int FinalizedDepth { get; init; } = 64;

    /// <summary>How long a block may take in transactions.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(2);
}
