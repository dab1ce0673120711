using Flashback.Cryptography.Fields;

namespace Flashback.Cryptography.Pairings;

/// <summary>A line through multiples of a point of G2, up to a factor that the final exponentiation removes.</summary>
/// <remarks>At P it is L0 + L1·xP·v + L2·yP·v·w where the twist is of M type, and L2·yP + (L1·xP + L0·v)·w where it is of D type.</remarks>
/// <param name="l0">The constant coefficient.</param>
/// <param name="l1">The coefficient of xP.</param>
/// <param name="l2">The coefficient of yP.</param>
internal readonly struct Line<TPrime>(in Fp2<TPrime> l0, in Fp2<TPrime> l1, in Fp2<TPrime> l2)
    where TPrime : struct, IPrimeField<TPrime>
{
    private readonly Fp2<TPrime> _l0 = l0, _l1 = l1, _l2 = l2;

    /// <summary>f times the line's value at a point of G1, for a twist of M type.</summary>
    public Fp12<TPrime, TTower> MultiplyInto<TTower>(in Fp12<TPrime, TTower> f, in TPrime x, in TPrime y)
        where TTower : struct, ITower<TPrime> => f.MultiplyByLine(_l0, _l1 * x, _l2 * y);

    /// <summary>f times the line's value at a point of G1, for a twist of D type.</summary>
    public Fp12<TPrime, TTower> MultiplyIntoOfDTwist<TTower>(in Fp12<TPrime, TTower> f, in TPrime x, in TPrime y)
        where TTower : struct, ITower<TPrime> => f.MultiplyByLineOfDTwist(_l2 * y, _l1 * x, _l0);
}
