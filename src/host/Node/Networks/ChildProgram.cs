using System.Diagnostics;

namespace Flashback.Node;

/// <summary>The program once more, as a process beside this one, which it ends with. What it says goes into a file.</summary>
internal sealed class ChildProgram : IAsyncDisposable
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(1); // a kill loses nothing, and who pressed Ctrl-C waits

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isStarted;

    private ChildProgram(string announcement, string logPath, IEnumerable<string> arguments)
    {
        string program = Environment.ProcessPath ?? throw new IOException("the program's own file is not known");
        _log = new StreamWriter(new FileStream(logPath, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true };
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [.. arguments, ParentOption.Name]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) => Keep(line.Data, announcement);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, announcement);
        _process.Exited += (_, _) => _told.TrySetException(new IOException($"flashback {_process.StartInfo.ArgumentList[0]} has ended; {logPath} says why"));
    }

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the program and waits until it says that it is there.</summary>
    /// <param name="announcement">How the line begins that says so.</param>
    /// <param name="logPath">Where all that it says goes.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the waiting, and the program.</param>
    /// <returns>The program, and the rest of that line.</returns>
    /// <exception cref="IOException">It cannot be started, or has ended.</exception>
    public static async Task<(ChildProgram Program, string Told)> StartAsync(string announcement, string logPath, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        ChildProgram program = new(announcement, logPath, arguments);
        try
        {
            program._isStarted = program._process.Start();
            // What seals must not keep slots waiting.
            program._process.PriorityClass = ProcessPriorityClass.BelowNormal;
            program._process.BeginOutputReadLine();
            program._process.BeginErrorReadLine();
            return (program, await program._told.Task.WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception fault)
        {
            await program.DisposeAsync().ConfigureAwait(false);
            if (fault is System.ComponentModel.Win32Exception or InvalidOperationException)
                throw new IOException($"flashback cannot be started: {fault.Message}", fault);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            _process.StandardInput.Close();
            using CancellationTokenSource patience = new(EndPatience);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
        lock (_log)
            _log.Dispose();
    }

    private void Keep(string? line, string announcement)
    {
        if (line is null)
            return;
        lock (_log)
        {
            if (_log.BaseStream is { CanWrite: true })
                _log.WriteLine(line);
        }
        if (line.StartsWith(announcement, StringComparison.Ordinal))
            _told.TrySetResult(line[announcement.Length..]);
    }
}
