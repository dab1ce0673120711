namespace Flashback.Cryptography.Groth16;

/// <summary>A proof with what it claims.</summary>
/// <param name="Key">The circuit's key.</param>
/// <param name="Inputs">The public inputs, without the constant one.</param>
/// <param name="Proof">The proof.</param>
public readonly record struct Groth16Statement(VerifyingKey Key, ReadOnlyMemory<Fr> Inputs, Groth16Proof Proof);

/// <summary>What a well-formed proof must keep.</summary>
public enum Groth16Rule
{
    /// <summary>There are as many public inputs as the key has points for.</summary>
    InputCount,

    /// <summary>e(A, B) = e(α, β) · e(Σ xᵢ·icᵢ, γ) · e(C, δ). paper: eprint 2016/260 §3.2</summary>
    Equation,
}
