using BenchmarkDotNet.Attributes;
using Flashback.Proofs;

namespace Flashback.Benchmarks.Proofs;

/// <summary>A piece's commitment from bytes in memory: milliseconds for 127 MiB.</summary>
[MemoryDiagnoser]
public class PieceBenchmarks
{
    private readonly byte[] _payload = new byte[127 << 20];

    [Params(1, 2)]
    public int Workers { get; set; }

    [GlobalSetup]
    public void Setup() => new Random(1).NextBytes(_payload);

    [Benchmark]
    public Piece CommP() => PieceCommitment.Compute(new MemoryStream(_payload), out _, Workers);

    [Benchmark]
    public long Pad() => Fr32.Pad(new MemoryStream(_payload), Stream.Null);
}
