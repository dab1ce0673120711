namespace Flashback.Benchmarks.Execution;

/// <summary><c>./bench --evm [name …]</c>: million gas per second of processor time for each workload, the best of several runs.</summary>
internal static class EvmThroughput
{
    private const int Runs = 5;

    public static void Print(IReadOnlyList<string> names)
    {
        if (EvmWorkload.All.Count == 0)
            Console.Error.WriteLine("bench: evm-workloads.json is neither in ../shared/peers nor where FLASHBACK_PEERS points");
        double logarithms = 0;
        int count = 0;
        foreach (EvmWorkload workload in EvmWorkload.All.Where(w => names.Count == 0 || names.Any(name => w.Name.Contains(name, StringComparison.Ordinal))))
        {
            (double seconds, string verdict) = Measure(workload);
            double rate = workload.ExpectedGas / seconds / 1e6;
            Console.WriteLine($"{workload.Name,-28} {rate,10:F1} Mgas/s {1000 * seconds,10:F1} ms  {verdict}");
            logarithms += Math.Log(rate);
            count++;
        }
        if (count > 0)
            Console.WriteLine($"{"geometric mean",-28} {Math.Exp(logarithms / count),10:F1} Mgas/s");
    }

    private static (double Seconds, string Verdict) Measure(EvmWorkload workload)
    {
        double best = double.MaxValue;
        string verdict = "";
        for (int run = 0; run <= Runs; run++) // the first warms up
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            (long gas, string checksum) = workload.Run();
            double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            if (run > 0)
                best = Math.Min(best, seconds);
            verdict = gas != workload.ExpectedGas ? $"gas {gas}, expected {workload.ExpectedGas}" : checksum != workload.ExpectedChecksum ? $"checksum {checksum}" : "";
        }
        return (best, verdict);
    }
}
