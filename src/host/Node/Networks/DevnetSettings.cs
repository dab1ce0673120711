using Flashback.Network.Loopback;

namespace Flashback.Node;

/// <summary>What <c>flashback devnet</c> was asked for.</summary>
internal sealed record DevnetSettings
{
    public int Nodes { get; init; }

    public int Validators { get; init; }

    /// <summary>The folder with a folder for each node; null for chains that go when the program does.</summary>
    public string? Folder { get; init; }

    /// <summary>Decides delays and losses between nodes, and the first randomness.</summary>
    public int Seed { get; init; }

    public IReadOnlyList<NetworkFault> Faults { get; init; } = [];

    /// <summary>Passes as fast as the machine allows, before time goes on at its own pace.</summary>
    public TimeSpan Warp { get; init; }

    /// <summary>Ends the program so long after genesis; null for when it is told to.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>The number of accounts that have coins.</summary>
    public int Accounts { get; init; }

    /// <summary>How many of the first validators are storage providers; with any there is a gateway.</summary>
    public int Providers { get; init; }

    /// <summary>Of the first provider; the others take the ports after it. 0 takes free ones.</summary>
    public int ProviderPort { get; init; }

    /// <summary>Of the gateway's plain HTTP; S3 takes the port after it. 0 takes free ones.</summary>
    public int GatewayPort { get; init; }

    /// <summary>How many days the gateway pays for at once; a quarter of them before the end it pays anew.</summary>
    public double DealDays { get; init; }

    /// <summary>How many minutes providers have until a piece is in a live sector.</summary>
    public double SealingMinutes { get; init; }

    /// <summary>The file that tells endpoints and keys to programs; null for none, where there is no storage either.</summary>
    public string? DevFile { get; init; }

    public required StoreSettings Store { get; init; }

    /// <summary>Of the first node; the others take the ports after it.</summary>
    public required HttpSettings Http { get; init; }

    /// <summary>Of the first node; the others take the ports after it.</summary>
    public int BeaconPort { get; init; }

    public required LogSettings Log { get; init; }
}
