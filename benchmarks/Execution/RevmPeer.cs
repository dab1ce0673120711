using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Flashback.Benchmarks.Execution;

/// <summary>The same workloads on revm, through anvil: measured by the scripts of ../shared/peers, where these and Node.js are installed.</summary>
internal static class RevmPeer
{
    /// <summary>Million gas per second of the server's processor time for each workload, the best of several runs; empty, with a word why, where it cannot be measured.</summary>
    public static async Task<IReadOnlyDictionary<string, double>> MeasureAsync(int runs)
    {
        if (EvmWorkload.PeersFolder is not { } peers)
            return new Dictionary<string, double>();
        try
        {
            int port = FreePort();
            string id = (await RunAsync("bash", peers, Path.Combine(peers, "anvil.sh"), $"{port}", "--disable-block-gas-limit", "--hardfork", "prague")).Trim();
            using Process anvil = Process.GetProcessById(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            try
            {
                return Read(await RunAsync("node", peers, "evm-bench.mjs", "--rpc", $"http://127.0.0.1:{port}", "--pid", id, "--runs", $"{runs}"));
            }
            finally
            {
                anvil.Kill();
            }
        }
        catch (Exception absent) when (absent is System.ComponentModel.Win32Exception or ArgumentException or FormatException)
        {
            Console.Error.WriteLine($"bench: revm is not measured ({absent.Message}); ../shared/peers/setup.sh tools installs anvil");
            return new Dictionary<string, double>();
        }
    }

    private static Dictionary<string, double> Read(string lines)
    {
        Dictionary<string, double> rates = [];
        foreach (string line in lines.Split('\n').Where(line => line.StartsWith("{\"bench\"", StringComparison.Ordinal)))
        {
            using JsonDocument figure = JsonDocument.Parse(line);
            if (figure.RootElement.TryGetProperty("cpu_ms_min", out JsonElement time) && time.GetDouble() > 0)
                rates[figure.RootElement.GetProperty("workload").GetString()!] = figure.RootElement.GetProperty("gas").GetDouble() / time.GetDouble() / 1e3;
        }
        return rates;
    }

    /// <summary>What a program prints until it ends. A child that it leaves behind may keep the pipe, so what it prints goes to a file.</summary>
    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        string output = Path.GetTempFileName();
        try
        {
            string command = string.Join(' ', arguments.Prepend(program).Select(word => $"'{word}'"));
            ProcessStartInfo start = new("bash", ["-c", $"{command} > '{output}' 2> /dev/null"]) { WorkingDirectory = folder };
            using Process process = Process.Start(start)!;
            await process.WaitForExitAsync();
            return await File.ReadAllTextAsync(output);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
