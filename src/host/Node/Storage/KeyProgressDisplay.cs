using Flashback.Cryptography.Groth16;
using Spectre.Console;

namespace Flashback.Node;

/// <summary>Bars for work on keys and proofs on a terminal's error stream; nothing where that is a file or a pipe.</summary>
internal static class KeyProgressDisplay
{
    public static T Run<T>(Func<IProgress<Groth16Progress>?, T> action)
    {
        if (Console.IsErrorRedirected)
            return action(null);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => action(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<Groth16Progress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(Groth16Progress value)
        {
            lock (_tasks)
            {
                if (!_tasks.TryGetValue(value.Step, out ProgressTask? task))
                    _tasks[value.Step] = task = context.AddTask(Markup.Escape(value.Step), maxValue: value.Total);
                task.Value = value.Done;
            }
        }
    }
}
