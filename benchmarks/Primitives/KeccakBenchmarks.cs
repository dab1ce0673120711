using BenchmarkDotNet.Attributes;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Primitives;

/// <summary>Keccak-256 of what the EVM hashes most (a word, two words), of one full block, and of a long message.</summary>
[MemoryDiagnoser]
public class KeccakBenchmarks
{
    private readonly byte[] _message = new byte[1 << 20];

    [Params(32, 64, 136, 1 << 20)]
    public int Length { get; set; }

    [Benchmark] public Hash32 Keccak256() => Keccak.Hash256(_message.AsSpan(0, Length));
}
