using System.Runtime.CompilerServices;

namespace Flashback.Cryptography.Pairings;

/// <summary>A line through multiples of a point of G2, up to a factor that the final exponentiation removes: L0 + L1·xP·v + L2·yP·v·w at P.</summary>
/// <param name="l0">The constant coefficient.</param>
/// <param name="l1">The coefficient of xP.</param>
/// <param name="l2">The coefficient of yP.</param>
[SkipLocalsInit] // temporaries only, assigned before they are read; clearing them costs a tenth
internal readonly struct Line(in Fp2 l0, in Fp2 l1, in Fp2 l2)
{
    private readonly Fp2 _l0 = l0, _l1 = l1, _l2 = l2;

    /// <summary>f times the line's value at a point of G1.</summary>
    public Fp12 MultiplyInto(in Fp12 f, in G1Affine at) => f.MultiplyByLine(_l0, _l1 * at.X, _l2 * at.Y);
}
