using BenchmarkDotNet.Attributes;
using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Fields;
using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>Sums of many multiples on BLS12-381, over all cores. Target: 2^16 random ones in G1 in 1.2 s on two.</summary>
[MemoryDiagnoser]
public class MultiScalarBenchmarks
{
    private AffinePoint<Fp, G1Curve>[] _first = null!;
    private AffinePoint<Fp2, G2Curve>[] _second = null!;
    private Fr[] _scalars = null!;
    private Fr[] _bits = null!;

    [Params(64, 4096, 65536)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _first = Points<Fp, G1Curve>();
        _second = Points<Fp2, G2Curve>();
        _scalars = new Fr[Count];
        _bits = new Fr[Count];
        Fr power = Fr.Generator.Inverse();
        for (int i = 0; i < Count; i++)
        {
            _scalars[i] = power = power.Square() + Fr.One;
            _bits[i] = i % 3 == 0 ? Fr.One : i % 50 == 1 ? power : Fr.Zero;
        }
    }

    private AffinePoint<TField, TCurve>[] Points<TField, TCurve>()
        where TField : struct, IField<TField>
        where TCurve : struct, IShortWeierstrass<TField>
    {
        JacobianPoint<TField, TCurve>[] points = new JacobianPoint<TField, TCurve>[Count];
        JacobianPoint<TField, TCurve> point = JacobianPoint<TField, TCurve>.Generator, step = point.Double();
        for (int i = 0; i < Count; i++, point += step)
            points[i] = point;
        AffinePoint<TField, TCurve>[] affine = new AffinePoint<TField, TCurve>[Count];
        JacobianPoint<TField, TCurve>.ToAffine(points, affine);
        return affine;
    }

    [Benchmark] public JacobianPoint<Fp, G1Curve> InG1() => MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(_first, _scalars);
    [Benchmark] public JacobianPoint<Fp, G1Curve> MostlyZerosAndOnesInG1() => MultiScalarMultiplication.Sum<Fp, G1Curve, Fr>(_first, _bits);
    [Benchmark] public JacobianPoint<Fp2, G2Curve> InG2() => MultiScalarMultiplication.Sum<Fp2, G2Curve, Fr>(_second, _scalars);
}
