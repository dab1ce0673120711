using Flashback.Proofs;
using Spectre.Console;

namespace Flashback.Node;

/// <summary>Bars with rates on a terminal's error stream; nothing where that is a file or a pipe.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs an action that reports progress in units of 32-byte nodes, or of bytes when <paramref name="unit"/> is 1.</summary>
    public static T Run<T>(int unit, Func<IProgress<SealProgress>?, T> action)
    {
        if (Console.IsErrorRedirected)
            return action(null);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RateColumn(unit), new RemainingTimeColumn())
            .Start(context => action(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<SealProgress>
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(SealProgress value)
        {
            lock (_gate)
            {
                if (!_tasks.TryGetValue(value.Step, out ProgressTask? task))
                    _tasks[value.Step] = task = context.AddTask(Markup.Escape(value.Step), maxValue: value.Total);
                task.Increment(value.Done);
            }
        }
    }

    /// <summary>MB/s since the task began.</summary>
    private sealed class RateColumn(int unit) : ProgressColumn
    {
        public override Spectre.Console.Rendering.IRenderable Render(Spectre.Console.Rendering.RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(Rate(task.Value * unit, task.ElapsedTime ?? TimeSpan.Zero));
    }

    /// <summary>A rate as people read it.</summary>
    private static string Rate(double bytes, TimeSpan elapsed) =>
        elapsed <= TimeSpan.Zero ? "" : FormattableString.Invariant($"{bytes / 1e6 / elapsed.TotalSeconds:F1} MB/s");
}
