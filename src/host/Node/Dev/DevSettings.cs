namespace Flashback.Node;

/// <summary>What <c>flashback dev</c> was asked for.</summary>
internal sealed record DevSettings
{
    public required StoreSettings Store { get; init; }

    public required HttpSettings Http { get; init; }

    /// <summary>Where the Beacon API is answered; null for nowhere.</summary>
    public int? BeaconPort { get; init; }

    /// <summary>From block to block; zero makes a block at each transaction.</summary>
    public TimeSpan BlockTime { get; init; }

    /// <summary>How far the chain's time is ahead.</summary>
    public TimeSpan Warp { get; init; }

    /// <summary>How many validators there are. Each signs and is verified in every slot: one is quickest.</summary>
    public int Validators { get; init; }

    /// <summary>How many accounts have coins.</summary>
    public int Accounts { get; init; }

    /// <summary>Where their keys come from. Everybody knows them: they are for nothing else.</summary>
    public string Mnemonic { get; init; } = "";

    /// <summary>What each has, in coins.</summary>
    public ulong Coins { get; init; }

    public ulong ChainId { get; init; }

    public ulong GasLimit { get; init; }

    public required LogSettings Log { get; init; }
}
