using System.Globalization;
using Flashback.Files;
using Spectre.Console;

namespace Flashback.Node;

/// <summary>Tells how much of an upload was sent: a bar on a terminal's error stream, a line for each tenth where that is a file or a pipe.</summary>
internal static class SendDisplay
{
    public const string Name = "uploading";

    public static async Task<T> RunAsync<T>(Func<IProgress<SendProgress>, Task<T>> send)
    {
        if (Console.IsErrorRedirected)
            return await send(new SendLines(Console.Error, TimeProvider.System)).ConfigureAwait(false);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        CultureInfo culture = CultureInfo.InvariantCulture;
        return await console.Progress()
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn { Width = 20 }, new PercentageColumn(), new DownloadedColumn { Culture = culture }, new TransferSpeedColumn { Culture = culture }, new RemainingTimeColumn())
            .StartAsync(context => send(new Bar(context.AddTask(Name)))).ConfigureAwait(false);
    }

    private sealed class Bar(ProgressTask task) : IProgress<SendProgress>
    {
        public void Report(SendProgress value) => (task.MaxValue, task.Value) = (value.TotalBytes, value.SentBytes);
    }
}

/// <summary>A line each time that a tenth more was sent.</summary>
internal sealed class SendLines(TextWriter output, TimeProvider time) : IProgress<SendProgress>
{
    private readonly long _begun = time.GetTimestamp();
    private long _told; // tenths

    public void Report(SendProgress value)
    {
        long tenth = value.SentBytes * 10 / value.TotalBytes;
        if (tenth <= _told)
            return;
        _told = tenth;
        TimeSpan left = time.GetElapsedTime(_begun) * ((value.TotalBytes - value.SentBytes) / (double)value.SentBytes);
        string text = string.Create(CultureInfo.InvariantCulture, $"{tenth * 10} %: {value.SentBytes:N0} of {value.TotalBytes:N0} bytes");
        output.WriteLine(PutStory.LineOf(SendDisplay.Name, tenth < 10 ? string.Create(CultureInfo.InvariantCulture, $"{text}, {Math.Ceiling(left.TotalSeconds):N0} s left") : text));
    }
}
