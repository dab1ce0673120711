using BenchmarkDotNet.Attributes;
using Flashback.Cryptography;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;

namespace Flashback.Benchmarks.Cryptography;

[MemoryDiagnoser]
public class PoseidonBenchmarks
{
    private const int Nodes = 64;

    private Fr[] _children = [];
    private readonly Fr[] _nodes = new Fr[Nodes];
    private Poseidon _poseidon = Poseidon.OfArity(2);

    [Params(2, 8, 11)]
    public int Arity { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _poseidon = Poseidon.OfArity(Arity);
        _children = [.. Enumerable.Range(1, Nodes * Arity).Select(i => Fr.From((ulong)i).Inverse())];
    }

    [Benchmark]
    public Fr One() => _poseidon.Hash(_children.AsSpan(0, Arity));

    [Benchmark(OperationsPerInvoke = Nodes)]
    public void Row() => _poseidon.HashRow(_children, _nodes);
}
