using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Primitives;

/// <summary>Merkle layers, a single pair, and short messages, beside the framework's one-shot call (which is OpenSSL's).</summary>
[MemoryDiagnoser]
public class Sha256Benchmarks
{
    private const int Pairs = 16_384;

    private readonly byte[] _layer = new byte[64 * Pairs];
    private readonly byte[] _parents = new byte[32 * Pairs];
    private readonly Hash32 _left = Sha256.Hash([1]), _right = Sha256.Hash([2]);

    [Benchmark(OperationsPerInvoke = Pairs)] public void HashPairs() => Sha256.HashPairs(_layer, _parents);

    [Benchmark(OperationsPerInvoke = 4)] public void Hash4Pairs() => Sha256.HashPairs(_layer.AsSpan(0, 256), _parents.AsSpan(0, 128));

    [Benchmark] public Hash32 HashPair() => Sha256.HashPair(_left, _right);

    [Benchmark] public Hash32 Hash37Bytes() => Sha256.Hash(_layer.AsSpan(0, 37));

    [Benchmark] public int FrameworkPair() => SHA256.HashData(_layer.AsSpan(0, 64), _parents);

    [Benchmark] public Hash32 Hash1MiB() => Sha256.Hash(_layer.AsSpan(0, 1 << 20));
}
