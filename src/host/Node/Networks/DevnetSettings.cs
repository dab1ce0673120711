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

    public required StoreSettings Store { get; init; }

    /// <summary>Of the first node; the others take the ports after it.</summary>
    public required HttpSettings Http { get; init; }

    /// <summary>Of the first node; the others take the ports after it.</summary>
    public int BeaconPort { get; init; }

    public required LogSettings Log { get; init; }
}
