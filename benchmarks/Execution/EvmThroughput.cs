namespace Flashback.Benchmarks.Execution;

/// <summary><c>./bench --evm [name …]</c>: million gas per second of processor time for each workload, the best of several runs, beside revm's.</summary>
internal static class EvmThroughput
{
    private const int Runs = 5;
    private const long LeastGas = 1_000_000;

    public static async Task PrintAsync(IReadOnlyList<string> names)
    {
        if (EvmWorkload.All.Count == 0)
            Console.Error.WriteLine("bench: evm-workloads.json is neither in ../shared/peers nor where FLASHBACK_PEERS points");
        IReadOnlyDictionary<string, double> peer = await RevmPeer.MeasureAsync(Runs);
        List<double> rates = [], ratios = [];
        Console.WriteLine($"{"workload",-28} {"Mgas/s",10} {"revm's",10} {"ratio",7}");
        foreach (EvmWorkload workload in EvmWorkload.All.Where(w => names.Count == 0 || names.Any(name => w.Name.Contains(name, StringComparison.Ordinal))))
        {
            (double seconds, string verdict) = Measure(workload);
            double rate = workload.ExpectedGas / seconds / 1e6;
            double ratio = peer.TryGetValue(workload.Name, out double other) ? rate / other : double.NaN;
            Console.WriteLine($"{workload.Name,-28} {rate,10:F1} {other,10:F1} {ratio,7:F2}  {verdict}");
            if (workload.ExpectedGas < LeastGas)
                continue; // too short for the clock of processor time
            rates.Add(rate);
            if (double.IsFinite(ratio))
                ratios.Add(ratio);
        }
        Console.WriteLine($"{"geometric mean",-28} {GeometricMean(rates),10:F1} {"",10} {GeometricMean(ratios),7:F2}");
    }

    private static double GeometricMean(List<double> figures) => figures.Count == 0 ? double.NaN : Math.Exp(figures.Average(Math.Log));

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
