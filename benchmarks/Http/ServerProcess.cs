using System.Diagnostics;
using System.Globalization;

namespace Flashback.Benchmarks.Http;

/// <summary>A server that is measured, with the processes that it starts; it ends with this.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Processor time of it and its children.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            TimeSpan sum = TimeSpan.Zero;
            foreach (int id in ChildrenOf(_process.Id).Prepend(_process.Id))
            {
                using Process process = Process.GetProcessById(id);
                sum += process.TotalProcessorTime;
            }
            return sum;
        }
    }

    public static ServerProcess Start(string program, IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }) ?? throw new InvalidOperationException($"{program} did not start"));

    public async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the server has ended");

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static IEnumerable<int> ChildrenOf(int id)
    {
        string list = FormattableString.Invariant($"/proc/{id}/task/{id}/children");
        return File.Exists(list) ? File.ReadAllText(list).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(child => int.Parse(child, CultureInfo.InvariantCulture)) : [];
    }
}
