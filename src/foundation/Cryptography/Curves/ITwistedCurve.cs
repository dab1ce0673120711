using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Curves;

/// <summary>The curve over a quadratic extension that holds the second group of a pairing.</summary>
/// <typeparam name="TPrime">The prime field below.</typeparam>
public interface ITwistedCurve<TPrime> : IShortWeierstrass<Fp2<TPrime>>
    where TPrime : struct, IPrimeField<TPrime>
{
    /// <summary>3·B·x, by sums where B is small.</summary>
    static abstract Fp2<TPrime> MultiplyByTripleB(in Fp2<TPrime> x);
}
