namespace Flashback.Cryptography.Fields;

/// <summary>How a pairing curve's field of degree twelve is built: w² = v, v³ = ξ, u² = −1 over a prime field.</summary>
/// <typeparam name="TPrime">The prime field.</typeparam>
public interface ITower<TPrime>
    where TPrime : struct, IPrimeField<TPrime>
{
    /// <summary>The element ξ of the quadratic extension, neither a square nor a cube.</summary>
    static abstract Fp2<TPrime> NonResidue { get; }

    /// <summary>x·ξ, by sums where ξ is small.</summary>
    static abstract Fp2<TPrime> MultiplyByNonResidue(in Fp2<TPrime> x);
}
