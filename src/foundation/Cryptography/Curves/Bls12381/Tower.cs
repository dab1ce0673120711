using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Bls12381;

/// <summary>The tower of BLS12-381: ξ = 1 + u.</summary>
public readonly struct Tower : ITower<Fp>
{
    /// <inheritdoc/>
    public static Fp2 NonResidue => new(Fp.One, Fp.One);

    /// <inheritdoc/>
    public static Fp2 MultiplyByNonResidue(in Fp2 x) => new(x.C0 - x.C1, x.C0 + x.C1);
}
