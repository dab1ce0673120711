using System.Text.Json;
using Flashback.Conformance;
using Flashback.Execution;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Execution;

/// <summary><c>./bench --blocks [name …]</c>: million gas per second of processor time for the blocks of the EEST benchmarks, a line for each test.</summary>
/// <remarks>A block is executed whole, from its bytes to the root of the state after it; of a test's cases the rates are averaged by gas.</remarks>
internal static class BlockThroughput
{
    private const int Runs = 3;
    private const double LongEnough = 0.5; // seconds: such a run is not measured again

    private static readonly BytecodeCache Codes = new();

    public static void Print(IReadOnlyList<string> names)
    {
        string cache = Environment.GetEnvironmentVariable("FLASHBACK_VECTORS_CACHE") is { Length: > 0 } named
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "flashback-vectors");
        string folder = Path.Combine(cache, "eest-benchmark", "blockchain_tests");
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine("bench: eest-benchmark is not unpacked where FLASHBACK_VECTORS_CACHE points; ./test unpacks it");
            return;
        }
        double logarithms = 0;
        int count = 0;
        foreach (string file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            IEnumerable<JsonProperty> wanted = document.RootElement.EnumerateObject().Where(c => names.Count == 0 || names.Any(name => c.Name.Contains(name, StringComparison.Ordinal)));
            foreach (IGrouping<string, JsonProperty> test in wanted.GroupBy(NameOf))
            {
                (double gas, double seconds, double slowest) = MeasureAll(test);
                if (gas == 0)
                    continue;
                Console.WriteLine($"{test.Key,-44} {test.Count(),4} cases {gas / seconds / 1e6,10:F1} Mgas/s {slowest,10:F1} Mgas/s the slowest");
                logarithms += Math.Log(gas / seconds / 1e6);
                count++;
            }
        }
        if (count > 0)
            Console.WriteLine($"{"geometric mean",-55} {Math.Exp(logarithms / count),10:F1} Mgas/s");
    }

    /// <summary>Of <c>folder/test_file.py::test_name[parameters]</c> the file and the name.</summary>
    private static string NameOf(JsonProperty test)
    {
        string[] parts = test.Name.Split('[')[0].Split(".py::");
        return $"{Path.GetFileName(parts[0])} {parts[1]}".Replace("test_", "", StringComparison.Ordinal);
    }

    private static (double Gas, double Seconds, double Slowest) MeasureAll(IEnumerable<JsonProperty> cases)
    {
        double gas = 0, seconds = 0, slowest = double.MaxValue;
        foreach (JsonProperty test in cases)
        {
            (double caseGas, double caseSeconds) = Measure(test.Value);
            gas += caseGas;
            seconds += caseSeconds;
            slowest = Math.Min(slowest, caseGas / caseSeconds / 1e6);
        }
        return (gas, seconds, slowest);
    }

    /// <summary>The gas of a case's blocks and the least time that they took.</summary>
    private static (double Gas, double Seconds) Measure(JsonElement test)
    {
        byte[][] blocks = [.. test.GetProperty("blocks").EnumerateArray().Select(block => Hex.Decode(block.GetProperty("rlp").GetString()))];
        double best = double.MaxValue, gas = 0;
        for (int run = 0; run < Runs; run++)
        {
            BlockchainRun chain = Begin(test);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            gas = 0;
            foreach (byte[] block in blocks)
            {
                string broken = chain.Import(block, out string detail);
                if (broken.Length > 0)
                    throw new InvalidOperationException($"a block of the benchmarks is refused: {broken} ({detail})");
                gas += chain.Head.GasUsed;
            }
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
            if (best > LongEnough)
                break;
        }
        return (gas, best);
    }

    private static BlockchainRun Begin(JsonElement test) =>
        BlockchainNetwork.TryRead(test, out ChainConfig? chain) && BlockchainRun.Begin(chain!, test, Codes, out BlockchainRun? run) is null
            ? run!
            : throw new InvalidOperationException("a genesis block of the benchmarks is not what the test says");
}
