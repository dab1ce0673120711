using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Flashback.Testing;

/// <summary>Other people's tools from npm, in the versions of a lock file: installed on first use into a cache folder, outside of the checkout.</summary>
public sealed class NodeTools
{
    private readonly string _scripts;
    private readonly Lazy<Task<string>> _installed;

    private NodeTools(params string[] folder)
    {
        _scripts = Path.Combine([Vectors.Checkout, .. folder]);
        _installed = new(InstallAsync);
    }

    /// <summary>What the contracts are compiled with, and the scripts beside them.</summary>
    public static NodeTools Contracts { get; } = new("contracts");

    /// <summary>A light client of another project, and the script that lets it follow a chain.</summary>
    public static NodeTools LightClient { get; } = new("tests", "Scenarios", "LightClient");

    /// <summary>Implementations of UnixFS and archives, and a client of S3, that the gateway is compared with.</summary>
    public static NodeTools Gateway { get; } = new("tests", "Roles.Tests", "Gateway", "Tools");

    private static NodeTools Comparisons { get; } = new("tests", "Testing", "Node");

    /// <summary>Runs a script that compares us with others.</summary>
    /// <exception cref="NodeToolsException">Node.js or the packages are not to be had: tests skip with the message.</exception>
    /// <exception cref="InvalidOperationException">The script failed; the message is what it wrote on the error stream.</exception>
    public static Task<string> RunAsync(string script, CancellationToken cancellation, params string[] arguments) => Comparisons.RunScriptAsync(script, cancellation, arguments);

    /// <summary>Runs a script with the tools at hand: one beside the lock file by its name, another by its whole path.</summary>
    /// <returns>What it wrote on standard output.</returns>
    /// <exception cref="NodeToolsException">Node.js or the packages are not to be had: tests skip with the message.</exception>
    /// <exception cref="InvalidOperationException">The script failed; the message is what it wrote on the error stream.</exception>
    public async Task<string> RunScriptAsync(string script, CancellationToken cancellation, params string[] arguments)
    {
        string folder = await _installed.Value;
        (int status, string output, string errors) = await ExecuteAsync("node", [Path.Combine(_scripts, script), .. arguments], folder, cancellation);
        return status == 0 ? output : throw new InvalidOperationException($"{script} failed: {errors}{output}");
    }

    private async Task<string> InstallAsync()
    {
        byte[] pinned = await File.ReadAllBytesAsync(Path.Combine(_scripts, "package-lock.json"));
        string cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flashback-node", Convert.ToHexStringLower(SHA256.HashData(pinned))[..16]);
        if (File.Exists(Path.Combine(cache, "complete")))
            return cache;
        Directory.CreateDirectory(cache);
        // One test process at a time installs; the others wait and find it done.
        using FileStream turn = await TakeTurnAsync(Path.Combine(cache, "turn"));
        if (File.Exists(Path.Combine(cache, "complete")))
            return cache;
        foreach (string name in new[] { "package.json", "package-lock.json" })
            File.Copy(Path.Combine(_scripts, name), Path.Combine(cache, name), overwrite: true);
        try
        {
            (int status, _, string errors) = await ExecuteAsync("npm", ["ci", "--no-audit", "--no-fund"], cache, CancellationToken.None);
            if (status != 0)
                throw new NodeToolsException($"npm could not install the tools: {errors.Trim().Split('\n')[^1]}");
        }
        catch (Win32Exception absent)
        {
            throw new NodeToolsException($"Node.js with npm is not installed here ({absent.Message})");
        }
        await File.WriteAllTextAsync(Path.Combine(cache, "complete"), "");
        return cache;
    }

    private static async Task<FileStream> TakeTurnAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        }
    }

    private static async Task<(int Status, string Output, string Errors)> ExecuteAsync(string program, IEnumerable<string> arguments, string folder, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start) ?? throw new Win32Exception($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return (process.ExitCode, await output, await errors);
    }
}

/// <summary>Tools of other people are not to be had on this machine; the message says why.</summary>
public sealed class NodeToolsException(string message) : Exception(message);
