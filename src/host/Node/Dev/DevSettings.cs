using System.Net;
using Flashback.Execution;
using Microsoft.Extensions.Logging;

namespace Flashback.Node;

/// <summary>What <c>flashback dev</c> was asked for.</summary>
internal sealed record DevSettings
{
    /// <summary>Where the chain is kept; null for a folder that goes when the program does.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Which engine keeps it.</summary>
    public StoreEngine Engine { get; init; }

    public IPAddress HttpAddress { get; init; } = IPAddress.Loopback;

    public int HttpPort { get; init; }

    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>From block to block; zero makes a block at each transaction.</summary>
    public TimeSpan BlockTime { get; init; }

    /// <summary>How far the clock is ahead.</summary>
    public TimeSpan Warp { get; init; }

    /// <summary>How many accounts have coins.</summary>
    public int Accounts { get; init; }

    /// <summary>Where their keys come from. Everybody knows them: they are for nothing else.</summary>
    public string Mnemonic { get; init; } = "";

    /// <summary>What each has, in ether.</summary>
    public ulong Ether { get; init; }

    public ulong ChainId { get; init; }

    public Fork Fork { get; init; }

    public ulong GasLimit { get; init; }

    /// <summary>Whether every old state is kept.</summary>
    public bool IsArchive { get; init; }

    public TimeSpan RequestTimeout { get; init; }

    public LogLevel LogLevel { get; init; }

    public bool LogsJson { get; init; }
}

/// <summary>The key-value stores there are.</summary>
internal enum StoreEngine
{
    Sqlite,
    RocksDb,
}
