using BenchmarkDotNet.Attributes;
using Flashback.Cryptography.Curves;
using Flashback.Cryptography.Pairings;
using G1 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>, Flashback.Cryptography.Curves.Bn254G1Curve>;
using G2 = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Curves.Bn254FieldModulus>>,
    Flashback.Cryptography.Curves.Bn254G2Curve>;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>BN254 as its precompiles use it.</summary>
[MemoryDiagnoser]
public class Bn254Benchmarks
{
    private static readonly ulong[] Scalar = [0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0x21b54a32d192ed03];

    [Benchmark] public G1 Multiply() => LinearCombination.Multiply(G1.Generator.ToJacobian(), Scalar).ToAffine();
    [Benchmark] public bool MembershipInG2() => Bn254Groups.IsInSubgroup(G2.Generator);
    [Benchmark] public bool PairingOfTwo() => Bn254Pairing.IsProductOne([G1.Generator, -G1.Generator], [G2.Generator, G2.Generator]);
}
