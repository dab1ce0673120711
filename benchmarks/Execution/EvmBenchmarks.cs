using BenchmarkDotNet.Attributes;

namespace Flashback.Benchmarks.Execution;

/// <summary>The workloads that lie in the interpreter rather than in a precompiled contract; all of them at once: <c>./bench --evm</c>.</summary>
[MemoryDiagnoser]
public class EvmBenchmarks
{
    public static IEnumerable<EvmWorkload> Workloads => EvmWorkload.All.Where(workload => !workload.Name.StartsWith("pre_", StringComparison.Ordinal));

    [ParamsSource(nameof(Workloads))]
    public EvmWorkload Workload { get; set; } = null!;

    [Benchmark] public long Run() => Workload.Run().Gas;
}
