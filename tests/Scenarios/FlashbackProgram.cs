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

    /// <summary>Starts the program and ends it as a power cut does, with no chance to tidy up.</summary>
    public static async Task KillAfterAsync(TimeSpan delay, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        await Task.Delay(delay, TestContext.Current.CancellationToken);
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public static async Task<Result> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Vectors.Checkout, "flashback"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("the program did not start");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromMinutes(5));
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
