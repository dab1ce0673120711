using System.Diagnostics;
using Flashback.Testing;

namespace Flashback.Scenarios;

/// <summary>Runs the real program as a user does: through the script at the root of the checkout.</summary>
internal static class FlashbackProgram
{
    public sealed record Result(int ExitCode, string Output, string Errors)
    {
        public string LastLine => Output.TrimEnd().Split('\n')[^1];
    }

    /// <summary>Keys of large circuits take minutes, more with work beside.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Starts the program for as long as the caller needs it, and waits for a line on standard output that begins so.</summary>
    public static async Task<(Process Process, string Told)> StartAsync(string announcement, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), arguments) { RedirectStandardOutput = true };
        Process process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith(announcement, StringComparison.Ordinal))
            {
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None); // so that it never waits for a reader
                return (process, line[announcement.Length..]);
            }
        }
        throw new InvalidOperationException($"the program ended without saying \"{announcement}\"");
    }

    /// <summary>Starts the program and ends it as a power cut does, with no chance to tidy up.</summary>
    public static async Task KillAfterAsync(TimeSpan delay, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public static Task<Result> RunAsync(params string[] arguments) => RunWithInputAsync("", arguments);

    /// <summary>Runs the program with a text on its standard input.</summary>
    public static async Task<Result> RunWithInputAsync(string input, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new Result(process.ExitCode, await output, await errors);
    }
}
