using BenchmarkDotNet.Attributes;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Flashback.Cryptography.Pairings;
using G1Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.G1Curve>;
using G2Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>,
    Flashback.Cryptography.Bls12381.G2Curve>;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>BLS12-381: multiples, membership, hashing and the pairing.</summary>
[MemoryDiagnoser]
public class GroupBenchmarks
{
    private static readonly byte[] Message = new byte[32];

    private readonly byte[] _g1 = new byte[G1.CompressedSize];
    private readonly byte[] _g2 = new byte[G2.CompressedSize];
    private readonly ulong[] _limbs = new ulong[4];
    private Montgomery256<FrModulus> _scalar;
    private PreparedG2 _prepared = null!;

    [GlobalSetup]
    public void Setup()
    {
        byte[] bytes = new byte[48];
        new Random(1).NextBytes(bytes);
        _scalar = Montgomery256<FrModulus>.Reduce(bytes);
        _scalar.CopyTo(_limbs);
        G1.EncodeCompressed(G1Affine.Generator, _g1);
        G2.EncodeCompressed(G2Affine.Generator, _g2);
        _prepared = new PreparedG2(G2Affine.Generator);
    }

    [Benchmark]
    public object MultiplyG1() => G1.Multiply(G1Affine.Generator.ToJacobian(), _scalar).X;

    [Benchmark]
    public object MultiplyG2() => G2.Multiply(G2Affine.Generator.ToJacobian(), _scalar).X;

    [Benchmark]
    public object MultiplyG1Secret() => SecretMultiplication.Multiply(G1Affine.Generator, _limbs).X;

    [Benchmark]
    public object MultiplyG2Secret() => SecretMultiplication.Multiply(G2Affine.Generator, _limbs).X;

    [Benchmark]
    public bool DecodeG1() => G1.TryDecodeCompressed(_g1, out _, out _);

    [Benchmark]
    public bool DecodeG2() => G2.TryDecodeCompressed(_g2, out _, out _);

    [Benchmark]
    public object HashToG2() => HashToCurve.ToG2(Message, "tag"u8).X;

    [Benchmark]
    public bool OnePairing() => Pairing.IsProductOne([G1Affine.Generator], [G2Affine.Generator]);

    [Benchmark]
    public bool OnePreparedPairing() => Pairing.IsProductOne([G1Affine.Generator], [_prepared]);

    [Benchmark]
    public bool TwoPairings() => Pairing.IsProductOne([G1Affine.Generator, G1Affine.Generator], [G2Affine.Generator, G2Affine.Generator]);
}
