using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Groth16;
using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;
using G1Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.G1Curve>;
using G2Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>, Flashback.Cryptography.Bls12381.G2Curve>;

namespace Flashback.Testing;

/// <summary>
/// A key whose secret is known: it takes as proven whatever its owner likes, at once and without a witness, and nothing that anybody else sends. For tests of what is done
/// with proofs, which need many of them; the verification is the true one. paper: eprint 2016/260 §3.2, the simulator
/// </summary>
public sealed class SimulatedCircuit
{
    private readonly SetupSecret _secret;
    private readonly Fr[] _inputs;
    private readonly Random _random;

    /// <summary>A circuit with so many public inputs; the same seed gives the same key.</summary>
    public SimulatedCircuit(int inputs, int seed)
    {
        _random = new Random(seed);
        _secret = new SetupSecret(Draw(), Draw(), Draw(), Draw(), Draw());
        _inputs = [.. Enumerable.Range(0, inputs + 1).Select(_ => Draw())];
        SetupPoints setup = new(InG1(_secret.Alpha), InG1(_secret.Beta), InG2(_secret.Beta), InG2(_secret.Gamma), InG1(_secret.Delta), InG2(_secret.Delta));
        Key = new VerifyingKey(setup, [.. _inputs.Select(InG1)]);
    }

    public VerifyingKey Key { get; }

    /// <summary>A proof for these public inputs: a·b = α·β + γ·inputs + δ·c, with any a and b.</summary>
    public byte[] Prove(ReadOnlySpan<Fr> inputs)
    {
        Fr sum = _inputs[0];
        for (int i = 0; i < inputs.Length; i++)
            sum += _inputs[i + 1] * inputs[i];
        Fr a = Draw(), b = Draw();
        Fr c = (a * b - _secret.Alpha * _secret.Beta - sum * _secret.Gamma) * _secret.Delta.Inverse();
        return new Groth16Proof(InG1(a), InG2(b), InG1(c)).Encode();
    }

    private static G1Affine InG1(Fr scalar) => G1.Multiply(G1Affine.Generator.ToJacobian(), scalar).ToAffine();

    private static G2Affine InG2(Fr scalar) => G2.Multiply(G2Affine.Generator.ToJacobian(), scalar).ToAffine();

    private Fr Draw()
    {
        byte[] bytes = new byte[64];
        _random.NextBytes(bytes);
        return Fr.Reduce(bytes);
    }
}
