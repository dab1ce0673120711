using System.CommandLine;
using Flashback.Chain;
using Flashback.State.Store;
using Flashback.State.Store.RocksDb;
using Flashback.State.Store.Sqlite;
using Spectre.Console;

namespace Flashback.Node;

/// <summary><c>flashback db</c>: what can be done to a chain on disk while nobody uses it.</summary>
internal static class DatabaseCommand
{
    public static Command Create()
    {
        Option<string> data = new("--data") { Description = "The folder of a node, or the one in it that keeps the chain.", Required = true };
        Command check = new("check", "Looks at every block, index entry and trie node, and says all that is broken; exit code 1 if anything is. Changes nothing.") { data };
        check.SetAction(parsed => Check(ChainOf(parsed.GetRequiredValue(data))));
        return new Command("db", "Looks after a chain on disk that no node is using.") { check };
    }

    private static int Check(string folder)
    {
        IReadOnlyList<string> findings;
        try
        {
            using IStore store = Open(folder);
            findings = Run(progress => DatabaseCheck.Run(store, progress));
        }
        catch (StoreException failure)
        {
            Console.Error.WriteLine($"db check: {failure.Message}");
            return 1;
        }
        foreach (string finding in findings)
            Console.WriteLine(finding);
        Console.WriteLine(findings.Count == 0 ? "nothing is broken" : $"{findings.Count} findings");
        return findings.Count == 0 ? 0 : 1;
    }

    private static string ChainOf(string folder) => NodeFolder.Chain(folder) is var chain && Directory.Exists(chain) ? chain : folder;

    private static IStore Open(string folder) => StoreFolders.EngineIn(folder) switch
    {
        "rocksdb" => RocksDbStore.OpenReadOnly(folder, DatabaseCheck.Columns),
        _ => SqliteStore.OpenReadOnly(folder, DatabaseCheck.Columns),
    };

    /// <summary>Runs a check with bars on a terminal's error stream; with none where that is a file or a pipe.</summary>
    private static T Run<T>(Func<IProgress<CheckProgress>?, T> action)
    {
        if (Console.IsErrorRedirected)
            return action(null);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().Start(context => action(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<CheckProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(CheckProgress value)
        {
            if (!_tasks.TryGetValue(value.Step, out ProgressTask? task))
                _tasks[value.Step] = task = context.AddTask(value.Step, maxValue: value.Total);
            task.Increment(value.Done);
        }
    }
}
