using System.Net;

namespace Flashback.Node;

/// <summary>What <c>flashback execution</c> was asked for.</summary>
internal sealed record ExecutionSettings
{
    public required StoreSettings Store { get; init; }

    public required HttpSettings Http { get; init; }

    public required LogSettings Log { get; init; }

    /// <summary>The file that says how the chain begins, as go-ethereum's genesis.json does.</summary>
    public required string GenesisFile { get; init; }

    /// <summary>The file with the secret that node and consensus client share; it is made where there is none.</summary>
    public required string SecretFile { get; init; }

    public required IPAddress EngineAddress { get; init; }

    public int EnginePort { get; init; }

    /// <summary>The gas limit that the blocks built here move toward.</summary>
    public ulong GasLimit { get; init; }
}
