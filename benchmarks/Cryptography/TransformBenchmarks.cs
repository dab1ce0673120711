using BenchmarkDotNet.Attributes;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Polynomials;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>Number-theoretic transforms over the scalar field of BLS12-381, over all cores. Target: 2^20 in 1.0 s on two.</summary>
[MemoryDiagnoser]
public class TransformBenchmarks
{
    private EvaluationDomain<Montgomery256<FrModulus>> _domain = null!;
    private Montgomery256<FrModulus>[] _values = null!;

    [Params(12, 16, 20)]
    public int LogSize { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _domain = new(LogSize);
        _values = new Montgomery256<FrModulus>[_domain.Size];
        for (int i = 0; i < _values.Length; i++)
            _values[i] = Montgomery256<FrModulus>.From((ulong)i).Square() + Montgomery256<FrModulus>.From(7).Inverse();
    }

    [Benchmark] public void Forward() => _domain.Forward(_values);
    [Benchmark] public void Inverse() => _domain.Inverse(_values);
    [Benchmark] public void ForwardOnCoset() => _domain.ForwardOnCoset(_values, Montgomery256<FrModulus>.Generator);
}
