using System.CommandLine;
using Flashback.Chain;
using Flashback.Chain.Beacon;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;

namespace Flashback.Node;

/// <summary>The key-value stores there are.</summary>
internal enum StoreEngine
{
    Sqlite,
    RocksDb,
}

/// <summary>Where the chain is kept.</summary>
/// <param name="Folder">Null for one that goes when the program does.</param>
/// <param name="Engine">Which engine keeps it.</param>
/// <param name="IsArchive">Whether every old state is kept.</param>
internal sealed record StoreSettings(string? Folder, StoreEngine Engine, bool IsArchive)
{
    private const int KeptBlocks = 1024;

    /// <summary>How many old states are kept; null for all.</summary>
    public int? KeptStates => IsArchive ? null : KeptBlocks;

    /// <exception cref="StoreException">The store fails, is damaged, or another process has it.</exception>
    public IStore Open()
    {
        IReadOnlyList<Column> columns = [.. ChainService.Columns, .. TransactionPool.Columns, .. BeaconChain.Columns];
        return Folder is null ? SqliteStore.OpenTemporary(columns)
            : Engine == StoreEngine.RocksDb ? RocksDbStore.Open(Folder, columns)
            : SqliteStore.Open(Folder, columns);
    }
}

/// <summary>The options of every verb that keeps a chain.</summary>
internal sealed class StoreOptions
{
    private readonly Option<string?> _folder = new("--data") { Description = "The folder that keeps the chain; without it, the chain goes when the program does." };
    private readonly Option<StoreEngine> _engine = new("--db") { Description = "The store in that folder.", DefaultValueFactory = _ => StoreEngine.Sqlite };
    private readonly Option<bool> _archive = new("--archive") { Description = "Keep every old state." };

    public StoreOptions(Command command)
    {
        foreach (Option option in (Option[])[_folder, _engine, _archive])
            command.Options.Add(option);
    }

    public StoreSettings Read(ParseResult parsed) => new(parsed.GetValue(_folder), parsed.GetValue(_engine), parsed.GetValue(_archive));
}
